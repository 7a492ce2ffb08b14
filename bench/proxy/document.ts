// The report as a Markdown document.
import type { Mode } from "./modes.ts";
import { modeTable, type Row } from "./table.ts";

/** What the document says. */
export interface Report {
  /** The day, as YYYY-MM-DD. */
  readonly date: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly facts: readonly string[];
  readonly noise: readonly string[];
  /** Peers that were not measured, with the reason. */
  readonly missing: readonly (readonly [title: string, reason: string])[];
  readonly tables: readonly { readonly mode: Mode; readonly rows: readonly Row[] }[];
  readonly references: readonly string[];
  /** The picture's file name, beside the document. */
  readonly picture: string;
  /** The command that makes it again. */
  readonly command: string;
}

export function proxyDocument(report: Report): string {
  const { date, rounds, seconds, facts, noise, missing, tables, references } = report;
  const lines = [
    "# Relays side by side",
    "",
    `Measured ${date}: ${facts.join("; ")}. Medians of ${rounds} interleaved rounds of ${seconds} s, least and most beside them; one`,
    "thread for each relay that is not said to have more; generator and backends in C, a process each, on the same machine over loopback. Every answer's routing",
    "and bytes are checked (of long reads both ends, and every sixteenth whole). CPU is the relay's, all threads, of /proc. Memory is",
    "what its resident set grows by; a heap that had room before (see its base) shows less than it uses.",
    "",
    `Again, without root, with whichever peers are installed: \`${report.command}\``,
    "",
    `![the medians as bars](${report.picture})`,
    "",
    ...list("Noise", noise.length > 0 ? noise : ["None seen."]),
    ...list(
      "Not measured",
      missing.map(([title, reason]) => `${title}: ${oneLine(reason)}`),
    ),
  ];
  for (const { mode, rows } of tables) {
    if (rows.length === 0) continue;
    lines.push(`## ${mode.name}: ${mode.title}`, "", ...modeTable(mode, rows, references), "");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

/** A heading with points; nothing where there are none. */
function list(heading: string, points: readonly string[]): readonly string[] {
  return points.length === 0
    ? []
    : [`## ${heading}`, "", ...points.map((point) => `- ${point}`), ""];
}

/** Characters of a reason that are shown. */
const REASON_MAX = 300;

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|").slice(0, REASON_MAX);
}
