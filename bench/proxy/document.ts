// The report as a section of a Markdown document.
import type { Mode } from "./modes.ts";
import { modeTable, type Row } from "./table.ts";

/** What the section says. */
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
  /** Lines of the table of floors; none where nothing of ours was measured. */
  readonly floors: readonly string[];
  /** Lines of the table of costs, and why calls in it were not counted. */
  readonly costs: readonly string[];
  readonly uncounted: readonly string[];
  /** The picture's file name, beside the document. */
  readonly picture: string;
  /** The command that makes it again. */
  readonly command: string;
}

/** The section for docs/benchmarks.md: everything below its heading is written by the benchmark. */
export function proxySection(report: Report): string {
  const { date, rounds, seconds, facts, noise, missing, tables, references, floors, costs } =
    report;
  const lines = [
    "## Relays side by side",
    "",
    `Measured ${date} on ${facts.join("; ")}. Medians of ${rounds} interleaved rounds of ${seconds} s, least and most beside them.`,
    "A round takes one mode after another, and in each mode all relays; two rounds in a row take them in the same order forwards and",
    "backwards, the next two begin with another one; what none of the floors looks at takes every third round. All stay up throughout.",
    "Each run first opens its connections and goes on for a moment; only then it is counted. One thread for each relay that is not said",
    "to have more, and no log line a connection for any. Generator and backends are C, a process each, on the same machine over",
    "loopback; nothing is pinned to a processor. Every answer's routing and bytes are checked (of reads beyond 4 KiB both ends, and",
    "every sixteenth whole). CPU is the relay's, all threads, from the first to the last moment that is counted, by the process's own",
    "clock; *of the load*: that of generator and backends together. Memory is what the resident set grows by, in a process that has",
    "relayed little else.",
    "",
    `Again, without root, with whichever relays are installed: \`${report.command}\``,
    "",
    `![the medians as bars](${report.picture})`,
    "",
    ...list("Noise", noise.length > 0 ? noise : ["None seen."]),
    ...list(
      "Not measured",
      missing.map(([title, reason]) => `${title}: ${oneLine(reason)}`),
    ),
  ];
  if (floors.length > 0) {
    lines.push(
      "### Floors",
      "",
      "What our engines have to reach. What is compared is compared within each round, where both had their turn within seconds of each",
      "other: *reached* is the median of these ratios, and decides; *quartiles* is what the middle half of them lies between. What slows",
      "both of a pair cancels in their ratio, while the ratio of the medians of all rounds (*of medians*) may set a fast minute of the one",
      `against a slow one of the other. The median of ${rounds} rounds is itself uncertain by about ${uncertainty(rounds)} of what lies between the quartiles`,
      "(one standard error). HAProxy is the one of its two ways with the better median in that mode; limit is the minimal relay in C.",
      "",
      ...floors,
      "",
    );
  }
  if (costs.length > 0) {
    lines.push(
      "### Where the time goes",
      "",
      "CPU of a unit of work as in the tables below, and the two parts of it: what the relay did itself and what the kernel did for it.",
      "System calls are of that unit too, counted by `strace -c -f` behind all rounds, in a long run less a short one. It slows down what",
      "it watches, so that more events come at a time and fewer waits are needed than otherwise; and what a ring of io_uring carries is",
      "no call at all.",
      "",
      ...costs,
      "",
      ...report.uncounted.map((reason) => `- Not counted: ${oneLine(reason)}`),
      ...(report.uncounted.length > 0 ? [""] : []),
    );
  }
  for (const { mode, rows } of tables) {
    if (rows.length === 0) continue;
    lines.push(`### ${mode.name}: ${mode.title}`, "", ...modeTable(mode, rows, references), "");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Of a normal distribution, in distances of its quartiles: 1.349 standard deviations; a median's error is √(π/2) of a mean's. */
function uncertainty(rounds: number): string {
  return `${((100 * Math.sqrt(Math.PI / 2)) / 1.349 / Math.sqrt(rounds)).toFixed(0)} %`;
}

const BEGIN = "<!-- relays: from here to the end of relays, npm run bench -- proxy writes -->";
const END = "<!-- end of relays -->";

/** `document` with this section in the place of its last one; behind everything else where it has none yet. */
export function withSection(document: string, section: string): string {
  const marked = `${BEGIN}\n\n${section}\n${END}`;
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) {
    return `${document.trimEnd()}${document.trim() === "" ? "" : "\n\n"}${marked}\n`;
  }
  return `${document.slice(0, begin)}${marked}${document.slice(end + END.length)}`;
}

/** A heading with points; nothing where there are none. */
function list(heading: string, points: readonly string[]): readonly string[] {
  return points.length === 0
    ? []
    : [`### ${heading}`, "", ...points.map((point) => `- ${point}`), ""];
}

/** Characters of a reason that are shown. */
const REASON_MAX = 300;

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|").slice(0, REASON_MAX);
}
