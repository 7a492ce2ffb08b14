// A list of byte strings in two arrays: files of many entries stay compact. Knows nothing of hashing.

/** Entry i is `blob[starts[i], starts[i + 1])`; `starts` has one element more than there are entries. */
export interface ByteEntries {
  readonly blob: Uint8Array;
  readonly starts: Uint32Array;
}

/** A list that still grows. */
export interface ByteEntriesBuilder {
  blob: Uint8Array;
  readonly starts: number[];
}

const FIRST_BYTES = 64;

export function createEntries(): ByteEntriesBuilder {
  return { blob: new Uint8Array(FIRST_BYTES), starts: [0] };
}

/** Appends a copy of `entry`. */
export function addEntry(builder: ByteEntriesBuilder, entry: Uint8Array): void {
  const start = builder.starts.at(-1) ?? 0;
  const end = start + entry.length;
  if (end > builder.blob.length) {
    const grown = new Uint8Array(Math.max(end, 2 * builder.blob.length));
    grown.set(builder.blob);
    builder.blob = grown;
  }
  builder.blob.set(entry, start);
  builder.starts.push(end);
}

/** The finished list. */
export function finishEntries(builder: ByteEntriesBuilder): ByteEntries {
  const starts = Uint32Array.from(builder.starts);
  return { blob: builder.blob.slice(0, starts.at(-1)), starts };
}

/** Packs `list` in order; duplicates are kept. */
export function packEntries(list: readonly Uint8Array[]): ByteEntries {
  const builder = createEntries();
  for (const entry of list) addEntry(builder, entry);
  return finishEntries(builder);
}

/** Number of entries. */
export function entryCount(entries: ByteEntries): number {
  return entries.starts.length - 1;
}

/** A view of entry `index`; the blob stays shared. */
export function entryAt(entries: ByteEntries, index: number): Uint8Array {
  return entries.blob.subarray(entries.starts[index], entries.starts[index + 1]);
}
