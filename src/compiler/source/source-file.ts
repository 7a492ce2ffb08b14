// One source text of a compilation and its lines. Knows neither where the text came from nor what it means.

/** A text with its number in the compilation: `Span.file` is that number. */
export interface SourceFile {
  readonly number: number;
  /** As it is shown to people: the path given, or `library:NAME`. */
  readonly path: string;
  readonly text: string;
  /** Offset of each line's first character, in UTF-16 code units; the first is 0. */
  readonly lineStarts: readonly number[];
}

/** A place as people count: line and column from 1, the column in code points. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Lines end at LF, CR LF or a lone CR. */
export function createSourceFile(number: number, path: string, text: string): SourceFile {
  const lineStarts = [0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(index + 1) !== 0x0a)) {
      lineStarts.push(index + 1);
    }
  }
  return { number, path, text, lineStarts };
}

/** The place of a UTF-16 offset; offsets outside the text are moved to its nearest end. */
export function positionAt(file: SourceFile, offset: number): Position {
  const at = Math.max(0, Math.min(offset, file.text.length));
  const line = lineIndexAt(file, at);
  const before = file.text.slice(file.lineStarts[line] ?? 0, at);
  return { line: line + 1, column: codePointsIn(before) + 1 };
}

/** The text of a line, counted from 1, without its line end; empty beyond the last. */
export function lineText(file: SourceFile, line: number): string {
  const start = file.lineStarts[line - 1];
  if (start === undefined) return "";
  const end = file.lineStarts[line] ?? file.text.length;
  return file.text.slice(start, end).replace(/[\r\n]+$/, "");
}

/** Offset of the first character of the line that holds `offset`. */
export function lineStartAt(file: SourceFile, offset: number): number {
  return file.lineStarts[lineIndexAt(file, offset)] ?? 0;
}

function lineIndexAt(file: SourceFile, offset: number): number {
  let low = 0;
  let high = file.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((file.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function codePointsIn(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
