// `like` patterns over bytes: `*` is any run of bytes, `?` any one byte, there is no escape. Knows no key.

/** Longest pattern, in bytes: it bounds the work of a match to `LIKE_PATTERN_MAX` a byte of the key. */
export const LIKE_PATTERN_MAX = 256;

const STAR = 0x2a;
const QUESTION = 0x3f;

/** What a pattern comes to, so that most need no matching at all. `pattern` in the answers holds no wildcard. */
export type LikeShape =
  /** No wildcard: equality. */
  | { readonly kind: "literal"; readonly pattern: Uint8Array }
  /** `*`: every key that is present. */
  | { readonly kind: "anything" }
  | { readonly kind: "prefix" | "suffix"; readonly pattern: Uint8Array }
  /** Anything else, with the bytes that every match must begin and end with. */
  | { readonly kind: "glob"; readonly head: Uint8Array; readonly tail: Uint8Array };

/** Whether a byte of a pattern is `*` or `?`. */
export function isWildcard(byte: number): boolean {
  return byte === STAR || byte === QUESTION;
}

/** The shape of a pattern. */
export function shapeOfLike(pattern: Uint8Array): LikeShape {
  const first = pattern.findIndex(isWildcard);
  if (first < 0) return { kind: "literal", pattern };
  const last = pattern.findLastIndex(isWildcard);
  const head = pattern.subarray(0, first);
  const tail = pattern.subarray(last + 1);
  const isOneRun = pattern.subarray(first, last + 1).every((byte) => byte === STAR);
  if (!isOneRun || (head.length > 0 && tail.length > 0)) return { kind: "glob", head, tail };
  if (head.length > 0) return { kind: "prefix", pattern: head };
  if (tail.length > 0) return { kind: "suffix", pattern: tail };
  return { kind: "anything" };
}

/**
 * Whether all of `bytes[offset, offset + length)` matches. Only the last `*` is ever tried again, which is enough:
 * an earlier one that took more could not help. At most `length * pattern.length` steps.
 */
export function matchesLike(
  pattern: Uint8Array,
  bytes: Uint8Array,
  offset: number,
  length: number,
): boolean {
  const end = offset + length;
  let at = offset;
  let wanted = 0;
  let afterStar = -1;
  let retryAt = 0;
  while (at < end) {
    const byte = wanted < pattern.length ? (pattern[wanted] as number) : -1;
    if (byte === STAR) {
      wanted += 1;
      afterStar = wanted;
      retryAt = at;
    } else if (byte === QUESTION || byte === bytes[at]) {
      wanted += 1;
      at += 1;
    } else if (afterStar >= 0) {
      retryAt += 1;
      at = retryAt;
      wanted = afterStar;
    } else {
      return false;
    }
  }
  while (wanted < pattern.length && pattern[wanted] === STAR) wanted += 1;
  return wanted === pattern.length;
}
