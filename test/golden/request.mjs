// Request, from request.frame.
// Made by Waybill 0.0.0: change the description and compile it again instead of this file.

export const meta = {
  abi: 1,
  protocol: "Request",
  source: "request.frame",
  keys: ["tenant"],
  keyTypes: ["text"],
  words: 9,
  stateAt: 7,
  stateWords: 2,
  needMin: 2,
  frameMax: 65536,
  holdMax: 258,
  dropMax: 0,
  falseStartsMax: 0,
  reasons: [
    { kind: "delimiter", field: "line", rule: "max 256" },
    { kind: "encoding", field: "line", rule: "ascii" },
  ],
  turns: [],
};

export const scratch = new Uint8Array(0);

const DELIMITER_LINE = 0;
const ENCODING_LINE = 1;

const CR_LF = new Uint8Array([13, 10]);
// Index behind the part of a text that was found last.
let foundEnd = 0;

/** Looks at buf[start, end) for one frame: its length, or a verdict below 0 with its words in `s`. */
export function unpack(buf, start, end, s) {
  const present = end - start;
  // What an earlier call has found out.
  let lineEnd = s[8];
  let next = 0;
  switch (s[7]) {
    case 0: {
      lineEnd = 0;
      // Falls through.
    }
    case 1: {
      // Looks for "\r\n".
      const found = findCrLf(buf, start + lineEnd, Math.min(end, start + 258));
      if (found < 0) {
        if (present >= 258) return reject(s, DELIMITER_LINE, 0);
        lineEnd = Math.max(lineEnd, present - 1);
        s[7] = 1;
        s[8] = lineEnd;
        return need(s, missingCrLf(buf, start, start + 256, end));
      }
      lineEnd = found - start;
      next = lineEnd + 2;
      if (!isAscii(buf, start, start + lineEnd)) return reject(s, ENCODING_LINE, 0);
      const at = piece1BySpace(buf, start, start + lineEnd);
      let targetOffset = 0;
      let targetLength = 0;
      if (at >= 0) {
        targetOffset = at - start;
        targetLength = foundEnd - at;
      }
      const at2 = urlQuery(buf, start + targetOffset, start + targetOffset + targetLength);
      let tenantFound = 0;
      let tenantOffset = 0;
      let tenantLength = 0;
      if (at2 >= 0) {
        tenantFound = 1;
        tenantOffset = at2 - start;
        tenantLength = foundEnd - at2;
      }
      if (tenantFound === 1) {
        // key tenant
        s[4] = tenantOffset;
        s[5] = tenantLength;
        s[6] = 0;
      } else {
        // key tenant: missing
        s[4] = -1;
        s[5] = 0;
        s[6] = -1;
      }
      s[0] = next;
      s[1] = 0;
      return -5;
    }
  }
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

/** Whether every byte of [from, to) is below 0x80. */
function isAscii(bytes, from, to) {
  for (let at = from; at < to; at++) {
    if (bytes[at] > 0x7f) return false;
  }
  return true;
}

/** Where " " stands first within [from, to), or -1. */
function findSpace(bytes, from, to) {
  for (let at = from; at <= to - 1; at++) {
    if (bytes[at] === 0x20) return at;
  }
  return -1;
}

/** Where piece 1 between " " begins, or -1. */
function piece1BySpace(bytes, from, to) {
  let skip = 1;
  let at = from;
  let end = findSpace(bytes, at, to);
  while (skip > 0) {
    if (end < 0) return -1;
    at = end + 1;
    end = findSpace(bytes, at, to);
    skip--;
  }
  foundEnd = end < 0 ? to : end;
  return at;
}

/** Where a URL's scheme begins, which ends before ":", or -1. */
function urlScheme(bytes, from, to) {
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    const letter = byte | 0x20;
    if (letter >= 0x61 && letter <= 0x7a) continue;
    if (at === from) return -1;
    if (byte === 0x3a) {
      foundEnd = at;
      return from;
    }
    const isDigit = byte >= 0x30 && byte <= 0x39;
    if (!isDigit && byte !== 0x2b && byte !== 0x2d && byte !== 0x2e) return -1;
  }
  return -1;
}

/** Where a URL's authority begins behind "scheme://", or -1. */
function urlAuthority(bytes, from, to) {
  if (urlScheme(bytes, from, to) < 0) return -1;
  const begin = foundEnd + 3;
  if (begin > to || bytes[begin - 2] !== 0x2f || bytes[begin - 1] !== 0x2f) return -1;
  let at = begin;
  while (at < to && bytes[at] !== 0x2f && bytes[at] !== 0x3f && bytes[at] !== 0x23) at++;
  foundEnd = at;
  return begin;
}

/** Where a URL's path begins, which ends before "?" or "#"; it may be empty. */
function urlPath(bytes, from, to) {
  let begin = from;
  if (urlAuthority(bytes, from, to) >= 0) begin = foundEnd;
  else if (urlScheme(bytes, from, to) >= 0) begin = foundEnd + 1;
  let at = begin;
  while (at < to && bytes[at] !== 0x3f && bytes[at] !== 0x23) at++;
  foundEnd = at;
  return begin;
}

/** Where the value of "tenant" begins in pieces between "&", or -1. */
function valueTenant(bytes, from, to) {
  let at = from;
  for (;;) {
    const mark = findAmpersand(bytes, at, to);
    let end = mark < 0 ? to : mark;
    if (
      at + 7 <= end &&
      bytes[at] === 0x74 &&
      bytes[at + 1] === 0x65 &&
      bytes[at + 2] === 0x6e &&
      bytes[at + 3] === 0x61 &&
      bytes[at + 4] === 0x6e &&
      bytes[at + 5] === 0x74 &&
      bytes[at + 6] === 0x3d
    ) {
      foundEnd = end;
      return at + 7;
    }
    if (mark < 0) return -1;
    at = mark + 1;
  }
}

/** Where "&" stands first within [from, to), or -1. */
function findAmpersand(bytes, from, to) {
  for (let at = from; at <= to - 1; at++) {
    if (bytes[at] === 0x26) return at;
  }
  return -1;
}

/** Where the value of a parameter begins in a URL's query, or -1. */
function urlQuery(bytes, from, to) {
  urlPath(bytes, from, to);
  const begin = foundEnd + 1;
  if (begin > to || bytes[begin - 1] !== 0x3f) return -1;
  let end = begin;
  while (end < to && bytes[end] !== 0x23) end++;
  return valueTenant(bytes, begin, end);
}
