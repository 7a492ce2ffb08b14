// The search for delimiters. Pure: bytes in, a place out.

/** What a search says about the bytes present. Places count from the first of `bytes`. */
export type Scan =
  | { readonly kind: "found"; readonly at: number; readonly length: number }
  /** More bytes may still decide. `missing`: the fewest until a mark may be complete; 0 or less where one behind already is. */
  | { readonly kind: "undecided"; readonly missing: number }
  | { readonly kind: "absent" };

/** The first mark in `bytes` that begins at most `max` bytes in; no more bytes will come. */
export function scanWindow(bytes: Uint8Array, marks: readonly Uint8Array[], max: number): Scan {
  for (let at = 0; at <= Math.min(max, bytes.length); at++) {
    const mark = marks.find((each) => meeting(bytes, at, each) === "whole");
    if (mark !== undefined) return { kind: "found", at, length: mark.length };
  }
  return { kind: "absent" };
}

/** The first mark that begins at most `max` bytes in, when more bytes may follow `bytes`. */
export function scanStream(bytes: Uint8Array, marks: readonly Uint8Array[], max: number): Scan {
  const longest = Math.max(...marks.map((mark) => mark.length));
  if (bytes.length >= max + longest) return scanWindow(bytes, marks, max);
  for (let at = 0; at <= Math.min(max, bytes.length); at++) {
    const whole = marks.find((mark) => meeting(bytes, at, mark) === "whole");
    if (whole !== undefined) return { kind: "found", at, length: whole.length };
    // A place where a mark has begun decides before every later place, so nothing behind it counts yet.
    if (marks.some((mark) => meeting(bytes, at, mark) === "part")) {
      return { kind: "undecided", missing: fewestMissing(bytes, marks, at, max) };
    }
  }
  return { kind: "undecided", missing: max + longest - bytes.length };
}

/**
 * How a mark meets the bytes from `at` on: it stands there, the bytes end before it is over (at the very end of the bytes
 * too), or it differs.
 */
export function meeting(
  bytes: Uint8Array,
  at: number,
  mark: Uint8Array,
): "whole" | "part" | "none" {
  const present = Math.min(mark.length, bytes.length - at);
  for (let index = 0; index < present; index++) {
    if (bytes[at + index] !== mark[index]) return "none";
  }
  return present === mark.length ? "whole" : "part";
}

function fewestMissing(
  bytes: Uint8Array,
  marks: readonly Uint8Array[],
  from: number,
  max: number,
): number {
  let fewest = Infinity;
  for (let at = from; at <= Math.min(max, bytes.length); at++) {
    for (const mark of marks) {
      if (meeting(bytes, at, mark) === "none") continue;
      fewest = Math.min(fewest, at + mark.length - bytes.length);
    }
  }
  return fewest;
}
