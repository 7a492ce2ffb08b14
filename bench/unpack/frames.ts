// Frames as real clients send them, each of another station, side by side in one buffer.
import { hj212Checksum } from "./hj212-checksum.ts";

/** Frames in one buffer; frame `i` is `[starts[i], ends[i])`. */
export interface FrameSet {
  readonly buffer: Buffer;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** The same frames, each as a view. */
  readonly views: readonly Buffer[];
}

/** Lays frames side by side, with bytes before and behind them that are no part of any. */
export function frameSet(frames: readonly Uint8Array[]): FrameSet {
  const gap = Buffer.alloc(7, 0xee);
  const parts = frames.flatMap((frame) => [gap, Buffer.from(frame)]);
  const buffer = Buffer.concat([...parts, gap]);
  const starts = new Int32Array(frames.length);
  const ends = new Int32Array(frames.length);
  let at = 0;
  for (const [index, frame] of frames.entries()) {
    at += gap.length;
    starts[index] = at;
    at += frame.length;
    ends[index] = at;
  }
  const views = frames.map((_, index) => buffer.subarray(starts[index], ends[index]));
  return { buffer, starts, ends, views };
}

/** 35 bytes: the mark, the length, 14 bytes that are not described, the station. */
export function starFrame(index: number, padding = 0): Buffer {
  const frame = Buffer.alloc(35 + padding, 0x2e);
  frame.write("*");
  frame.writeUInt32BE(frame.length - 7, 1);
  frame.write(stationName(index), 19, "latin1");
  return frame;
}

/** 113 bytes or so: a reading as in the standard's annex. */
export function hj212Frame(index: number): Buffer {
  const second = String(index % 60).padStart(2, "0");
  const data = `QN=201608010858${second}223;ST=32;CN=1062;PW=100000;MN=${stationName(index)}00000000;Flag=5;CP=&&RtdInterval=30&&`;
  const bytes = Buffer.from(data, "latin1");
  const crc = hj212Checksum(bytes).toString(16).toUpperCase().padStart(4, "0");
  const length = String(bytes.length).padStart(4, "0");
  return Buffer.from(`##${length}${data}${crc}\r\n`, "latin1");
}

/** 3.1.1 and 5 in turn, every fourth with a user and a password. */
export function mqttFrame(index: number): Buffer {
  const version = index % 2 === 0 ? 4 : 5;
  const hasUser = index % 4 === 3;
  const properties = version === 5 ? [5, 0x11, 0, 0, 0, 60] : [];
  const login = hasUser ? [...prefixed("gateway"), ...prefixed("secret")] : [];
  const flags = 0x02 | (hasUser ? 0xc0 : 0);
  const client = prefixed(`station-${index}`);
  const body = [...prefixed("MQTT"), version, flags, 0, 60, ...properties, ...client, ...login];
  return Buffer.from([0x10, body.length, ...body]);
}

function prefixed(text: string): readonly number[] {
  return [text.length >> 8, text.length & 0xff, ...Buffer.from(text, "latin1")];
}

function stationName(index: number): string {
  return `A${String(index).padStart(15, "0")}`;
}
