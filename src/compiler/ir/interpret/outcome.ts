// What one run of the reference interpreter gives. Data only.

/** What became of a key. `offset` counts from the frame's start (`wire`) or the scratch buffer's (`scratch`). */
export type KeyValue =
  | {
      readonly kind: "bytes";
      readonly source: "wire" | "scratch";
      readonly offset: number;
      readonly length: number;
      /** A copy. */
      readonly bytes: Uint8Array;
    }
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "missing" };

/** Why bytes were dropped: the names of `DROP_CAUSE`. */
export type DropCause = "junk" | "falseStart" | "ignored";

/** The verdict on the bytes present so far. Keys in order of `Program.keys`; reasons are indexes into `Program.reasons`. */
export type Outcome =
  | {
      readonly kind: "frame" | "consume";
      readonly length: number;
      readonly keys: readonly KeyValue[];
    }
  /** At least `missing` more bytes, 1 or more. */
  | { readonly kind: "need"; readonly missing: number }
  /** `reason`: why it was a false start, null for other causes. */
  | {
      readonly kind: "drop";
      readonly bytes: number;
      readonly cause: DropCause;
      readonly reason: number | null;
    }
  /** `offset` counts from the frame's start. */
  | { readonly kind: "reject"; readonly reason: number; readonly offset: number }
  /** `length`: the frame's, where it is known. */
  | {
      readonly kind: "key";
      readonly inspected: number;
      readonly length: number | null;
      readonly keys: readonly KeyValue[];
    };

/** A field that was decoded, as a person reads it. */
export interface FieldTrace {
  /** Dotted, with indexes of repetitions: `extensions[2].id`. */
  readonly path: string;
  /** From the frame's start. */
  readonly offset: number;
  /** A copy of the field's bytes. */
  readonly bytes: Uint8Array;
  /** An integer as a number, text as `showText` writes it, bytes in hexadecimal, BCD as its digits. */
  readonly value: number | string;
}
