// Lines of the result, and the column of the comments behind them. Knows nothing of the language.

/** A line: code, a comment, both, or neither (an empty line). */
export interface Line {
  readonly indent: number;
  readonly code: string;
  readonly comment?: string;
}

/** Code wider than this does not push the comments of its neighbours to the right. */
const MAX_ALIGNED_WIDTH = 72;

/** Space between code and its comment. */
const GAP = 2;

/** The lines as text; comments behind code are aligned over neighbouring lines of one indentation. */
export function joinLines(lines: readonly Line[]): string {
  let text = "";
  for (let from = 0; from < lines.length; ) {
    const to = runEnd(lines, from);
    const run = lines.slice(from, to);
    const commented = run.filter((line) => line.comment !== undefined).map(widthOf);
    const column = Math.max(0, ...commented.filter((width) => width <= MAX_ALIGNED_WIDTH)) + GAP;
    for (const line of run) text += `${lineText(line, column)}\n`;
    from = to;
  }
  return text;
}

/** Neighbouring lines of code with one indentation; any other line stands alone. */
function runEnd(lines: readonly Line[], from: number): number {
  const indent = lines[from]?.indent;
  let to = from;
  while (lines[to]?.indent === indent && lines[to]?.code !== "") to += 1;
  return Math.max(to, from + 1);
}

function widthOf(line: Line): number {
  return line.indent + [...line.code].length;
}

function lineText(line: Line, column: number): string {
  if (line.code === "" && line.comment === undefined) return "";
  const code = " ".repeat(line.indent) + line.code;
  if (line.comment === undefined) return code;
  if (line.code === "") return code + line.comment;
  return code + " ".repeat(Math.max(GAP, column - widthOf(line))) + line.comment;
}
