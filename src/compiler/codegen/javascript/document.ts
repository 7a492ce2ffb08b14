// Line breaking: a document says where a line may break, and is laid out so that lines stay within the width. The
// algorithm is Wadler's, as code formatters use it. Knows nothing of JavaScript.

/** What is to be laid out. A group is set on one line if it fits; otherwise its own lines break. */
export type Document =
  | string
  | readonly Document[]
  | { readonly kind: "group"; readonly content: Document }
  | { readonly kind: "indent"; readonly content: Document }
  /** Flat: `flat`. Broken: a new line. `hard` breaks always, and every group around it. */
  | { readonly kind: "line"; readonly flat: string; readonly hard: boolean }
  /** Text that depends on whether the group around it is broken. */
  | { readonly kind: "either"; readonly broken: string; readonly flat: string }
  /** As many items on each line as it takes. */
  | { readonly kind: "fill"; readonly items: readonly string[] };

/** A space or a new line. */
export const line: Document = { kind: "line", flat: " ", hard: false };
/** Nothing or a new line. */
export const softLine: Document = { kind: "line", flat: "", hard: false };
/** A new line. */
export const hardLine: Document = { kind: "line", flat: "", hard: true };

/** Set on one line if that fits. */
export function group(content: Document): Document {
  return { kind: "group", content };
}

/** New lines within are indented by one step more. */
export function indent(content: Document): Document {
  return { kind: "indent", content };
}

/** The documents with `separator` between them. */
export function joined(documents: readonly Document[], separator: Document): Document {
  return documents.flatMap((document, index) => (index === 0 ? [document] : [separator, document]));
}

/** Columns of a line and of a step of indentation. */
const WIDTH = 100;
const STEP = 2;

interface Piece {
  readonly indentation: number;
  readonly isFlat: boolean;
  readonly document: Document;
}

/** Lays a document out; lines are ended by `\n`, without blanks at their ends. */
export function layOut(document: Document): string {
  const lines = createLines();
  const pieces: Piece[] = [{ indentation: 0, isFlat: false, document }];
  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    const { indentation, isFlat, document: part } = piece;
    if (typeof part === "string") lines.write(part);
    else if (isList(part)) pushAll(pieces, part, indentation, isFlat);
    else if (part.kind === "indent") {
      pieces.push({ indentation: indentation + STEP, isFlat, document: part.content });
    } else if (part.kind === "either") lines.write(isFlat ? part.flat : part.broken);
    else if (part.kind === "line") {
      if (isFlat && !part.hard) lines.write(part.flat);
      else lines.breakLine(indentation);
    } else if (part.kind === "fill") {
      fill(lines, part.items, indentation);
    } else {
      const flat = { indentation, isFlat: true, document: part.content };
      const hasRoom = isFlat || fits(flat, pieces, WIDTH - lines.column());
      pieces.push(hasRoom ? flat : { ...flat, isFlat: false });
    }
  }
  return lines.text();
}

interface Lines {
  readonly write: (part: string) => void;
  readonly breakLine: (indentation: number) => void;
  /** Characters in the last line. */
  readonly column: () => number;
  readonly text: () => string;
}

function createLines(): Lines {
  const done: string[] = [];
  let last = "";
  return {
    write: (part) => {
      last += part;
    },
    breakLine: (indentation) => {
      done.push(last.trimEnd());
      last = " ".repeat(indentation);
    },
    column: () => last.length,
    text: () => [...done, last].join("\n"),
  };
}

function fill(lines: Lines, items: readonly string[], indentation: number): void {
  for (const [index, item] of items.entries()) {
    if (index > 0 && lines.column() + 1 + item.length + 1 > WIDTH) lines.breakLine(indentation);
    else if (index > 0) lines.write(" ");
    lines.write(index === items.length - 1 ? item : `${item},`);
  }
}

/** Whether everything up to the first line break behind `first` has room in `room` columns. */
function fits(first: Piece, behind: readonly Piece[], room: number): boolean {
  const pieces = [first];
  let next = behind.length;
  for (let left = room; left >= 0; ) {
    const piece = pieces.pop() ?? behind[--next];
    if (piece === undefined) return true;
    const { indentation, isFlat, document: part } = piece;
    if (typeof part === "string") left -= part.length;
    else if (isList(part)) pushAll(pieces, part, indentation, isFlat);
    else if (part.kind === "either") left -= (isFlat ? part.flat : part.broken).length;
    else if (part.kind === "fill") left -= part.items.join(", ").length;
    else if (part.kind === "line") {
      if (part.hard) return !isFlat;
      if (!isFlat) return true;
      left -= part.flat.length;
    } else {
      // What stands behind the group may be broken, unless it holds the group that is measured.
      pieces.push({ indentation, isFlat, document: part.content });
    }
  }
  return false;
}

function pushAll(
  pieces: Piece[],
  parts: readonly Document[],
  indentation: number,
  isFlat: boolean,
) {
  for (let index = parts.length - 1; index >= 0; index -= 1) {
    pieces.push({ indentation, isFlat, document: parts[index] ?? "" });
  }
}

function isList(document: Document): document is readonly Document[] {
  return Array.isArray(document);
}
