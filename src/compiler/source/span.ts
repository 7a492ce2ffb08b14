// A place in a source file. Imports nothing.

/** A half-open range of UTF-16 code units, `[start, end)`, in the file with number `file` of a compilation. */
export interface Span {
  readonly file: number;
  readonly start: number;
  readonly end: number;
}

/** The smallest span that covers both; both must lie in the same file. */
export function coverSpans(first: Span, last: Span): Span {
  return {
    file: first.file,
    start: Math.min(first.start, last.start),
    end: Math.max(first.end, last.end),
  };
}
