// A line of source as a terminal shows it, and the underline below it. Knows nothing of diagnostics.

import { columnsOf, printableCharacter } from "../../base/printable.ts";

/** Columns a tab takes when shown: the same whatever the terminal's stops. */
const TAB = "    ";

/** Widest excerpt shown; of a longer line only the part around the place. */
const MAX_COLUMNS = 160;

/** Shown before the place when a long line is cut. */
const CONTEXT_COLUMNS = 40;

export interface Excerpt {
  /** Fit for a terminal: tabs are spaces, controls are escapes. */
  readonly text: string;
  /** As many spaces and carets as put the carets below the place; at least one caret. */
  readonly underline: string;
}

/** Of a longer line only so many characters before and behind the place are looked at. */
const MAX_CHARACTERS = 1000;

/** Shows `line` with `[start, end)` (UTF-16 offsets in it) underlined; an empty range gets one caret. */
export function excerptOf(line: string, start: number, end: number): Excerpt {
  const from = Math.max(0, start - MAX_CHARACTERS);
  const cells = cellsOf(line.slice(from, start + MAX_CHARACTERS));
  const before = columnsBefore(cells, start - from);
  const marked = Math.max(1, columnsBefore(cells, end - from) - before);
  const total = columnsBefore(cells, Number.POSITIVE_INFINITY);
  if (line.length <= MAX_CHARACTERS && total <= MAX_COLUMNS) {
    const text = cells.map((cell) => cell.shown).join("");
    return { text, underline: " ".repeat(before) + "^".repeat(marked) };
  }
  const isOpen = line.length > start + MAX_CHARACTERS;
  return cutExcerpt(cells, before, marked, isOpen);
}

/** One code point of the line as shown. */
interface Cell {
  readonly offset: number;
  readonly shown: string;
  readonly columns: number;
}

function cellsOf(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let offset = 0;
  for (const character of line) {
    const shown = character === "\t" ? TAB : printableCharacter(character);
    const columns = shown === character ? columnsOf(character) : shown.length;
    cells.push({ offset, shown, columns });
    offset += character.length;
  }
  return cells;
}

function columnsBefore(cells: readonly Cell[], offset: number): number {
  let columns = 0;
  for (const cell of cells) {
    if (cell.offset >= offset) break;
    columns += cell.columns;
  }
  return columns;
}

/** `isOpen`: the line goes on behind the cells. */
function cutExcerpt(
  cells: readonly Cell[],
  before: number,
  marked: number,
  isOpen: boolean,
): Excerpt {
  const from = Math.max(0, before - CONTEXT_COLUMNS);
  let text = from > 0 ? "…" : "";
  let shownFrom: number | undefined;
  let column = 0;
  let isCut = isOpen;
  for (const cell of cells) {
    if (column > from && column + cell.columns > from + MAX_COLUMNS) isCut = true;
    if (column >= from && column + cell.columns <= from + MAX_COLUMNS) {
      shownFrom ??= column;
      text += cell.shown;
    }
    column += cell.columns;
  }
  const shift = before - (shownFrom ?? from) + (from > 0 ? 1 : 0);
  const carets = Math.min(marked, MAX_COLUMNS - (before - from));
  return {
    text: isCut ? `${text}…` : text,
    underline: " ".repeat(shift) + "^".repeat(Math.max(1, carets)),
  };
}
