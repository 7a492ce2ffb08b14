// A list of byte strings in two arrays: files of many entries stay compact. Knows nothing of hashing.

/** Entry i is `blob[starts[i], starts[i + 1])`; `starts` has one element more than there are entries. */
export interface ByteEntries {
  readonly blob: Uint8Array;
  readonly starts: Uint32Array;
}

/** Number of entries. */
export function entryCount(entries: ByteEntries): number {
  return entries.starts.length - 1;
}

/** A view of entry `index`; the blob stays shared. */
export function entryAt(entries: ByteEntries, index: number): Uint8Array {
  return entries.blob.subarray(entries.starts[index], entries.starts[index + 1]);
}

/** Packs `list` in order; duplicates are kept. */
export function packEntries(list: readonly Uint8Array[]): ByteEntries {
  const starts = new Uint32Array(list.length + 1);
  let total = 0;
  for (const [index, entry] of list.entries()) {
    total += entry.length;
    starts[index + 1] = total;
  }
  const blob = new Uint8Array(total);
  for (const [index, entry] of list.entries()) blob.set(entry, starts[index]);
  return { blob, starts };
}
