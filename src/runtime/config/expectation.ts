// What a key of the configuration expects, in the reader's words, with the mend for a value that is none.
// The texts are the schema's messages, so that checking and explaining share one table.

import { suggestEndpoint } from "./endpoint.ts";
import { suggestNetwork } from "./network.ts";
import { suggestRouterText } from "./router-text.ts";
import { parseDuration, suggestDuration } from "./units.ts";

/** Kind of value → how it is called. */
export const expectation = {
  duration: "a duration such as 250ms, 5s or 1h",
  count: "a whole number",
  name: "a name of letters, digits, _ . and -, at most 64 long",
  bind: "an address with a port, or unix:PATH",
  endpoint: "an IP address with a port",
  network: "a network such as 10.0.0.0/8",
  router: "FILE.frame#ROUTER or a module FILE.js",
  backend: "an address such as 10.0.0.1:9000, or { address: …, weight: 2, id: … }",
  list: "a list",
  pools: "a mapping from names of pools to pools",
  flag: "true or false",
  workers: "auto or a whole number",
  mapping: "a mapping, such as { key: value }",
} as const;

export type Expectation = (typeof expectation)[keyof typeof expectation];

/** The line that says how to mend `given`, a value as it was written. */
export function mendFor(expected: string, given: unknown): string {
  switch (expected) {
    case expectation.duration:
      return mendDuration(String(given));
    case expectation.bind:
    case expectation.endpoint:
    case expectation.backend:
      return mendAddress(expected, given);
    case expectation.network:
      return didYouMean(
        suggestNetwork(String(given)),
        "a network is an address and how many of its bits count: 10.0.0.0/8, 2001:db8::/32",
      );
    case expectation.router:
      return didYouMean(suggestRouterText(String(given)), "for example: devices.frame#stations");
    case expectation.list:
      return "write one item a line after '- ', or all between [ and ]";
    case expectation.pools:
      return "for example: main: { backends: [10.0.0.1:9000] }";
    case expectation.flag:
      return "write true or false, without quotes";
    case expectation.count:
    case expectation.workers:
      return typeof given === "string" && /^[0-9]+$/.test(given)
        ? `write ${given} without quotes`
        : SEE_DOCUMENT;
    default:
      return SEE_DOCUMENT;
  }
}

const SEE_DOCUMENT = "see docs/configuration.md for what this key takes";

/** Whole numbers from here on may be milliseconds as well as seconds. */
const AMBIGUOUS = 1000;

function mendDuration(given: string): string {
  const meant = suggestDuration(given);
  if (meant === undefined)
    return /^\s*0+\s*[a-z]*\s*$/i.test(given)
      ? "a duration is above 0 and at most 24d"
      : "a whole number and one of ms, s, m, h, d";
  if (parseDuration(meant) === undefined) return "a duration is above 0 and at most 24d";
  const isBare = /^[0-9]+$/.test(given);
  if (isBare && Number(given) >= AMBIGUOUS) return `did you mean ${given}ms or ${given}s?`;
  return didYouMean(meant, "");
}

function mendAddress(expected: string, given: unknown): string {
  const example = expected === expectation.bind ? "0.0.0.0:2048" : "10.0.0.1:9000";
  if (typeof given === "object") {
    return 'an IPv6 address stands between quotes, since [ begins a list: "[::]:2048"';
  }
  const meant = suggestEndpoint(
    typeof given === "number" ? `:${given}` : String(given),
    expected === expectation.bind ? "0.0.0.0" : "127.0.0.1",
  );
  const port = /^[^:]*:([0-9]+)$|\]:([0-9]+)$/.exec(String(given));
  if (port !== null && !isPort(Number(port[1] ?? port[2]), expected))
    return "a port is a number from 1 to 65535";
  const text = `for example ${example} or "[2001:db8::1]:9000"; names are not looked up yet`;
  return didYouMean(meant?.startsWith("[") ? `"${meant}"` : meant, text);
}

/** Only what is bound may be 0. */
function isPort(port: number, expected: string): boolean {
  return port <= 65_535 && (port > 0 || expected === expectation.bind);
}

function didYouMean(meant: string | undefined, otherwise: string): string {
  return meant === undefined ? otherwise : `did you mean ${meant}?`;
}
