// Items, from items.frame.
// Made by Waybill 0.0.0: change the description and compile it again instead of this file.

export const meta = {
  abi: 1,
  protocol: "Items",
  source: "items.frame",
  keys: ["name", "serial"],
  keyTypes: ["text", "integer"],
  words: 10,
  stateAt: 10,
  stateWords: 0,
  needMin: 2,
  frameMax: 1026,
  holdMax: 1026,
  dropMax: 0,
  falseStartsMax: 0,
  reasons: [
    { kind: "too-long", field: "size", rule: "max 1024" },
    { kind: "too-short", field: "items", rule: "items" },
    { kind: "too-long", field: "items", rule: "max 8" },
    { kind: "switch", field: "id", rule: "id" },
    { kind: "duplicate", field: "serial", rule: "serial" },
  ],
  turns: [],
};

export const scratch = new Uint8Array(255);

const TOO_LONG_SIZE = 0;
const TOO_SHORT_ITEMS = 1;
const TOO_LONG_ITEMS = 2;
const SWITCH_ID = 3;
const DUPLICATE_SERIAL = 4;

/** Looks at buf[start, end) for one frame: its length, or a verdict below 0 with its words in `s`. */
export function unpack(buf, start, end, s) {
  const present = end - start;
  if (present < 2) return need(s, 2 - present);
  const size = (buf[start] << 8) | buf[start + 1];
  if (size > 1024) return reject(s, TOO_LONG_SIZE, 0);
  const end2 = size + 2;
  if (present < end2) return need(s, end2 - present);
  let pos = 2;
  let nameFound = 0;
  let nameOffset = 0;
  let nameLength = 0;
  let serialFound = 0;
  let serialOffset = 0;
  let serialLength = 0;
  for (let i = 0; pos < end2; i++) {
    if (i === 8) return reject(s, TOO_LONG_ITEMS, pos);
    if (pos + 2 > end2) return reject(s, TOO_SHORT_ITEMS, pos);
    const id = buf[start + pos];
    const length = buf[start + pos + 1];
    const next = pos + length + 2;
    if (next > end2) return reject(s, TOO_SHORT_ITEMS, pos);

    // items[i].value: text[length] at pos + 2
    switch (id) {
      case 1: {
        if (nameFound === 0) {
          nameFound = 1;
          nameOffset = pos + 2;
          nameLength = length;
        }
        break;
      }
      case 2: {
        if (serialFound !== 0) return reject(s, DUPLICATE_SERIAL, pos);
        serialFound = 1;
        serialOffset = pos + 2;
        serialLength = length;
        break;
      }
      case 0:
      case 3:
      case 4:
      case 5:
      case 6:
      case 7:
      case 8:
      case 9: {
        break;
      }
      default: {
        return reject(s, SWITCH_ID, pos);
      }
    }
    pos = next;
  }
  if (nameFound === 1) {
    const first = skipSpaceNul(buf, start + nameOffset, start + nameOffset + nameLength);
    const behind = dropSpaceNul(buf, first, start + nameOffset + nameLength);
    const trimmedAt = first - start;
    const trimmedLength = behind - first;
    const lowerLength = toLower(buf, start + trimmedAt, start + trimmedAt + trimmedLength, 0);
    // key name
    s[4] = 0;
    s[5] = lowerLength;
    s[6] = 1;
  } else {
    // key name: missing
    s[4] = -1;
    s[5] = 0;
    s[6] = -1;
  }
  const value2 = decimal(
    buf,
    start + serialOffset,
    start + serialOffset + serialLength,
    999999999999999,
  );
  let isNumber = 0;
  let value = 0;
  if (value2 >= 0 && serialLength <= 15) {
    isNumber = 1;
    value = value2;
  }
  if (isNumber === 1) {
    // key serial
    s[7] = value;
    s[8] = Math.floor(value / 4294967296);
    s[9] = 3;
  } else {
    // key serial: missing
    s[7] = -1;
    s[8] = 0;
    s[9] = -1;
  }
  return end2;
}

/** NEED: at least `missing` more bytes. */
function need(s, missing) {
  s[0] = missing;
  return -1;
}

/** REJECT: `reason` is an index into `meta.reasons`, `at` counts from the frame's start. */
function reject(s, reason, at) {
  s[0] = reason;
  s[1] = at;
  s[2] = 0;
  return -3;
}

/** Where the first byte of [from, to) stands that is not in x"20 00". */
function skipSpaceNul(bytes, from, to) {
  while (from < to && (bytes[from] === 0x20 || bytes[from] === 0x00)) {
    from++;
  }
  return from;
}

/** The index behind the last byte of [from, to) that is not in x"20 00". */
function dropSpaceNul(bytes, from, to) {
  while (to > from && (bytes[to - 1] === 0x20 || bytes[to - 1] === 0x00)) {
    to--;
  }
  return to;
}

/** Writes [from, to) in lower case into the scratch buffer at `at`; returns how many bytes. */
function toLower(bytes, from, to, at) {
  for (let i = from; i < to; i++) {
    const byte = bytes[i];
    scratch[at + i - from] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
  }
  return to - from;
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
