// Where the time of a relay goes, as a Markdown table: CPU of a unit of work, the kernel's share of it, and system calls.
import type { Calls } from "./call-counts.ts";
import type { Mode } from "./modes.ts";
import type { Row } from "./table.ts";

/** Who is looked at so closely, and in which modes. */
const PEERS: readonly string[] = ["limit", "haproxy", "haproxy-copy", "epoll", "uring"];
const MODES: readonly string[] = ["rr64", "rr16k", "conn", "up", "down"];

/** Calls that are named, the most frequent ones; none that is rarer than this share of all, or than one in so many units. */
const NAMED_MAX = 5;
const NAMED_SHARE = 0.02;
const NAMED_LEAST = 0.005;

export function isLookedInto(peer: string, mode: string): boolean {
  return PEERS.includes(peer) && MODES.includes(mode);
}

/** A line for each of them that was measured; none where nobody was. `calls`: by "PEER MODE", where they were counted. */
export function costTable(
  tables: readonly { readonly mode: Mode; readonly rows: readonly Row[] }[],
  calls: ReadonlyMap<string, Calls>,
): readonly string[] {
  const lines = MODES.flatMap((name) => tables.filter(({ mode }) => mode.name === name)).flatMap(
    ({ mode, rows }) =>
      rows
        .filter((row) => isLookedInto(row.name, mode.name) && row.summary.cpu !== undefined)
        .map((row) => costLine(mode, row, calls.get(`${row.name} ${mode.name}`))),
  );
  if (lines.length === 0) return [];
  return [
    "| mode | relay | CPU | by itself | in the kernel | system calls | which |",
    "| --- | --- | ---: | ---: | ---: | ---: | --- |",
    ...lines,
  ];
}

function costLine({ name, work }: Mode, { title, summary }: Row, calls: Calls | undefined): string {
  const cpu = summary.cpu?.median ?? Number.NaN;
  const system = summary.systemShare;
  const parts = system === undefined ? [] : [(1 - system) * cpu, system * cpu];
  const [user = "", kernel = ""] = parts.map((part) => part.toFixed(work.digits));
  const total = calls && [...calls.values()].reduce((sum, count) => sum + count, 0);
  const cells = [
    name,
    title,
    `${cpu.toFixed(work.digits)} ${work.unit}`,
    user,
    kernel,
    total === undefined ? "" : shown(total),
    calls === undefined || total === undefined ? "" : named(calls, total),
  ];
  return `| ${cells.join(" | ")} |`;
}

function named(calls: Calls, total: number): string {
  return [...calls]
    .filter(([, count]) => count >= Math.max(NAMED_SHARE * total, NAMED_LEAST))
    .slice(0, NAMED_MAX)
    .map(([name, count]) => `${name} ${shown(count)}`)
    .join(", ");
}

/** A few calls a message, thousands a GB. */
function shown(count: number): string {
  return count.toFixed(count >= 100 ? 0 : 2);
}
