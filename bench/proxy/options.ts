// The options behind `npm run bench -- proxy`.
import { parseArgs } from "node:util";

const ROUNDS_MAX = 100;
const SECONDS_MAX = 60;
const IDLE_MAX = 100_000;

export interface ProxyOptions {
  readonly modes: readonly string[];
  readonly peers: readonly string[];
  readonly rounds: number;
  /** What of one run of one load is counted. */
  readonly seconds: number;
  /** Connections of the mode `idle`. */
  readonly idleConnections: number;
  /** The Markdown file whose section is written, relative to the repository; undefined: the report is only printed. */
  readonly out: string | undefined;
}

/** What is there to choose from. */
export interface Choices {
  readonly modes: readonly string[];
  readonly peers: readonly string[];
}

/** Many short runs rather than few long ones: a machine whose speed changes within seconds changes for both of a pair. */
export const PROXY_DEFAULTS = {
  rounds: 18,
  seconds: 0.4,
  idleConnections: 8000,
};
/** How long each run goes on before it counts. */
export const WARM_UP_MS = 150;
/** Where a report of everything goes; one of a part must not take its place. */
const DOCUMENT = "docs/benchmarks.md";

/** How to call it, one line. */
export function proxyUsage({ modes, peers }: Choices): string {
  return `npm run bench -- proxy [--modes ${modes.join(",")}] [--peers ${peers.join(",")}] [--rounds N] [--seconds N] [--idle N] [--out FILE.md]`;
}

/** Throws an error with a sentence for the user where an argument is not understood. */
export function parseProxyOptions(args: readonly string[], choices: Choices): ProxyOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      modes: { type: "string" },
      peers: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      idle: { type: "string" },
      out: { type: "string" },
    },
  });
  const { rounds, seconds, idleConnections } = PROXY_DEFAULTS;
  const modes = chosen("modes", values.modes, choices.modes);
  const peers = chosen("peers", values.peers, choices.peers);
  const isAll = modes.length === choices.modes.length && peers.length === choices.peers.length;
  return {
    modes,
    peers,
    rounds: Math.round(inRange("rounds", values.rounds, rounds, 1, ROUNDS_MAX)),
    seconds: inRange("seconds", values.seconds, seconds, 0.1, SECONDS_MAX),
    idleConnections: Math.round(inRange("idle", values.idle, idleConnections, 1, IDLE_MAX)),
    out: values.out ?? (isAll ? DOCUMENT : undefined),
  };
}

/** In the order of the table, each once. */
function chosen(
  option: string,
  list: string | undefined,
  known: readonly string[],
): readonly string[] {
  if (list === undefined) return known;
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`--${option}: '${unknown}' is none of ${known.join(", ")}`);
  }
  return known.filter((name) => names.includes(name));
}

function inRange(
  option: string,
  text: string | undefined,
  otherwise: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text.trim() === "" || !(value >= least && value <= most)) {
    throw new Error(`--${option}: '${text}' is no number from ${least} to ${most}`);
  }
  return value;
}
