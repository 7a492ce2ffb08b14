// Bytes whose every place can be told: what is lost, doubled or out of order shows.

/** `length` bytes of a fixed pseudo-random sequence; `seed` chooses which. */
export function pattern(length: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = seed | 1;
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  return bytes;
}

/** Where two runs of bytes first differ, as a text to compare with `"equal"`: a dump of megabytes tells nobody anything. */
export function difference(got: Uint8Array, wanted: Uint8Array): string {
  if (Buffer.compare(got, wanted) === 0) return "equal";
  const length = Math.min(got.length, wanted.length);
  for (let at = 0; at < length; at++) {
    if (got[at] !== wanted[at]) return `byte ${at} of ${wanted.length} differs`;
  }
  return `${got.length} bytes instead of ${wanted.length}`;
}
