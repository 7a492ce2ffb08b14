// Proxy, from proxy.frame.
// Made by Waybill 0.0.0: change the description and compile it again instead of this file.

export const meta = {
  abi: 1,
  protocol: "Proxy",
  source: "proxy.frame",
  keys: ["source"],
  keyTypes: ["text"],
  words: 9,
  stateAt: 7,
  stateWords: 2,
  needMin: 8,
  frameMax: 107,
  holdMax: 107,
  dropMax: 0,
  falseStartsMax: 0,
  reasons: [
    { kind: "mark", field: "start", rule: 'start "PROXY "' },
    { kind: "delimiter", field: "line", rule: "max 99" },
    { kind: "guard", field: "family", rule: 'family in ("TCP4", "TCP6", "UNKNOWN")' },
  ],
  turns: [],
};

export const scratch = new Uint8Array(0);

const MARK_START = 0;
const DELIMITER_LINE = 1;
const GUARD_FAMILY = 2;

const PROXY_SPACE = new Uint8Array([80, 82, 79, 88, 89, 32]);
const CR_LF = new Uint8Array([13, 10]);
const LF = new Uint8Array([10]);
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
      // Where the frame begins.
      if (
        present < 6 ||
        buf[start] !== 0x50 ||
        buf[start + 1] !== 0x52 ||
        buf[start + 2] !== 0x4f ||
        buf[start + 3] !== 0x58 ||
        buf[start + 4] !== 0x59 ||
        buf[start + 5] !== 0x20
      ) {
        return seek(buf, start, end, s);
      }
      lineEnd = 6;
      // Falls through.
    }
    case 1: {
      // Looks for "\r\n" or "\n".
      const found = findCrLfOrLf(buf, start + lineEnd, Math.min(end, start + 107));
      if (found < 0 || found - start > 105) {
        if (present >= 107) return reject(s, DELIMITER_LINE, 6);
        lineEnd = Math.max(lineEnd, present - 1);
        s[7] = 1;
        s[8] = lineEnd;
        return need(s, Math.max(missingCrLfOrLf(buf, start + 6, start + 105, end), 8 - present));
      }
      lineEnd = found - start;
      next = lineEnd + lengthCrLfOrLf(buf, start + lineEnd);
      const at = piece0BySpace(buf, start + 6, start + 6 + (lineEnd - 6));
      let familyOffset = 0;
      let familyLength = 0;
      if (at >= 0) {
        familyOffset = at - start;
        familyLength = foundEnd - at;
      }
      if (
        !(
          (familyLength === 4 &&
            buf[start + familyOffset] === 0x54 &&
            buf[start + familyOffset + 1] === 0x43 &&
            buf[start + familyOffset + 2] === 0x50 &&
            (buf[start + familyOffset + 3] === 0x34 || buf[start + familyOffset + 3] === 0x36)) ||
          (familyLength === 7 &&
            buf[start + familyOffset] === 0x55 &&
            buf[start + familyOffset + 1] === 0x4e &&
            buf[start + familyOffset + 2] === 0x4b &&
            buf[start + familyOffset + 3] === 0x4e &&
            buf[start + familyOffset + 4] === 0x4f &&
            buf[start + familyOffset + 5] === 0x57 &&
            buf[start + familyOffset + 6] === 0x4e)
        )
      ) {
        return reject(s, GUARD_FAMILY, 6);
      }
      let sourceFound = 0;
      let sourceOffset = 0;
      let sourceLength = 0;
      if (
        familyLength === 7 &&
        buf[start + familyOffset] === 0x55 &&
        buf[start + familyOffset + 1] === 0x4e &&
        buf[start + familyOffset + 2] === 0x4b &&
        buf[start + familyOffset + 3] === 0x4e &&
        buf[start + familyOffset + 4] === 0x4f &&
        buf[start + familyOffset + 5] === 0x57 &&
        buf[start + familyOffset + 6] === 0x4e
      ) {
        sourceFound = 0;
        sourceOffset = 0;
        sourceLength = 0;
      } else {
        const at2 = piece1BySpace(buf, start + 6, start + 6 + (lineEnd - 6));
        sourceFound = 0;
        sourceOffset = 0;
        sourceLength = 0;
        if (at2 >= 0) {
          sourceFound = 1;
          sourceOffset = at2 - start;
          sourceLength = foundEnd - at2;
        }
      }
      if (sourceFound === 1) {
        // key source
        s[4] = sourceOffset;
        s[5] = sourceLength;
        s[6] = 0;
      } else {
        // key source: missing
        s[4] = -1;
        s[5] = 0;
        s[6] = -1;
      }
      s[0] = next;
      return -6;
    }
  }
}

/** What to do where no frame begins at `start`, or not yet. */
function seek(buf, start, end, s) {
  const present = end - start;
  if (meets(buf, start, end, PROXY_SPACE)) return need(s, 8 - present);
  return reject(s, MARK_START, 0);
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

/** REJECT: `reason` is an index into `meta.reasons`, `at` counts from the frame's start. */
function reject(s, reason, at) {
  s[0] = reason;
  s[1] = at;
  s[2] = 0;
  return -3;
}

/** How many bytes are missing behind `to` for "\r\n" or "\n" to stand, beginning within [from, last]. */
function missingCrLfOrLf(bytes, from, last, to) {
  let missing = last + 2 - to;
  for (let at = Math.max(from, to - 1); at <= last && at <= to; at++) {
    if (at + 2 - to < missing && meets(bytes, at, to, CR_LF)) {
      missing = at + 2 - to;
    }
    if (at + 1 - to < missing && meets(bytes, at, to, LF)) {
      missing = at + 1 - to;
    }
  }
  return missing;
}

/** Where "\r\n" or "\n" stands first within [from, to), or -1. */
function findCrLfOrLf(bytes, from, to) {
  for (let at = from; at <= to - 1; at++) {
    if ((at + 2 <= to && bytes[at] === 0x0d && bytes[at + 1] === 0x0a) || bytes[at] === 0x0a) {
      return at;
    }
  }
  return -1;
}

/** How long the mark at `at` is: "\r\n" or "\n". */
function lengthCrLfOrLf(bytes, at) {
  if (bytes[at] === 0x0d && bytes[at + 1] === 0x0a) return 2;
  return 1;
}

/** Where " " stands first within [from, to), or -1. */
function findSpace(bytes, from, to) {
  for (let at = from; at <= to - 1; at++) {
    if (bytes[at] === 0x20) return at;
  }
  return -1;
}

/** Where piece 0 between " " begins, or -1. */
function piece0BySpace(bytes, from, to) {
  let skip = 0;
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
