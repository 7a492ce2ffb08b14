// What a program's module tells its callers about itself. Shared by the interpreter and every target.

import { KEYS_AT, type UnpackMeta, WORDS_PER_KEY } from "../abi.ts";
import type { Program } from "./ir.ts";

/** The `meta` of a module made from `program` that keeps `stateWords` words on NEED. State words follow the keys. */
export function metaOf(program: Program, stateWords: number): UnpackMeta {
  const stateAt = KEYS_AT + WORDS_PER_KEY * program.keys.length;
  return {
    abi: 1,
    protocol: program.protocol,
    source: program.source,
    keys: program.keys.map(({ name }) => name),
    keyTypes: program.keys.map(({ type }) => type),
    words: stateAt + stateWords,
    stateAt,
    stateWords,
    needMin: program.needMin,
    frameMax: program.frameMax,
    holdMax: program.holdMax,
    dropMax: program.dropMax,
    falseStartsMax: program.falseStartsMax,
    reasons: program.reasons,
    turns: [],
  };
}
