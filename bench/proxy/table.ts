// The results as Markdown tables, one a mode.
import type { Mode } from "./modes.ts";
import type { BadSummary, Spread, Summary } from "./summary.ts";

/** The least possible relay: CPU is compared with its. */
const LIMIT = "limit";

/** One peer in one mode. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly isOurs: boolean;
  readonly summary: Summary;
}

/** A mode's rows, in the order of the peers; `references` are who the ratios go by, a column each. */
export function modeTable(
  mode: Mode,
  rows: readonly Row[],
  references: readonly string[],
): readonly string[] {
  const bases = rows.filter(({ name }) => references.includes(name));
  const all = mode.hostile === undefined ? columnsOf(mode, bases) : badColumns(mode);
  const columns = all.filter(({ isKept }) => isKept(rows));
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(["", ...columns.map(({ title }) => title)]),
    line(["---", ...columns.map(() => "---:")]),
    ...rows.map((row) => line([row.title, ...columns.map(({ cell }) => cell(row))])),
  ];
}

interface Column {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly isKept: (rows: readonly Row[]) => boolean;
}

function columnsOf(mode: Mode, bases: readonly Row[]): readonly Column[] {
  const { result, work, load } = mode;
  const always = () => true;
  const some = (cell: Column["cell"]) => (rows: readonly Row[]) =>
    rows.some((row) => cell(row) !== "");
  const columns: readonly Omit<Column, "isKept">[] = [
    { title: result.unit, cell: ({ summary }) => middle(summary.result, result.digits) },
    { title: "least – most", cell: ({ summary }) => range(summary.result, result.digits) },
    ...bases.map(
      (base): Omit<Column, "isKept"> => ({
        title: `× ${base.title}`,
        cell: ({ summary }) => ratio(summary.result, base.summary.result),
      }),
    ),
    {
      title: "p50 µs",
      cell: ({ summary }) => (result.kind === "p50" ? "" : middle(summary.p50Us, 1)),
    },
    { title: "p99 µs", cell: ({ summary }) => middle(summary.p99Us, 1) },
    { title: `CPU, ${work.unit}`, cell: ({ summary }) => middle(summary.cpu, work.digits) },
    ...bases
      .filter(({ name }) => name === LIMIT)
      .map(
        (base): Omit<Column, "isKept"> => ({
          title: "CPU × limit",
          cell: ({ summary }) => ratio(summary.cpu, base.summary.cpu),
        }),
      ),
    { title: "CPU least – most", cell: ({ summary }) => range(summary.cpu, work.digits) },
    {
      title: `CPU of the load, ${work.unit}`,
      cell: ({ summary }) => middle(summary.loadCpu, work.digits),
    },
    { title: "in the kernel", cell: ({ summary }) => percent(summary.systemShare) },
    {
      title: "base, MB",
      cell: ({ summary: { baseMb } }) => (baseMb === undefined ? "" : baseMb.toFixed(1)),
    },
    {
      title: "without the program's file, MB",
      cell: ({ summary: { baseAnonymousMb } }) => baseAnonymousMb?.toFixed(1) ?? "",
    },
  ];
  const errors: Column = {
    title: load === "idle" ? "lost" : "errors",
    cell: ({ summary }) => String(summary.errors),
    isKept: always,
  };
  return [...columns.map((column) => ({ ...column, isKept: some(column.cell) })), errors];
}

/** Good clients beside bad ones; every figure without the ratio's spread is a median. */
function badColumns(mode: Mode): readonly Column[] {
  const { result } = mode;
  const of = (title: string, pick: (bad: BadSummary) => Spread | undefined, digits: number) => ({
    title,
    cell: ({ summary: { bad } }: Row) => (bad === undefined ? "" : middle(pick(bad), digits)),
  });
  const columns: readonly Omit<Column, "isKept">[] = [
    { title: result.unit, cell: ({ summary }) => middle(summary.result, result.digits) },
    { title: "least – most", cell: ({ summary }) => range(summary.result, result.digits) },
    of("p99 µs without", ({ aloneP99Us }) => aloneP99Us, 0),
    { title: "p99 µs beside", cell: ({ summary }) => middle(summary.p99Us, 0) },
    of("messages/s without", ({ aloneRate }) => aloneRate, 0),
    of("messages/s beside", ({ besideRate }) => besideRate, 0),
    of("processors in use", ({ cpu }) => cpu, 2),
    of("MB before", ({ beforeMb }) => beforeMb, 1),
    of("during", ({ duringMb }) => duringMb, 1),
    of("3 s after", ({ afterMb }) => afterMb, 1),
    of("bad ones opened/s", ({ opened }) => opened, 0),
    of("open", ({ open }) => open, 0),
    { title: "errors", cell: ({ summary }) => String(summary.errors) },
  ];
  return columns.map((column) => ({ ...column, isKept: () => true }));
}

function middle(spread: Spread | undefined, digits: number): string {
  return spread === undefined ? "" : spread.median.toFixed(digits);
}

function range(spread: Spread | undefined, digits: number): string {
  return spread === undefined
    ? ""
    : `${spread.least.toFixed(digits)} – ${spread.most.toFixed(digits)}`;
}

function ratio(spread: Spread | undefined, base: Spread | undefined): string {
  return spread === undefined || base === undefined ? "" : (spread.median / base.median).toFixed(2);
}

function percent(share: number | undefined): string {
  return share === undefined ? "" : `${(100 * share).toFixed(0)} %`;
}
