// RESP, from resp.frame.
// Made by Waybill 0.0.0: change the description and compile it again instead of this file.

export const meta = {
  abi: 1,
  protocol: "RESP",
  source: "resp.frame",
  keys: ["name"],
  keyTypes: ["text"],
  words: 20,
  stateAt: 7,
  stateWords: 13,
  needMin: 10,
  frameMax: 4181,
  holdMax: 4181,
  dropMax: 0,
  falseStartsMax: 0,
  reasons: [
    { kind: "mark", field: "start", rule: 'start "*"' },
    { kind: "delimiter", field: "count", rule: "count" },
    { kind: "digits", field: "count", rule: "count" },
    { kind: "guard", field: "count", rule: "count in 1..8" },
    { kind: "guard", field: "tag", rule: 'tag = "$"' },
    { kind: "delimiter", field: "length", rule: "length" },
    { kind: "digits", field: "length", rule: "length" },
    { kind: "too-long", field: "length", rule: "max 512" },
    { kind: "mark", field: "element", rule: '"\\r\\n"' },
  ],
  turns: [],
};

export const scratch = new Uint8Array(0);

const MARK_START = 0;
const DELIMITER_COUNT = 1;
const DIGITS_COUNT = 2;
const GUARD_COUNT = 3;
const GUARD_TAG = 4;
const DELIMITER_LENGTH = 5;
const DIGITS_LENGTH = 6;
const TOO_LONG_LENGTH = 7;
const MARK_ELEMENT = 8;

const CR_LF = new Uint8Array([13, 10]);

/** Looks at buf[start, end) for one frame: its length, or a verdict below 0 with its words in `s`. */
export function unpack(buf, start, end, s) {
  const present = end - start;
  // What an earlier call has found out.
  let countEnd = s[8];
  let pos = s[9];
  let count = s[10];
  let i = s[11];
  let least = s[12];
  let lengthEnd = s[13];
  let text = s[14];
  let length = s[15];
  let elementEnd = s[16];
  let nameFound = s[17];
  let nameOffset = s[18];
  let nameLength = s[19];
  let state = s[7];
  for (;;) {
    switch (state) {
      case 0: {
        // Where the frame begins.
        if (present < 1 || buf[start] !== 0x2a) return seek(buf, start, end, s);
        countEnd = 1;
        // Falls through.
      }
      case 1: {
        // Looks for "\r\n".
        const found = findCrLf(buf, start + countEnd, Math.min(end, start + 5));
        if (found < 0) {
          if (present >= 5) return reject(s, DELIMITER_COUNT, 1);
          countEnd = Math.max(countEnd, present - 1);
          s[7] = 1;
          s[8] = countEnd;
          return need(s, Math.max(missingCrLf(buf, start + 1, start + 3, end) + 6, 10 - present));
        }
        countEnd = found - start;
        pos = countEnd + 2;
        count = decimal(buf, start + 1, start + 1 + (countEnd - 1), 99);
        if (count < 0) return reject(s, DIGITS_COUNT, 1);
        if (count < 1 || count > 8) return reject(s, GUARD_COUNT, 1);
        nameFound = 0;
        nameOffset = 0;
        nameLength = 0;
        i = 0;
        // Falls through.
      }
      case 2: {
        if (i >= count) {
          state = 6;
          continue;
        }
        if (i === 8) return reject(s, GUARD_COUNT, 1);
        least = pos + 6 * (count - i);
        // Falls through.
      }
      case 3: {
        // Waits for the bytes before pos + 1.
        if (present < pos + 1) {
          s[7] = 3;
          s[9] = pos;
          s[10] = count;
          s[11] = i;
          s[12] = least;
          s[17] = nameFound;
          s[18] = nameOffset;
          s[19] = nameLength;
          return need(s, Math.max(least, pos + 6) - present);
        }
        const tag = buf[start + pos];
        if (tag !== 36) return reject(s, GUARD_TAG, pos);
        lengthEnd = pos + 1;
        // Falls through.
      }
      case 4: {
        // Looks for "\r\n".
        const found2 = findCrLf(buf, start + lengthEnd, Math.min(end, start + pos + 6));
        if (found2 < 0) {
          if (present >= pos + 6) return reject(s, DELIMITER_LENGTH, pos);
          lengthEnd = Math.max(lengthEnd, present - 1);
          s[7] = 4;
          s[9] = pos;
          s[10] = count;
          s[11] = i;
          s[12] = least;
          s[13] = lengthEnd;
          s[17] = nameFound;
          s[18] = nameOffset;
          s[19] = nameLength;
          return need(
            s,
            Math.max(missingCrLf(buf, start + pos + 1, start + pos + 4, end) + 2, least - present),
          );
        }
        lengthEnd = found2 - start;
        text = lengthEnd + 2;
        length = decimal(buf, start + pos + 1, start + pos + 1 + (lengthEnd - pos - 1), 999);
        if (length < 0) return reject(s, DIGITS_LENGTH, pos);
        if (length > 512) return reject(s, TOO_LONG_LENGTH, pos);
        elementEnd = text + length + 2;
        least = elementEnd + 6 * (count - 1 - i);
        // Falls through.
      }
      case 5: {
        // Waits for the bytes before elementEnd.
        if (present < elementEnd) {
          s[7] = 5;
          s[10] = count;
          s[11] = i;
          s[12] = least;
          s[14] = text;
          s[15] = length;
          s[16] = elementEnd;
          s[17] = nameFound;
          s[18] = nameOffset;
          s[19] = nameLength;
          return need(s, Math.max(least, elementEnd) - present);
        }
        if (buf[start + elementEnd - 2] !== 0x0d || buf[start + elementEnd - 1] !== 0x0a) {
          return reject(s, MARK_ELEMENT, elementEnd - 2);
        }

        // elements[i]: text[length] at text
        if (i === 1) {
          nameFound = 1;
          nameOffset = text;
          nameLength = length;
        }
        pos = elementEnd;
        i++;
        state = 2;
        continue;
      }
      case 6: {
        if (nameFound === 1) {
          // key name
          s[4] = nameOffset;
          s[5] = nameLength;
          s[6] = 0;
        } else {
          // key name: missing
          s[4] = -1;
          s[5] = 0;
          s[6] = -1;
        }
        return pos;
      }
    }
  }
}

/** What to do where no frame begins at `start`, or not yet. */
function seek(buf, start, end, s) {
  const present = end - start;
  if (present === 0) return need(s, 10 - present);
  return reject(s, MARK_START, 0);
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

/** How many bytes are missing behind `to` for "\r\n" to stand, beginning within [from, last]. */
function missingCrLf(bytes, from, last, to) {
  let missing = last + 2 - to;
  for (let at = Math.max(from, to - 1); at <= last && at <= to; at++) {
    if (at + 2 - to < missing && meets(bytes, at, to, CR_LF)) {
      missing = at + 2 - to;
    }
  }
  return missing;
}

/** Whether the bytes [at, to) begin with `literal`, or it with them. */
function meets(bytes, at, to, literal) {
  for (let i = 0; i < literal.length && at + i < to; i++) {
    if (bytes[at + i] !== literal[i]) return false;
  }
  return true;
}

/** Where "\r\n" stands first within [from, to), or -1. */
function findCrLf(bytes, from, to) {
  if (to - from >= 128 && to === bytes.length) return bytes.indexOf(CR_LF, from);
  for (let at = from; at <= to - 2; at++) {
    if (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) return at;
  }
  return -1;
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
