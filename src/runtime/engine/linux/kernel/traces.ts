// What a thread would leave behind if it died at any line: memory it has mapped, and descriptors that no row of the table tells of
// yet or any more. Written where it happens, read by main once the thread is gone. A thread ends only where JavaScript looks for
// interrupts, at calls and at the ends of loops: a plain store right behind a call to the kernel cannot be separated from it.

/** Words of a thread's traces; descriptors, 0 where there is none. */
export const LEFT = {
  /** The driver's own: epoll's, or the ring's. */
  driver: 0,
  /** The driver works on it: its bytes may be with us and nowhere else. */
  inHand: 1,
  /** Opened, and in no row yet. */
  opened: 2,
  openedToo: 3,
  /** About to be closed, and perhaps in no row any more. */
  closing: 4,
} as const;

const WORDS = 16;
/** Mappings that are noted at a time; more are not given back if the thread dies. */
const MAPPINGS_MAX = 4096;
const MAPPING_DOUBLES = 2;

export const TRACES_BYTES = 4 * WORDS + 8 * MAPPING_DOUBLES * MAPPINGS_MAX;

/** Length by address of everything mapped here. */
const mapped = new Map<number, number>();
const places = new Map<number, number>();
const free: number[] = [];
let words: Int32Array = new Int32Array(WORDS);
let mappings: Float64Array | undefined;

/** From here on main can read the traces of this thread in `memory`. */
export function traceInto(memory: SharedArrayBuffer): void {
  words = new Int32Array(memory, 0, WORDS);
  mappings = mappingsOf(memory);
  for (let place = MAPPINGS_MAX - 1; place >= 0; place--) free.push(place);
  for (const [address, lengthBytes] of mapped) notePlace(address, lengthBytes);
}

/** The words of this thread. */
export function tracesOfThread(): Int32Array {
  return words;
}

/** The words of a thread that is gone. */
export function readTraces(memory: SharedArrayBuffer): Int32Array {
  return new Int32Array(memory, 0, WORDS);
}

/** Hands out what a thread that is gone had mapped, each once. */
export function takeMappings(
  memory: SharedArrayBuffer,
  take: (address: number, lengthBytes: number) => void,
): void {
  const all = mappingsOf(memory);
  for (let at = 0; at < all.length; at += MAPPING_DOUBLES) {
    const address = all[at] ?? 0;
    all[at] = 0;
    if (address > 0) take(address, all[at + 1] ?? 0);
  }
}

/** Memory was mapped. */
export function noteMapping(address: number, lengthBytes: number): void {
  mapped.set(address, lengthBytes);
  notePlace(address, lengthBytes);
}

/** Memory is about to be unmapped: another's may lie there right after. */
export function forgetMapping(address: number): void {
  mapped.delete(address);
  const place = places.get(address);
  if (place === undefined || mappings === undefined) return;
  mappings[place * MAPPING_DOUBLES] = 0;
  places.delete(address);
  free.push(place);
}

function notePlace(address: number, lengthBytes: number): void {
  const place = free.pop();
  if (place === undefined || mappings === undefined) return;
  places.set(address, place);
  mappings[place * MAPPING_DOUBLES + 1] = lengthBytes;
  mappings[place * MAPPING_DOUBLES] = address;
}

function mappingsOf(memory: SharedArrayBuffer): Float64Array {
  return new Float64Array(memory, 4 * WORDS, MAPPING_DOUBLES * MAPPINGS_MAX);
}
