// What the live demo shows: how many connections each backend has had, and the last ones. Draws nothing.

import { tableLines } from "../table.ts";
import { BACKENDS } from "./files.ts";
import type { ConnectionLine } from "./records.ts";
import type { Line } from "./screen.ts";

/** Connections that are listed. */
const LAST_MAX = 8;

/** Characters of a rule that are shown. */
const RULE_MAX = 60;

const BAR = "█";
const BAR_MAX = 30;

export interface Tally {
  readonly backends: Map<string, { connections: number }>;
  refused: number;
  /** The newest last. */
  readonly last: ConnectionLine[];
  /** What has just happened besides. */
  note: string;
}

export function createTally(): Tally {
  const backends = new Map(
    BACKENDS.map((name): [string, { connections: number }] => [name, { connections: 0 }]),
  );
  return { backends, refused: 0, last: [], note: "" };
}

export function addToTally(tally: Tally, line: ConnectionLine): void {
  tally.last.push(line);
  if (tally.last.length > LAST_MAX) tally.last.shift();
  const backend = tally.backends.get(line.backend);
  if (backend === undefined) tally.refused += 1;
  else backend.connections += 1;
}

/** The whole picture; always the same number of lines. */
export function tallyLines(tally: Tally): readonly Line[] {
  const counts = [...tally.backends].map(([name, { connections }]) => [name, connections] as const);
  const rows = [...counts, ["refused", tally.refused] as const].map(([name, count]) => [
    name,
    String(count),
    BAR.repeat(Math.min(BAR_MAX, count)),
  ]);
  const last = Array.from({ length: LAST_MAX }, (_, index) => lastRow(tally.last[index]));
  const columns = ["left", "left", "left", "left"] as const;
  const texts = [
    "waybill demo",
    tally.note,
    "",
    ...tableLines(rows, ["left", "right", "left"]).map((line) => `  ${line}`),
    "",
    ...tableLines([["listener", "key", "went to", "rule"], ...last], columns),
    "",
    "Ctrl-C ends it",
  ];
  return texts.map((text, index): Line => (index === 0 ? { text, colour: "strong" } : { text }));
}

function lastRow(line: ConnectionLine | undefined): readonly string[] {
  if (line === undefined) return [""];
  const rule = line.rule === "" ? line.reason : line.rule;
  const shown = rule.length > RULE_MAX ? `${rule.slice(0, RULE_MAX)}…` : rule;
  return [line.listener, line.key, line.backend === "" ? "refused" : line.backend, shown];
}
