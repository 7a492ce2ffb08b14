// Phone, from phone.frame.
// Made by Waybill 0.0.0: change the description and compile it again instead of this file.

export const meta = {
  abi: 1,
  protocol: "Phone",
  source: "phone.frame",
  keys: ["phone"],
  keyTypes: ["text"],
  words: 7,
  stateAt: 7,
  stateWords: 0,
  needMin: 11,
  frameMax: 1034,
  holdMax: 1034,
  dropMax: 65536,
  falseStartsMax: 0,
  reasons: [
    { kind: "mark", field: "start", rule: "start 0x7E" },
    { kind: "guard", field: "props", rule: "bit 15 of props = 0" },
    { kind: "encoding", field: "phone", rule: "bcd" },
    { kind: "digits", field: "serial", rule: "bcd[1] serial filler F" },
    { kind: "check", field: "sum", rule: "check xor" },
  ],
  turns: [],
};

export const scratch = new Uint8Array(12);

const GUARD_PROPS = 1;
const ENCODING_PHONE = 2;
const DIGITS_SERIAL = 3;
const CHECK_SUM = 4;

const CR_LF = new Uint8Array([13, 10]);

/** Looks at buf[start, end) for one frame: its length, or a verdict below 0 with its words in `s`. */
export function unpack(buf, start, end, s) {
  const present = end - start;
  if (present < 1 || buf[start] !== 0x7e) return seek(buf, start, end, s);
  if (present < 3) return need(s, 11 - present);
  const props = (buf[start + 2] << 8) | buf[start + 1];
  if (props >>> 15 !== 0) return falseStart(s, GUARD_PROPS);
  const length = props & 0x03ff;
  const end2 = length + 11;
  if (present < end2) return need(s, end2 - present);
  if (!isPackedDecimal(buf, start + 3, start + 9)) {
    return reject(s, ENCODING_PHONE, 3);
  }
  const serial = packedDecimal(buf, start + 9, start + 10, 15, 99);
  if (serial < 0) return reject(s, DIGITS_SERIAL, 9);
  const computed = xor(buf, start + 1, start + end2 - 1);
  const declared = buf[start + end2 - 1];
  if (declared !== computed) return reject(s, CHECK_SUM, end2 - 1);
  const digits = writeDigits(buf, start + 3, start + 9, 0, 15);
  const first = skip0(scratch, 0, digits);
  const behind = digits;
  const phoneAt = first;
  const phoneLength = behind - first;
  // key phone
  s[4] = phoneAt;
  s[5] = phoneLength;
  s[6] = 1;
  return end2;
}

/** What to do where no frame begins at `start`, or not yet. */
function seek(buf, start, end, s) {
  const present = end - start;
  if (present >= 2 && buf[start] === 0x0d && buf[start + 1] === 0x0a) {
    return drop(s, 2, 2);
  }
  if (present > 0 && meets(buf, start, end, CR_LF)) return need(s, 11 - present);
  if (present >= 1 && buf[start] === 0x00) return drop(s, 1, 2);
  if (present === 0) return need(s, 11 - present);
  return drop(s, begunX7eOrCrLfOrNul(buf, start + 1, end) - start, 0);
}

/** DROP: the first `count` bytes are junk (cause 0) or ignored (2). */
function drop(s, count, cause) {
  s[0] = count;
  s[1] = cause;
  s[2] = 0;
  return -2;
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

/** Where "~" or "\r\n" or x"00" stands or has begun within [from, to), or `to`. */
function begunX7eOrCrLfOrNul(bytes, from, to) {
  for (let at = from; at < to; at++) {
    if (
      bytes[at] === 0x7e ||
      (bytes[at] === 0x0d && meets(bytes, at, to, CR_LF)) ||
      bytes[at] === 0x00
    ) {
      return at;
    }
  }
  return to;
}

/** DROP of one byte: no frame begins here after all. */
function falseStart(s, reason) {
  s[0] = 1;
  s[1] = 1;
  s[2] = reason;
  return -2;
}

/** Whether every nibble of [from, to) is a decimal digit, but for 0xf at the end. */
function isPackedDecimal(bytes, from, to) {
  let isOver = false;
  for (let at = from; at < to; at++) {
    const high = bytes[at] >> 4;
    const low = bytes[at] & 0x0f;
    if (high > 9 || isOver) {
      if (bytes[at] !== 0xff) return false;
      isOver = true;
    } else if (low > 9) {
      if (low !== 0x0f) return false;
      isOver = true;
    }
  }
  return true;
}

/** REJECT: `reason` is an index into `meta.reasons`, `at` counts from the frame's start. */
function reject(s, reason, at) {
  s[0] = reason;
  s[1] = at;
  s[2] = 0;
  return -3;
}

/** The number that [from, to) writes in nibbles without `filler` behind; -1 if it does not, or is above `most`. */
function packedDecimal(bytes, from, to, filler, most) {
  let nibbles = 2 * (to - from);
  while (nibbles > 0) {
    const byte = bytes[from + ((nibbles - 1) >> 1)];
    if (((nibbles & 1) === 1 ? byte >> 4 : byte & 0x0f) !== filler) break;
    nibbles--;
  }
  if (nibbles === 0) return -1;
  let value = 0;
  for (let nibble = 0; nibble < nibbles; nibble++) {
    const byte = bytes[from + (nibble >> 1)];
    const digit = (nibble & 1) === 0 ? byte >> 4 : byte & 0x0f;
    if (digit > 9) return -1;
    value = value * 10 + digit;
    if (value > most) return -1;
  }
  return value;
}

/** The XOR of the bytes [from, to). */
function xor(bytes, from, to) {
  let sum = 0;
  for (let at = from; at < to; at++) sum ^= bytes[at];
  return sum;
}

/** Writes the nibbles of [from, to) up to the first `filler` as text into the scratch buffer; returns how many. */
function writeDigits(bytes, from, to, at, filler) {
  let length = 0;
  for (let nibble = 2 * from; nibble < 2 * to; nibble++) {
    const byte = bytes[nibble >> 1];
    const digit = (nibble & 1) === 0 ? byte >> 4 : byte & 0x0f;
    if (digit === filler) break;
    scratch[at + length] = digit < 10 ? 0x30 + digit : 0x57 + digit;
    length++;
  }
  return length;
}

/** Where the first byte of [from, to) stands that is not in "0". */
function skip0(bytes, from, to) {
  while (from < to && bytes[from] === 0x30) {
    from++;
  }
  return from;
}
