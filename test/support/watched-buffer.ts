// A buffer that counts how often its bytes are read, and throws where one is read outside of what was given.

/** What `watchBuffer` makes: pass `buffer` to `unpack`, with these very bounds. */
export interface WatchedBuffer {
  readonly buffer: Buffer;
  /** Bytes read so far; a native search counts each byte that it may have looked at. */
  readonly reads: () => number;
}

/** Wraps `target` so that only [start, end) may be read, by index or by a search that stays inside. */
export function watchBuffer(target: Buffer, start: number, end: number): WatchedBuffer {
  let reads = 0;
  const readByte = (index: number) => {
    if (index < start || index >= end) {
      throw new Error(`byte ${index} is read outside of [${start}, ${end})`);
    }
    reads += 1;
    return target[index];
  };
  const search = (what: number | Uint8Array, from: number) => {
    if (from < start || end !== target.length) throw new Error("a search may leave its bytes");
    const found = target.indexOf(what, from);
    reads += (found < 0 ? end : found) - from;
    return found;
  };
  const buffer = new Proxy(target, {
    get: (_, property) => {
      if (property === "length") return target.length;
      if (property === "indexOf") return search;
      if (typeof property === "string" && /^-?\d+$/.test(property))
        return readByte(Number(property));
      throw new Error(`unpack uses ${String(property)} of the buffer`);
    },
    set: () => {
      throw new Error("unpack writes into the buffer");
    },
  });
  return { buffer, reads: () => reads };
}
