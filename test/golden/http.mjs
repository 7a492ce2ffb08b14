// HTTP, from http.frame.
// Made by Waybill 0.0.0: change the description and compile it again instead of this file.

export const meta = {
  abi: 1,
  protocol: "HTTP",
  source: "http.frame",
  keys: ["host"],
  keyTypes: ["text"],
  words: 9,
  stateAt: 7,
  stateWords: 2,
  needMin: 4,
  frameMax: 516,
  holdMax: 516,
  dropMax: 0,
  falseStartsMax: 0,
  reasons: [
    { kind: "delimiter", field: "head", rule: "max 512" },
    { kind: "duplicate", field: "host", rule: "take only" },
    { kind: "key-too-long", field: "host", rule: "max 255" },
  ],
  turns: [],
};

export const scratch = new Uint8Array(255);

const DELIMITER_HEAD = 0;
const DUPLICATE_HOST = 1;
const KEY_TOO_LONG_HOST = 2;

const CR_LF_CR_LF = new Uint8Array([13, 10, 13, 10]);
// Index behind the part of a text that was found last.
let foundEnd = 0;

/** Looks at buf[start, end) for one frame: its length, or a verdict below 0 with its words in `s`. */
export function unpack(buf, start, end, s) {
  const present = end - start;
  // What an earlier call has found out.
  let headEnd = s[8];
  let body = 0;
  switch (s[7]) {
    case 0: {
      headEnd = 0;
      // Falls through.
    }
    case 1: {
      // Looks for "\r\n\r\n".
      const found = findCrLfCrLf(buf, start + headEnd, Math.min(end, start + 516));
      if (found < 0) {
        if (present >= 516) return reject(s, DELIMITER_HEAD, 0);
        headEnd = Math.max(headEnd, present - 3);
        s[7] = 1;
        s[8] = headEnd;
        return need(s, missingCrLfCrLf(buf, start, start + 512, end));
      }
      headEnd = found - start;
      body = headEnd + 4;
      const at = headerHost(buf, start, start + headEnd);
      if (at === -2) return reject(s, DUPLICATE_HOST, 0);
      let hostFound = 0;
      let hostOffset = 0;
      let hostLength = 0;
      if (at >= 0) {
        hostFound = 1;
        hostOffset = at - start;
        hostLength = foundEnd - at;
      }
      if (hostFound === 1) {
        const at2 = piece0ByColon(buf, start + hostOffset, start + hostOffset + hostLength);
        let nameOffset = 0;
        let nameLength = 0;
        if (at2 >= 0) {
          nameOffset = at2 - start;
          nameLength = foundEnd - at2;
        }
        if (nameLength > 255) return reject(s, KEY_TOO_LONG_HOST, nameOffset);
        const lowerLength = toLower(buf, start + nameOffset, start + nameOffset + nameLength, 0);
        // key host
        s[4] = 0;
        s[5] = lowerLength;
        s[6] = 1;
      } else {
        // key host: missing
        s[4] = -1;
        s[5] = 0;
        s[6] = -1;
      }
      return body;
    }
  }
}

/** How many bytes are missing behind `to` for "\r\n\r\n" to stand, beginning within [from, last]. */
function missingCrLfCrLf(bytes, from, last, to) {
  let missing = last + 4 - to;
  for (let at = Math.max(from, to - 3); at <= last && at <= to; at++) {
    if (at + 4 - to < missing && meets(bytes, at, to, CR_LF_CR_LF)) {
      missing = at + 4 - to;
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

/** Where "\r\n\r\n" stands first within [from, to), or -1. */
function findCrLfCrLf(bytes, from, to) {
  if (to - from >= 128 && to === bytes.length) {
    return bytes.indexOf(CR_LF_CR_LF, from);
  }
  for (let at = from; at <= to - 4; at++) {
    if (
      bytes[at] === 0x0d &&
      bytes[at + 1] === 0x0a &&
      bytes[at + 2] === 0x0d &&
      bytes[at + 3] === 0x0a
    ) {
      return at;
    }
  }
  return -1;
}

/** REJECT: `reason` is an index into `meta.reasons`, `at` counts from the frame's start. */
function reject(s, reason, at) {
  s[0] = reason;
  s[1] = at;
  s[2] = 0;
  return -3;
}

/** NEED: at least `missing` more bytes. */
function need(s, missing) {
  s[0] = missing;
  return -1;
}

/** Where the value of header "host" begins, or -1; -2: it stands twice. */
function headerHost(bytes, from, to) {
  let found = -1;
  let at = from;
  for (;;) {
    const mark = findLf(bytes, at, to);
    let end = mark < 0 ? to : mark;
    if (mark > at && bytes[end - 1] === 0x0d) {
      end--;
    }
    if (
      at + 4 < end &&
      (bytes[at] | 0x20) === 0x68 &&
      (bytes[at + 1] | 0x20) === 0x6f &&
      (bytes[at + 2] | 0x20) === 0x73 &&
      (bytes[at + 3] | 0x20) === 0x74 &&
      bytes[at + 4] === 0x3a
    ) {
      let value = at + 5;
      while (value < end && (bytes[value] === 0x20 || bytes[value] === 0x09)) {
        value++;
      }
      while (end > value && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0x09)) {
        end--;
      }
      if (found >= 0) return -2;
      foundEnd = end;
      found = value;
    }
    if (mark < 0) return found;
    at = mark + 1;
  }
}

/** Where "\n" stands first within [from, to), or -1. */
function findLf(bytes, from, to) {
  for (let at = from; at <= to - 1; at++) {
    if (bytes[at] === 0x0a) return at;
  }
  return -1;
}

/** Where ":" stands first within [from, to), or -1. */
function findColon(bytes, from, to) {
  for (let at = from; at <= to - 1; at++) {
    if (bytes[at] === 0x3a) return at;
  }
  return -1;
}

/** Where piece 0 between ":" begins, or -1. */
function piece0ByColon(bytes, from, to) {
  let skip = 0;
  let at = from;
  let end = findColon(bytes, at, to);
  while (skip > 0) {
    if (end < 0) return -1;
    at = end + 1;
    end = findColon(bytes, at, to);
    skip--;
  }
  foundEnd = end < 0 ? to : end;
  return at;
}

/** Writes [from, to) in lower case into the scratch buffer at `at`; returns how many bytes. */
function toLower(bytes, from, to, at) {
  for (let i = from; i < to; i++) {
    const byte = bytes[i];
    scratch[at + i - from] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
  }
  return to - from;
}
