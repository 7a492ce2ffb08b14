// MQTT CONNECT by hand: the same verdicts and keys as the generated module, written as one would who cares about its speed.
import { KEY_SOURCE, MISSING, type Unpack, VERDICT } from "../../../src/compiler/abi.ts";

const FRAME_MIN = 14;
const FRAME_MAX = 65_536;

const REASON = {
  type: 0,
  length: 1,
  tooLong: 2,
  nameShort: 3,
  headShort: 4,
  name: 5,
  version: 6,
  qos: 7,
  reserved: 8,
  propertiesVarint: 9,
  propertiesSizeShort: 10,
  propertiesShort: 11,
  clientShort: 12,
  willVarint: 13,
  willSizeShort: 14,
  willPropertiesShort: 15,
  willTopicShort: 16,
  willMessageShort: 17,
  userShort: 18,
  passwordShort: 19,
  trailing: 20,
} as const;

/** What a frame is refused for, by the words' index. */
export const mqttReasons = [
  "guard:type",
  "varint:length",
  "too-long:block",
  "too-short:name",
  "too-short:keepalive",
  "guard:name",
  "guard:version",
  "guard:flags.qos",
  "guard:flags.reserved",
  "varint:propertiesSize",
  "too-short:propertiesSize",
  "too-short:properties",
  "too-short:client",
  "varint:willPropertiesSize",
  "too-short:willPropertiesSize",
  "too-short:willProperties",
  "too-short:willTopic",
  "too-short:willMessage",
  "too-short:user",
  "too-short:password",
  "trailing:block",
];

export const unpackMqtt: Unpack = (buf, start, end, s) => {
  const present = end - start;
  if (present < 1) return need(s, FRAME_MIN);
  if (buf[start] !== 0x10) return reject(s, REASON.type, 0);
  let at = start + 1;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    if (at >= end) return need(s, 13);
    const byte = buf[at] as number;
    at += 1;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
    if (shift === 21) return reject(s, REASON.length, 1);
  }
  const stop = at + length;
  if (stop - start > FRAME_MAX) return reject(s, REASON.tooLong, at - start);
  if (end < stop) return need(s, Math.max(stop - start, FRAME_MIN) - present);

  if (at + 2 > stop) return reject(s, REASON.nameShort, at - start);
  const nameLength = ((buf[at] as number) << 8) | (buf[at + 1] as number);
  const name = at + 2;
  at = name + nameLength;
  if (at + 4 > stop) return reject(s, REASON.headShort, at + 2 - start);
  if (!isProtocolName(buf, name, nameLength)) return reject(s, REASON.name, name - start);
  const version = buf[at] as number;
  if (version < 3 || version > 5) return reject(s, REASON.version, at - start);
  const flags = buf[at + 1] as number;
  if ((flags & 0x18) === 0x18) return reject(s, REASON.qos, at + 1 - start);
  if ((flags & 0x01) !== 0) return reject(s, REASON.reserved, at + 1 - start);
  at += 4;

  if (version === 5) {
    const properties = at;
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= stop) return reject(s, REASON.propertiesSizeShort, properties - start);
      const byte = buf[at] as number;
      at += 1;
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift === 21) return reject(s, REASON.propertiesVarint, properties - start);
    }
    if (at + size > stop) return reject(s, REASON.propertiesShort, at - start);
    at += size;
  }

  if (at + 2 > stop) return reject(s, REASON.clientShort, at - start);
  const clientLength = ((buf[at] as number) << 8) | (buf[at + 1] as number);
  const client = at + 2;
  at = client + clientLength;
  if (at > stop) return reject(s, REASON.clientShort, client - start);

  if ((flags & 0x04) !== 0) {
    if (version === 5) {
      const properties = at;
      let size = 0;
      for (let shift = 0; ; shift += 7) {
        if (at >= stop) return reject(s, REASON.willSizeShort, properties - start);
        const byte = buf[at] as number;
        at += 1;
        size |= (byte & 0x7f) << shift;
        if (byte < 0x80) break;
        if (shift === 21) return reject(s, REASON.willVarint, properties - start);
      }
      if (at + size > stop) return reject(s, REASON.willPropertiesShort, at - start);
      at += size;
    }
    if (at + 2 > stop) return reject(s, REASON.willTopicShort, at - start);
    at += 2 + (((buf[at] as number) << 8) | (buf[at + 1] as number));
    if (at + 2 > stop) return reject(s, REASON.willMessageShort, at - start);
    const message = at + 2;
    at = message + (((buf[at] as number) << 8) | (buf[at + 1] as number));
    if (at > stop) return reject(s, REASON.willMessageShort, message - start);
  }

  let user = -1;
  let userLength = 0;
  if ((flags & 0x80) !== 0) {
    if (at + 2 > stop) return reject(s, REASON.userShort, at - start);
    userLength = ((buf[at] as number) << 8) | (buf[at + 1] as number);
    user = at + 2;
    at = user + userLength;
    if (at > stop) return reject(s, REASON.userShort, user - start);
  }
  if ((flags & 0x40) !== 0) {
    if (at + 2 > stop) return reject(s, REASON.passwordShort, at - start);
    const password = at + 2;
    at = password + (((buf[at] as number) << 8) | (buf[at + 1] as number));
    if (at > stop) return reject(s, REASON.passwordShort, password - start);
  }
  if (at !== stop) return reject(s, REASON.trailing, at - start);

  s[4] = clientLength > 0 ? client - start : MISSING;
  s[5] = clientLength;
  s[6] = clientLength > 0 ? KEY_SOURCE.wire : MISSING;
  s[7] = user >= 0 ? user - start : MISSING;
  s[8] = userLength;
  s[9] = user >= 0 ? KEY_SOURCE.wire : MISSING;
  return stop - start;
};

/** "MQTT" or "MQIsdp". */
function isProtocolName(buf: Buffer, at: number, length: number): boolean {
  if (buf[at] !== 0x4d || buf[at + 1] !== 0x51) return false;
  if (length === 4) return buf[at + 2] === 0x54 && buf[at + 3] === 0x54;
  return (
    length === 6 &&
    buf[at + 2] === 0x49 &&
    buf[at + 3] === 0x73 &&
    buf[at + 4] === 0x64 &&
    buf[at + 5] === 0x70
  );
}

function need(s: Int32Array, missing: number): number {
  s[0] = missing;
  return VERDICT.need;
}

function reject(s: Int32Array, reason: number, at: number): number {
  s[0] = reason;
  s[1] = at;
  s[2] = 0;
  return VERDICT.reject;
}
