// Where the big arrays of a plan come from. One function, so that they can move to shared memory in one place.

/** Fresh zeroed memory for a table. */
function allocate(bytes: number): ArrayBuffer {
  return new ArrayBuffer(bytes);
}

/** A zeroed table of 32-bit integers. */
export function allocateInt32(length: number): Int32Array {
  return new Int32Array(allocate(length * Int32Array.BYTES_PER_ELEMENT));
}

/** A zeroed table of bytes. */
export function allocateBytes(length: number): Uint8Array {
  return new Uint8Array(allocate(length));
}

/** A zeroed table of numbers. */
export function allocateFloat64(length: number): Float64Array {
  return new Float64Array(allocate(length * Float64Array.BYTES_PER_ELEMENT));
}
