// MQTT, from mqtt.frame.
// Made by Waybill 0.0.0: change the description and compile it again instead of this file.

export const meta = {
  abi: 1,
  protocol: "MQTT",
  source: "mqtt.frame",
  keys: ["client"],
  keyTypes: ["text"],
  words: 7,
  stateAt: 7,
  stateWords: 0,
  needMin: 14,
  frameMax: 65541,
  holdMax: 65541,
  dropMax: 65536,
  falseStartsMax: 0,
  reasons: [
    { kind: "guard", field: "type", rule: "u8 type = 0x10" },
    { kind: "varint", field: "length", rule: "length" },
    { kind: "too-long", field: "length", rule: "max 64KiB" },
    { kind: "too-short", field: "block", rule: "block" },
    { kind: "guard", field: "name", rule: "name" },
    { kind: "guard", field: "version", rule: "u8 version in 3..5" },
    { kind: "varint", field: "properties", rule: "properties" },
    { kind: "key-too-long", field: "client", rule: "max 256" },
  ],
  turns: [],
};

export const scratch = new Uint8Array(0);

const GUARD_TYPE = 0;
const VARINT_LENGTH = 1;
const TOO_LONG_LENGTH = 2;
const TOO_SHORT_BLOCK = 3;
const GUARD_NAME = 4;
const GUARD_VERSION = 5;
const VARINT_PROPERTIES = 6;
const KEY_TOO_LONG_CLIENT = 7;

/** Looks at buf[start, end) for one frame: its length, or a verdict below 0 with its words in `s`. */
export function unpack(buf, start, end, s) {
  const present = end - start;
  if (present < 1) return need(s, 14 - present);
  const type = buf[start];
  if (type !== 16) return reject(s, GUARD_TYPE, 0);
  let length = 0;
  let body = 1;
  for (let shift = 0; ; shift += 7) {
    if (body >= present) return need(s, 13);
    const byte = buf[start + body];
    body++;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
    if (body === 5) return reject(s, VARINT_LENGTH, 1);
  }
  if (length > 65536) return reject(s, TOO_LONG_LENGTH, 1);
  const end2 = body + length;
  if (present < end2) return need(s, end2 - present);
  if (body + 2 > end2) return reject(s, TOO_SHORT_BLOCK, body);
  const nameLength = (buf[start + body] << 8) | buf[start + body + 1];
  const head = body + nameLength + 2;
  if (head + 4 > end2) return reject(s, TOO_SHORT_BLOCK, body);
  if (
    !(
      (nameLength === 4 &&
        buf[start + body + 2] === 0x4d &&
        buf[start + body + 3] === 0x51 &&
        buf[start + body + 4] === 0x54 &&
        buf[start + body + 5] === 0x54) ||
      (nameLength === 6 &&
        buf[start + body + 2] === 0x4d &&
        buf[start + body + 3] === 0x51 &&
        buf[start + body + 4] === 0x49 &&
        buf[start + body + 5] === 0x73 &&
        buf[start + body + 6] === 0x64 &&
        buf[start + body + 7] === 0x70)
    )
  ) {
    return reject(s, GUARD_NAME, body);
  }
  const version = buf[start + head];
  if (version < 3 || version > 5) return reject(s, GUARD_VERSION, head);
  let tail = 0;
  if (version === 5) {
    let properties = 0;
    let propertiesAt = head + 4;
    for (let shift = 0; ; shift += 7) {
      if (propertiesAt >= end2) return reject(s, TOO_SHORT_BLOCK, body);
      const byte = buf[start + propertiesAt];
      propertiesAt++;
      properties |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (propertiesAt === head + 8) return reject(s, VARINT_PROPERTIES, head + 4);
    }
    if (propertiesAt + properties > end2) return reject(s, TOO_SHORT_BLOCK, body);
    tail = propertiesAt + properties;
  } else {
    tail = head + 4;
  }
  if (tail + 2 > end2) return reject(s, TOO_SHORT_BLOCK, body);
  const clientLength = (buf[start + tail] << 8) | buf[start + tail + 1];
  if (tail + clientLength + 2 > end2) return reject(s, TOO_SHORT_BLOCK, body);
  if (clientLength > 0) {
    if (clientLength > 256) return reject(s, KEY_TOO_LONG_CLIENT, tail);
    // key client
    s[4] = tail + 2;
    s[5] = clientLength;
    s[6] = 0;
  } else {
    // key client: missing
    s[4] = -1;
    s[5] = 0;
    s[6] = -1;
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
