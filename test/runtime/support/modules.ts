// Unpack modules written by hand for tests, in the shape the compiler generates.
import type { RejectReason, UnpackMeta, UnpackModule } from "../../../src/compiler/abi.ts";

const EMPTY = new Uint8Array(0);
export const STAR_FRAME_MAX = 4096;

export function makeMeta(parts: Partial<UnpackMeta> & { protocol: string }): UnpackMeta {
  return {
    abi: 1,
    source: "test",
    keys: [],
    keyTypes: [],
    words: 16,
    stateAt: 12,
    stateWords: 0,
    needMin: 1,
    frameMax: 4096,
    holdMax: 4096,
    dropMax: 0,
    falseStartsMax: 0,
    reasons: [],
    turns: [],
    ...parts,
  };
}

const STAR_REASONS: readonly RejectReason[] = [
  { kind: "too-short", field: "station", rule: "text[16] station @19" },
];

/** Star: `*`, u32 length, whole frame length + 7, 16 bytes of key at 19. Drops junk and false starts. */
export const star: UnpackModule = {
  meta: makeMeta({
    protocol: "Star",
    keys: ["station"],
    keyTypes: ["text"],
    needMin: 35,
    frameMax: STAR_FRAME_MAX,
    holdMax: STAR_FRAME_MAX,
    dropMax: 1000,
    falseStartsMax: 0,
    reasons: STAR_REASONS,
  }),
  scratch: EMPTY,
  unpack(buf, start, end, s) {
    const have = end - start;
    if (have > 0 && buf[start] !== 0x2a) {
      let at = start + 1;
      while (at < end && buf[at] !== 0x2a) at++;
      s[0] = at - start;
      s[1] = 0;
      return -2;
    }
    if (have < 5) {
      s[0] = 35 - have;
      return -1;
    }
    const size = buf.readUInt32BE(start + 1) + 7;
    if (size > STAR_FRAME_MAX) {
      s[0] = 1;
      s[1] = 1;
      return -2;
    }
    if (size < 35) {
      s[0] = 0;
      s[1] = 19;
      return -3;
    }
    if (have < size) {
      s[0] = size - have;
      return -1;
    }
    s[4] = 19;
    s[5] = 16;
    s[6] = 0;
    return size;
  },
};

/** A line `word\r\n` of at most 64 bytes whose scan position is kept between calls; only letters. Junk-free. */
export const line: UnpackModule = {
  meta: makeMeta({
    protocol: "Line",
    keys: ["word"],
    keyTypes: ["text"],
    stateWords: 1,
    needMin: 2,
    frameMax: 66,
    holdMax: 66,
    reasons: [
      { kind: "delimiter", field: "word", rule: 'text word until "\\r\\n" max 64' },
      { kind: "guard", field: "word", rule: "letters" },
    ],
  }),
  scratch: EMPTY,
  unpack(buf, start, end, s) {
    let at = start + (s[12] ?? 0);
    for (; at < end; at++) {
      const byte = buf[at] ?? 0;
      if (byte === 0x0d) {
        if (at + 1 === end) break;
        if (buf[at + 1] !== 0x0a) return reject(s, 1, at - start);
        s[4] = 0;
        s[5] = at - start;
        s[6] = 0;
        return at - start + 2;
      }
      if (at - start >= 64) return reject(s, 0, at - start);
      if ((byte | 0x20) < 0x61 || (byte | 0x20) > 0x7a) return reject(s, 1, at - start);
    }
    s[12] = at - start;
    s[0] = at < end ? 1 : 2;
    return -1;
  },
};

/** `PROXY TCP4 a b c d\r\n`, or UNKNOWN, whose source is missing. */
export const proxyV1: UnpackModule = {
  meta: makeMeta({
    protocol: "ProxyV1",
    keys: ["source"],
    keyTypes: ["text"],
    frameMax: 107,
    holdMax: 107,
    reasons: [
      { kind: "mark", field: "start", rule: 'start "PROXY "' },
      { kind: "delimiter", field: "line", rule: "max 107" },
    ],
  }),
  scratch: EMPTY,
  unpack(buf, start, end, s) {
    const signature = "PROXY ";
    for (let at = 0; at < signature.length; at++) {
      if (start + at === end) return need(s, 15 - at);
      if (buf[start + at] !== signature.charCodeAt(at)) return reject(s, 0, at);
    }
    const stop = buf.subarray(start, Math.min(end, start + 107)).indexOf("\r\n");
    if (stop < 0) return end - start >= 107 ? reject(s, 1, 106) : need(s, 1);
    const words = buf.toString("latin1", start, start + stop).split(" ");
    s[6] = -1;
    if (words[1] !== "UNKNOWN") {
      s[4] = 7 + (words[1]?.length ?? 0);
      s[5] = words[2]?.length ?? 0;
      s[6] = 0;
    }
    s[0] = stop + 2;
    return -6;
  },
};

const V2_SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");

/** The binary PROXY header; the source is 4 or 16 raw bytes; LOCAL has none. */
export const proxyV2: UnpackModule = {
  meta: makeMeta({
    protocol: "ProxyV2",
    keys: ["source"],
    keyTypes: ["bytes"],
    frameMax: 536,
    holdMax: 536,
    reasons: [
      { kind: "mark", field: "start", rule: "the signature" },
      { kind: "guard", field: "command", rule: "u8 command in 0x20..0x21" },
    ],
  }),
  scratch: EMPTY,
  unpack(buf, start, end, s) {
    for (let at = 0; at < 12; at++) {
      if (start + at === end) return need(s, 16 - at);
      if (buf[start + at] !== V2_SIGNATURE[at]) return reject(s, 0, at);
    }
    if (end - start < 16) return need(s, 16 - (end - start));
    const command = buf[start + 12] ?? 0;
    if (command !== 0x20 && command !== 0x21) return reject(s, 1, 12);
    const size = 16 + buf.readUInt16BE(start + 14);
    if (end - start < size) return need(s, size - (end - start));
    s[6] = -1;
    if (command === 0x21) {
      s[4] = 16;
      s[5] = (buf[start + 13] ?? 0) >> 4 === 2 ? 16 : 4;
      s[6] = 0;
    }
    s[0] = size;
    return -6;
  },
};

function reject(s: Int32Array, reason: number, offset: number): number {
  s[0] = reason;
  s[1] = offset;
  s[2] = 0;
  return -3;
}

function need(s: Int32Array, bytes: number): number {
  s[0] = bytes;
  return -1;
}

/** A Star frame for `station` (padded with spaces to 16) of `size` bytes. */
export function starFrame(station: string, size = 40): Buffer {
  const frame = Buffer.alloc(size, 0x2e);
  frame[0] = 0x2a;
  frame.writeUInt32BE(size - 7, 1);
  frame.write(station.padEnd(16), 19, "latin1");
  return frame;
}

export function proxyV2Header(address: readonly number[], command = 0x21): Buffer {
  const family = address.length === 16 ? 0x21 : 0x11;
  const body = Buffer.alloc(address.length * 2 + 4);
  Buffer.from(address).copy(body);
  const head = Buffer.from([...V2_SIGNATURE, command, family, 0, body.length]);
  return Buffer.concat([head, body]);
}
