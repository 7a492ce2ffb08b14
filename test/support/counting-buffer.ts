// A Buffer that counts how many bytes a function looks at, native searches included: the measure of work.

export interface CountingBuffer {
  readonly buffer: Buffer;
  /** Bytes looked at so far. */
  readonly reads: () => number;
}

/** A view of `bytes` that counts; it offers what generated code uses: indexes, `length` and `indexOf`. */
export function countReads(bytes: Uint8Array): CountingBuffer {
  const plain = Buffer.from(bytes);
  let reads = 0;
  const search = (value: number | Uint8Array, from = 0): number => {
    const at = plain.indexOf(value, from);
    reads += (at < 0 ? plain.length : at + 1) - from;
    return at;
  };
  const buffer = new Proxy(plain, {
    get: (target, property): unknown => {
      if (property === "length") return target.length;
      if (property === "indexOf") return search;
      if (typeof property === "string" && /^\d+$/.test(property)) {
        reads += 1;
        return target[Number(property)];
      }
      throw new Error(`generated code used ${String(property)} of its buffer`);
    },
  });
  return { buffer, reads: () => reads };
}
