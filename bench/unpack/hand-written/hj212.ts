// HJ 212 by hand: the same verdicts and key as the generated module, written as one would who cares about its speed.
import {
  DROP_CAUSE,
  KEY_SOURCE,
  MISSING,
  type Unpack,
  VERDICT,
} from "../../../src/compiler/abi.ts";

const DATA_AT = 6;
const DATA_MAX = 1024;
const TRAILER = 6;
const FRAME_MIN = DATA_AT + TRAILER;
const STATION_MAX = 24;

const REASON = { length: 0, tooLong: 1, crcDigits: 2, end: 3, crc: 4, stationTooLong: 5 } as const;

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xa001;
  return crc;
});

const hexValue = Int8Array.from({ length: 256 }, (_, byte) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(byte).toLowerCase());
  return digit;
});

/** What a frame is refused for, by the words' index. */
export const hj212Reasons = [
  "digits:length",
  "too-long:length",
  "digits:crc",
  "mark:end",
  "check:crc",
  "key-too-long:station",
];

export const unpackHj212: Unpack = (buf, start, end, s) => {
  const present = end - start;
  if (present < 2 || buf[start] !== 0x23 || buf[start + 1] !== 0x23) {
    return beforeFrame(buf, start, end, s);
  }
  if (present < DATA_AT) return need(s, FRAME_MIN - present);
  let length = 0;
  for (let at = start + 2; at < start + DATA_AT; at += 1) {
    const digit = (buf[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return falseStart(s, REASON.length);
    length = length * 10 + digit;
  }
  if (length > DATA_MAX) return falseStart(s, REASON.tooLong);
  const size = DATA_AT + length + TRAILER;
  if (present < size) return need(s, size - present);

  const data = start + DATA_AT;
  const dataEnd = data + length;
  let expected = 0;
  for (let at = dataEnd; at < dataEnd + 4; at += 1) {
    const digit = hexValue[buf[at] as number] as number;
    if (digit < 0) return reject(s, REASON.crcDigits, dataEnd - start);
    expected = (expected << 4) | digit;
  }
  if (buf[dataEnd + 4] !== 0x0d || buf[dataEnd + 5] !== 0x0a) {
    return reject(s, REASON.end, dataEnd + 4 - start);
  }
  let crc = 0xffff;
  for (let at = data; at < dataEnd; at += 1) {
    crc = crcTable[(crc >>> 8) ^ (buf[at] as number)] as number;
  }
  if (crc !== expected) return reject(s, REASON.crc, dataEnd - start);

  let piece = data;
  while (piece + 3 <= dataEnd) {
    const isStation = buf[piece] === 0x4d && buf[piece + 1] === 0x4e && buf[piece + 2] === 0x3d;
    let pieceEnd = piece;
    while (pieceEnd < dataEnd && buf[pieceEnd] !== 0x3b) pieceEnd += 1;
    if (isStation) {
      const stationLength = pieceEnd - piece - 3;
      if (stationLength === 0) break;
      if (stationLength > STATION_MAX) {
        return reject(s, REASON.stationTooLong, piece + 3 - start);
      }
      s[4] = piece + 3 - start;
      s[5] = stationLength;
      s[6] = KEY_SOURCE.wire;
      return size;
    }
    piece = pieceEnd + 1;
  }
  s[4] = MISSING;
  s[5] = 0;
  s[6] = MISSING;
  return size;
};

function beforeFrame(buf: Buffer, start: number, end: number, s: Int32Array): number {
  const present = end - start;
  if (present === 0 || (present === 1 && buf[start] === 0x23)) return need(s, FRAME_MIN - present);
  let at = start + 1;
  while (at < end && (buf[at] !== 0x23 || (at + 1 < end && buf[at + 1] !== 0x23))) at += 1;
  s[0] = at - start;
  s[1] = DROP_CAUSE.junk;
  s[2] = 0;
  return VERDICT.drop;
}

function need(s: Int32Array, missing: number): number {
  s[0] = missing;
  return VERDICT.need;
}

function falseStart(s: Int32Array, reason: number): number {
  s[0] = 1;
  s[1] = DROP_CAUSE.falseStart;
  s[2] = reason;
  return VERDICT.drop;
}

function reject(s: Int32Array, reason: number, at: number): number {
  s[0] = reason;
  s[1] = at;
  s[2] = 0;
  return VERDICT.reject;
}
