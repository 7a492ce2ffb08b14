// What the configuration may say and this release does not run: one table. A value equal to its default
// asks for nothing and passes.

import { type Collector, report } from "../../compiler/index.ts";
import { locate } from "./locate.ts";
import type { CheckedFile } from "./schema.ts";
import { formatDuration } from "./units.ts";
import type { YamlValue } from "./yaml-tree.ts";

type Path = readonly (string | number)[];
type Say = (path: Path, what: string, only?: string) => void;

/** Keepalive beyond `idle` is the system's with this engine; these are the documented defaults. */
const KEEPALIVE_EVERY_MS = 15_000;
const KEEPALIVE_COUNT = 4;
const CONNECTING = 256;

/** Keys and words that are known only to be refused: no list of what may be written holds them. */
export const LATER: ReadonlySet<string> = new Set([
  ...["discovery", "admin", "metrics", "tokens", "pin", "tls", "lifetime", "per-key", "on-second"],
  ...["connecting", "connect-rate", "queue", "health", "passive", "source", "send-proxy-protocol"],
  ...["on-down", "panic", "register"],
  ...["maglev", "rendezvous", "least-connections", "p2c"],
]);

/** Reports each part that would be ignored, in the order of the file's parts. */
export function reportUnsupported(file: CheckedFile, root: YamlValue, collector: Collector): void {
  const say: Say = (path, what, only) => {
    const { keySpan } = locate(root, path);
    report(collector, "notSupportedYet", keySpan, only === undefined ? { what } : { what, only });
  };
  for (const index of file.listeners.keys()) listener(file, index, say);
  for (const name of Object.keys(file.pools)) pool(file, name, say);
  if (Object.keys(file.discovery).length > 0)
    say(["discovery"], "discovery of backends", "static backends");
  if (file.admin !== undefined) say(["admin"], "the admin address");
  if (file.metrics !== undefined) say(["metrics"], "the metrics address");
  if (file.tokens !== undefined) say(["tokens"], "tokens");
  if (file.engine === "portable" && typeof file.workers === "number" && file.workers > 1) {
    say(["workers"], "more than one worker of the portable engine", "workers: auto or 1");
  }
}

function listener(file: CheckedFile, index: number, say: Say): void {
  const value = file.listeners[index];
  if (value === undefined) return;
  const at = ["listeners", index];
  const { limits, keepalive } = value;
  if (limits.lifetime !== undefined) say([...at, "limits", "lifetime"], "a limit of lifetime");
  if (limits["per-key"] !== undefined) say([...at, "limits", "per-key"], "a limit per key");
  if (limits["on-second"] !== undefined) say([...at, "limits", "on-second"], "on-second");
  if (keepalive.every !== KEEPALIVE_EVERY_MS) {
    const only = `every: ${formatDuration(KEEPALIVE_EVERY_MS)}`;
    say([...at, "keepalive", "every"], "another time between keepalive probes", only);
  }
  if (keepalive.count !== KEEPALIVE_COUNT) {
    say(
      [...at, "keepalive", "count"],
      "another number of keepalive probes",
      `count: ${KEEPALIVE_COUNT}`,
    );
  }
  if (value.pin !== undefined) say([...at, "pin"], "kernel pinning");
  if (value.tls !== undefined) say([...at, "tls"], "TLS");
}

function pool(file: CheckedFile, name: string, say: Say): void {
  const value = file.pools[name];
  if (value === undefined) return;
  const at = ["pools", name];
  const { limits } = value;
  if (value.balance !== "ring" && value.balance !== "round-robin") {
    say([...at, "balance"], `the policy '${value.balance}'`, "balance: ring or round-robin");
  }
  if (limits.connecting !== CONNECTING) {
    say(
      [...at, "limits", "connecting"],
      "a limit of connects in progress",
      `connecting: ${CONNECTING}`,
    );
  }
  if (limits["connect-rate"] !== 0)
    say([...at, "limits", "connect-rate"], "a connect rate", "connect-rate: 0");
  if (limits.queue !== 0) say([...at, "limits", "queue"], "a queue", "queue: 0");
  if (value.health !== undefined) say([...at, "health"], "an active health check");
  if (value.passive !== undefined) say([...at, "passive"], "a passive health check");
  if (value.source.length > 0)
    say([...at, "source"], "a local address to connect from", "source: []");
  if (value["send-proxy-protocol"] !== "off") {
    say([...at, "send-proxy-protocol"], "sending the PROXY protocol", "send-proxy-protocol: off");
  }
  if (value["on-down"] !== "keep") say([...at, "on-down"], "closing on down", "on-down: keep");
  if (value.panic !== undefined) say([...at, "panic"], "panic");
  if (value.register !== undefined) say([...at, "register"], "registration");
}
