// The syntax tree: nodes without parts, names and literals. Data only.

import type { Span } from "../../source/span.ts";

/** What every node has. */
export interface Node {
  readonly span: Span;
}

/** A name as written, with its place. */
export interface Name extends Node {
  readonly text: string;
}

/** `"text\r\n\x1C"` (characters above U+007F as UTF-8), `x"7D 01"`: always bytes; `quoted` tells how it was written. */
export interface BytesLiteral extends Node {
  readonly kind: "bytes";
  readonly bytes: Uint8Array;
  readonly quoted: "text" | "hex";
}

/**
 * `12`, `0x7E`, `64KiB`, `5s`, `95%`: the value in bytes for sizes, in milliseconds for durations; below 2^64, and
 * negative where a minus stands before it: `-12`.
 * `unit` is as written ("KiB", "s", "%") or absent. `source` keeps the spelling for fmt.
 */
export interface NumberLiteral extends Node {
  readonly kind: "number";
  readonly value: bigint;
  readonly unit?: string;
  readonly source: string;
}

export type Literal = BytesLiteral | NumberLiteral;
