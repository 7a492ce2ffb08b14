// The contract between a generated `unpack` function and whoever calls it (LANGUAGE.md, "The
// generated function"). Imports nothing: generated modules, the interpreter and every engine share it.

/** Results of `unpack` other than a frame. A result above 0 is FRAME: the frame's length in bytes. */
export const VERDICT = {
  /** Call again with the same start, a larger end and the state words kept. `s[0]`: bytes still missing, at least. */
  need: -1,
  /** `s[0]` bytes are junk: go on after them. `s[1]`: a `DROP_CAUSE`; `s[2]`: the reason index of a false start. */
  drop: -2,
  /** Final. `s[0]`: index into `meta.reasons`; `s[1]`: offset from the frame's start; `s[2]`: reply index or 0. */
  reject: -3,
  /** The router speaks turn `s[1]`; `s[0]` bytes were processed. */
  reply: -4,
  /** Every key is final, the frame unverified. `s[0]`: bytes inspected; `s[1]`: the frame's length or 0. */
  key: -5,
  /** A prefix of `s[0]` bytes that is not forwarded; its attributes stand in the key words. */
  consume: -6,
} as const;

/** Why bytes were dropped: `s[1]` of DROP. */
export const DROP_CAUSE = { junk: 0, falseStart: 1, ignored: 2 } as const;

/**
 * Where a key's bytes lie: the third word of a key. `wire`: offset from the frame's start in the caller's
 * buffer. `scratch`: offset in the module's own `scratch` buffer. `inner`: in the reassembled message.
 * `integer`: the first word holds the low 32 bits, the second the next 21.
 */
export const KEY_SOURCE = { wire: 0, scratch: 1, inner: 2, integer: 3 } as const;

/** `s[KEYS_AT + 3 * index]` is the first word of a key: offset, length, source. */
export const KEYS_AT = 4;
export const WORDS_PER_KEY = 3;
/** First and third word of a missing key. Test the third: an integer's first word may be anything. */
export const MISSING = -1;

/**
 * What a client's bytes can be refused for. `mark`: constant bytes (start, end, literal) differ. `guard`: a declared
 * value rule failed. `digits`: not a digit. `varint`: unfinished at its most bytes. `too-short`: a field lies beyond
 * its frame, block or element. `too-long`: a size or count above its maximum. `trailing`: a sized part not used up.
 * `delimiter`: no delimiter within its window. `encoding`: not ASCII or UTF-8. `check`: a checksum differs.
 * `duplicate`: a second match of `take only`. `key-too-long`: a key above its maximum. `switch`: no arm.
 */
export type RejectKind =
  | "mark"
  | "guard"
  | "digits"
  | "varint"
  | "too-short"
  | "too-long"
  | "trailing"
  | "delimiter"
  | "encoding"
  | "check"
  | "duplicate"
  | "key-too-long"
  | "switch";

/** One way a frame can be refused; counted and logged as `kind:field`. */
export interface RejectReason {
  readonly kind: RejectKind;
  /** Dotted path of the field at fault, or a statement word such as `start`. */
  readonly field: string;
  /** The rule in the author's words, for people: `u8 type = 0x10`. */
  readonly rule: string;
}

export type KeyType = "text" | "bytes" | "integer";

export interface UnpackMeta {
  readonly abi: 1;
  readonly protocol: string;
  /** The description's file name, as the compiler was given it. */
  readonly source: string;
  /** Key names in order of their words. */
  readonly keys: readonly string[];
  readonly keyTypes: readonly KeyType[];
  /** Length in words that `s` must have at least. */
  readonly words: number;
  /** First state word and how many: zero before a frame's first call, kept by the caller on NEED. */
  readonly stateAt: number;
  readonly stateWords: number;
  /** Bytes of the smallest frame, of the largest, and the most a caller holds before the verdict. */
  readonly needMin: number;
  readonly frameMax: number;
  readonly holdMax: number;
  /** Bytes that may be dropped before a frame; more is refused as `junk`. 0: the protocol drops nothing. */
  readonly dropMax: number;
  /** False starts before the connection is refused as `resync`; 0: unlimited (they are linear by themselves). */
  readonly falseStartsMax: number;
  readonly reasons: readonly RejectReason[];
  readonly turns: readonly never[];
}

/**
 * Looks at `buf[start, end)` for one frame that begins at `start`. Offsets it reports are relative to `start`.
 * @returns the frame's length, or a `VERDICT`. Never throws, never reads outside `[start, end)`.
 */
export type Unpack = (buf: Buffer, start: number, end: number, s: Int32Array) => number;

/** What a generated module exports. `scratch` holds keys that were rewritten (lower case, BCD digits). */
export interface UnpackModule {
  readonly meta: UnpackMeta;
  readonly scratch: Uint8Array;
  readonly unpack: Unpack;
}
