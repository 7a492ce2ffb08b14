// The interpreter behind the unpack contract, so that whatever runs a generated module can run the reference instead.

import { assertNever } from "../../../base/assert.ts";
import {
  DROP_CAUSE,
  KEY_SOURCE,
  KEYS_AT,
  MISSING,
  type UnpackModule,
  VERDICT,
  WORDS_PER_KEY,
} from "../../abi.ts";
import { interpret } from "../interpret.ts";
import type { Program } from "../ir.ts";
import { metaOf } from "../meta.ts";
import type { KeyValue } from "./outcome.ts";

/** A module whose `unpack` interprets `program` from the frame's start on each call; it needs no state words. */
export function asModule(program: Program): UnpackModule {
  const scratch = new Uint8Array(program.scratchBytes);
  for (const literal of program.scratchLiterals) scratch.set(literal.bytes, literal.at);
  return {
    meta: metaOf(program, 0),
    scratch,
    unpack: (buf, start, end, s) => unpack(program, buf.subarray(start, end), s, scratch),
  };
}

function unpack(program: Program, bytes: Uint8Array, s: Int32Array, scratch: Uint8Array): number {
  const outcome = interpret(program, bytes);
  switch (outcome.kind) {
    case "need":
      s[0] = outcome.missing;
      return VERDICT.need;
    case "drop":
      s[0] = outcome.bytes;
      s[1] = DROP_CAUSE[outcome.cause];
      s[2] = outcome.reason ?? 0;
      return VERDICT.drop;
    case "reject":
      s[0] = outcome.reason;
      s[1] = outcome.offset;
      s[2] = 0;
      return VERDICT.reject;
    case "frame":
      writeKeys(outcome.keys, s, scratch);
      return outcome.length;
    case "consume":
      writeKeys(outcome.keys, s, scratch);
      s[0] = outcome.length;
      return VERDICT.consume;
    case "key":
      writeKeys(outcome.keys, s, scratch);
      s[0] = outcome.inspected;
      s[1] = outcome.length ?? 0;
      return VERDICT.key;
    default:
      return assertNever(outcome);
  }
}

function writeKeys(keys: readonly KeyValue[], s: Int32Array, scratch: Uint8Array): void {
  for (const [index, key] of keys.entries()) {
    s.set(wordsOf(key), KEYS_AT + WORDS_PER_KEY * index);
    if (key.kind === "bytes" && key.source === "scratch") scratch.set(key.bytes, key.offset);
  }
}

function wordsOf(key: KeyValue): readonly [number, number, number] {
  switch (key.kind) {
    case "missing":
      return [MISSING, 0, MISSING];
    case "integer":
      // Int32Array keeps the low 32 bits of the first word; the second is the rest, with the sign.
      return [key.value, Math.floor(key.value / 2 ** 32), KEY_SOURCE.integer];
    case "bytes":
      return [key.offset, key.length, KEY_SOURCE[key.source]];
    default:
      return assertNever(key);
  }
}
