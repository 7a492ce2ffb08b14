// HJ212, from hj212.frame.
// Made by Waybill 0.0.0: change the description and compile it again instead of this file.

export const meta = {
  abi: 1,
  protocol: "HJ212",
  source: "hj212.frame",
  keys: ["station"],
  keyTypes: ["text"],
  words: 7,
  stateAt: 7,
  stateWords: 0,
  needMin: 12,
  frameMax: 1036,
  holdMax: 1036,
  dropMax: 65536,
  falseStartsMax: 0,
  reasons: [
    { kind: "mark", field: "start", rule: 'start "##"' },
    { kind: "digits", field: "length", rule: "length" },
    { kind: "too-long", field: "length", rule: "max 1024" },
    { kind: "digits", field: "crc", rule: "crc" },
    { kind: "mark", field: "end", rule: 'end "\\r\\n"' },
    { kind: "check", field: "crc", rule: "check hj212(data)" },
    { kind: "key-too-long", field: "station", rule: "max 24" },
  ],
  turns: [],
};

export const scratch = new Uint8Array(0);

const DIGITS_LENGTH = 1;
const TOO_LONG_LENGTH = 2;
const DIGITS_CRC = 3;
const MARK_END = 4;
const CHECK_CRC = 5;
const KEY_TOO_LONG_STATION = 6;

const HASH_HASH = new Uint8Array([35, 35]);
const HEX_VALUE = hexValues();
const HJ212_TABLE = crcTable(0xa001);
// Index behind the part of a text that was found last.
let foundEnd = 0;

/** Looks at buf[start, end) for one frame: its length, or a verdict below 0 with its words in `s`. */
export function unpack(buf, start, end, s) {
  const present = end - start;
  if (present < 2 || buf[start] !== 0x23 || buf[start + 1] !== 0x23) {
    return seek(buf, start, end, s);
  }
  if (present < 6) return need(s, 12 - present);
  const length = decimal(buf, start + 2, start + 6, 9999);
  if (length < 0) return falseStart(s, DIGITS_LENGTH);
  if (length > 1024) return falseStart(s, TOO_LONG_LENGTH);
  const size = length + 12;
  const dataEnd = length + 6;
  if (present < size) return need(s, size - present);
  const crc = hexadecimal(buf, start + dataEnd, start + dataEnd + 4, 65535);
  if (crc < 0) return reject(s, DIGITS_CRC, dataEnd);
  if (buf[start + dataEnd + 4] !== 0x0d || buf[start + dataEnd + 5] !== 0x0a) {
    return reject(s, MARK_END, dataEnd + 4);
  }
  const computed = hj212(buf, start + 6, start + dataEnd);
  if (crc !== computed) return reject(s, CHECK_CRC, dataEnd);
  const at = valueMn(buf, start + 6, start + 6 + length);
  let stationFound = 0;
  let stationOffset = 0;
  let stationLength = 0;
  if (at >= 0) {
    stationFound = 1;
    stationOffset = at - start;
    stationLength = foundEnd - at;
  }
  if (stationLength > 24) return reject(s, KEY_TOO_LONG_STATION, stationOffset);
  if (stationFound === 1) {
    // key station
    s[4] = stationOffset;
    s[5] = stationLength;
    s[6] = 0;
  } else {
    // key station: missing
    s[4] = -1;
    s[5] = 0;
    s[6] = -1;
  }
  return size;
}

/** What to do where no frame begins at `start`, or not yet. */
function seek(buf, start, end, s) {
  const present = end - start;
  if (meets(buf, start, end, HASH_HASH)) return need(s, 12 - present);
  return drop(s, begunHashHash(buf, start + 1, end) - start, 0);
}

/** Whether the bytes [at, to) begin with `literal`, or it with them. */
function meets(bytes, at, to, literal) {
  for (let i = 0; i < literal.length && at + i < to; i++) {
    if (bytes[at + i] !== literal[i]) return false;
  }
  return true;
}

/** NEED: at least `missing` more bytes. */
function need(s, missing) {
  s[0] = missing;
  return -1;
}

/** Where "##" stands or has begun within [from, to), or `to`. */
function begunHashHash(bytes, from, to) {
  for (let at = from; at < to; at++) {
    if (bytes[at] === 0x23 && meets(bytes, at, to, HASH_HASH)) return at;
  }
  return to;
}

/** DROP: the first `count` bytes are junk (cause 0) or ignored (2). */
function drop(s, count, cause) {
  s[0] = count;
  s[1] = cause;
  s[2] = 0;
  return -2;
}

/** The number that [from, to) writes in decimal digits; -1 if it does not, or is above `most`. */
function decimal(bytes, from, to, most) {
  if (from >= to) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte < 0x30 || byte > 0x39) return -1;
    value = value * 10 + (byte - 0x30);
    if (value > most) return -1;
  }
  return value;
}

/** DROP of one byte: no frame begins here after all. */
function falseStart(s, reason) {
  s[0] = 1;
  s[1] = 1;
  s[2] = reason;
  return -2;
}

/** The number that [from, to) writes in hexadecimal digits; -1 if it does not, or is above `most`. */
function hexadecimal(bytes, from, to, most) {
  if (from >= to) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = HEX_VALUE[bytes[at]];
    if (digit < 0) return -1;
    value = value * 16 + digit;
    if (value > most) return -1;
  }
  return value;
}

/** What each byte counts as a hexadecimal digit; -1 where it is none. */
function hexValues() {
  const values = new Int8Array(256).fill(-1);
  for (let digit = 0; digit < 10; digit++) values[0x30 + digit] = digit;
  for (let digit = 10; digit < 16; digit++) {
    values[0x37 + digit] = digit;
    values[0x57 + digit] = digit;
  }
  return values;
}

/** REJECT: `reason` is an index into `meta.reasons`, `at` counts from the frame's start. */
function reject(s, reason, at) {
  s[0] = reason;
  s[1] = at;
  s[2] = 0;
  return -3;
}

/** What each byte leaves in a register that moves right. */
function crcTable(poly) {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ poly;
    table[byte] = crc;
  }
  return table;
}

/** HJ 212-2017, annex A: each byte is XORed into the register's upper byte, which becomes the lower. */
function hj212(bytes, from, to) {
  let crc = 0xffff;
  for (let at = from; at < to; at++) crc = HJ212_TABLE[(crc >>> 8) ^ bytes[at]];
  return crc;
}

/** Where the value of "MN" begins in pieces between ";", or -1. */
function valueMn(bytes, from, to) {
  let at = from;
  for (;;) {
    const mark = findSemicolon(bytes, at, to);
    let end = mark < 0 ? to : mark;
    if (at + 3 <= end && bytes[at] === 0x4d && bytes[at + 1] === 0x4e && bytes[at + 2] === 0x3d) {
      foundEnd = end;
      return at + 3;
    }
    if (mark < 0) return -1;
    at = mark + 1;
  }
}

/** Where ";" stands first within [from, to), or -1. */
function findSemicolon(bytes, from, to) {
  for (let at = from; at <= to - 1; at++) {
    if (bytes[at] === 0x3b) return at;
  }
  return -1;
}
