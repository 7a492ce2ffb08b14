// Star by hand: the same verdicts and key as the generated module, written as one would who cares about its speed.
import { DROP_CAUSE, KEY_SOURCE, type Unpack, VERDICT } from "../../../src/compiler/abi.ts";

const FRAME_MAX = 65_536;
const STATION_AT = 19;
const STATION_LENGTH = 16;
const FRAME_MIN = STATION_AT + STATION_LENGTH;

/** What a frame is refused for, by the words' index. */
export const starReasons = ["too-long:size", "too-short:station"];

export const unpackStar: Unpack = (buf, start, end, s) => {
  const present = end - start;
  if (present < 1) return need(s, FRAME_MIN);
  if (buf[start] !== 0x2a) return skipJunk(buf, start, end, s);
  if (present < 5) return need(s, FRAME_MIN - present);
  const length =
    (((buf[start + 1] as number) << 24) |
      ((buf[start + 2] as number) << 16) |
      ((buf[start + 3] as number) << 8) |
      (buf[start + 4] as number)) >>>
    0;
  const size = length + 7;
  if (size > FRAME_MAX) return falseStart(s, 0);
  if (present < size) return need(s, size - present);
  if (size < FRAME_MIN) return reject(s, 1, STATION_AT);
  s[4] = STATION_AT;
  s[5] = STATION_LENGTH;
  s[6] = KEY_SOURCE.wire;
  return size;
};

function skipJunk(buf: Buffer, start: number, end: number, s: Int32Array): number {
  let at = start + 1;
  while (at < end && buf[at] !== 0x2a) at += 1;
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
