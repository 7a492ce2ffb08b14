// Star, from star.frame.
// Made by Waybill 0.0.0: change the description and compile it again instead of this file.

export const meta = {
  abi: 1,
  protocol: "Star",
  source: "star.frame",
  keys: ["station"],
  keyTypes: ["text"],
  words: 7,
  stateAt: 7,
  stateWords: 0,
  needMin: 35,
  frameMax: 65536,
  holdMax: 65536,
  dropMax: 65536,
  falseStartsMax: 0,
  reasons: [
    { kind: "mark", field: "start", rule: 'start "*"' },
    { kind: "too-long", field: "length", rule: "max 64KiB" },
    { kind: "too-short", field: "station", rule: "size >= 35" },
  ],
  turns: [],
};

export const scratch = new Uint8Array(0);

const TOO_LONG_LENGTH = 1;
const TOO_SHORT_STATION = 2;

/** Looks at buf[start, end) for one frame: its length, or a verdict below 0 with its words in `s`. */
export function unpack(buf, start, end, s) {
  const present = end - start;
  if (present < 1 || buf[start] !== 0x2a) return seek(buf, start, end, s);
  if (present < 5) return need(s, 35 - present);

  // length: u32 at 1
  const length =
    ((buf[start + 1] << 24) | (buf[start + 2] << 16) | (buf[start + 3] << 8) | buf[start + 4]) >>>
    0;
  if (length > 65529) return falseStart(s, TOO_LONG_LENGTH);
  if (length < 28) return falseStart(s, TOO_SHORT_STATION);
  const size = length + 7;
  if (present < size) return need(s, size - present);

  // station: text[16] at 19
  // key station
  s[4] = 19;
  s[5] = 16;
  s[6] = 0;
  return size;
}

/** What to do where no frame begins at `start`, or not yet. */
function seek(buf, start, end, s) {
  const present = end - start;
  if (present === 0) return need(s, 35 - present);
  const next = findStar(buf, start + 1, end);
  return drop(s, next < 0 ? present : next - start, 0);
}

/** NEED: at least `missing` more bytes. */
function need(s, missing) {
  s[0] = missing;
  return -1;
}

/** Where "*" stands first within [from, to), or -1. */
function findStar(bytes, from, to) {
  if (to - from >= 128 && to === bytes.length) return bytes.indexOf(0x2a, from);
  for (let at = from; at <= to - 1; at++) {
    if (bytes[at] === 0x2a) return at;
  }
  return -1;
}

/** DROP: the first `count` bytes are junk (cause 0) or ignored (2). */
function drop(s, count, cause) {
  s[0] = count;
  s[1] = cause;
  s[2] = 0;
  return -2;
}

/** DROP of one byte: no frame begins here after all. */
function falseStart(s, reason) {
  s[0] = 1;
  s[1] = 1;
  s[2] = reason;
  return -2;
}
