// Pieces, pairs and headers of a text, found by its one meaning: cut it up entirely, look at every piece. Pure. Bytes are
// handled as a string of one character a byte, so that places in the string are places in the bytes.

import { latin1 } from "./encoding.ts";

/** A part of a text: where it begins, and its characters. */
export interface Part {
  readonly at: number;
  readonly text: string;
}

/** All parts between separators, at least one; separators are found from the left and do not overlap. */
export function splitText(whole: Part, separator: string): readonly Part[] {
  const parts: Part[] = [];
  let at = whole.at;
  for (const text of whole.text.split(separator)) {
    parts.push({ at, text });
    at += text.length + separator.length;
  }
  return parts;
}

/** The part with that index, negative from the end, or undefined. */
export function partAt(parts: readonly Part[], index: number): Part | undefined {
  return parts.at(index);
}

/** The values of all pieces `name assign value`, in order; the first `assign` of a piece counts. */
export function pairValues(
  whole: Part,
  separator: string,
  assign: string,
  name: string,
): readonly Part[] {
  return splitText(whole, separator).flatMap((piece) => {
    const cut = piece.text.indexOf(assign);
    if (cut === -1 || piece.text.slice(0, cut) !== name) return [];
    return [dropLeft(piece, cut + assign.length)];
  });
}

/** The values of all header lines of that name (lower case), in order, by RFC 9112, section 5. */
export function headerValues(whole: Part, name: string): readonly Part[] {
  return linesOf(whole).flatMap((line) => {
    const colon = line.text.indexOf(":");
    if (colon === -1 || lowerAscii(line.text.slice(0, colon)) !== name) return [];
    const value = dropLeft(line, colon + 1);
    const blanks = /^[ \t]*/.exec(value.text)?.[0].length ?? 0;
    const text = value.text.slice(blanks).replace(/[ \t]+$/, "");
    return [{ at: value.at + blanks, text }];
  });
}

/** A text's bytes as a part that begins at `at`. */
export function partOf(at: number, bytes: Uint8Array): Part {
  return { at, text: latin1(bytes) };
}

/** The part without its first `count` characters. */
export function dropLeft(part: Part, count: number): Part {
  return { at: part.at + count, text: part.text.slice(count) };
}

/** A…Z as a…z, nothing else changed. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** a…z as A…Z, nothing else changed. */
export function upperAscii(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** Lines without their ends: CR LF or LF; the last one ends with the text. */
function linesOf(whole: Part): readonly Part[] {
  const lines = splitText(whole, "\n");
  return lines.map((line, index) => {
    const isEnded = index < lines.length - 1;
    return isEnded && line.text.endsWith("\r")
      ? { at: line.at, text: line.text.slice(0, -1) }
      : line;
  });
}
