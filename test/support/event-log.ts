// Drives an unpack function as an engine does, with an input in chunks, and tells what happened as the interpreter's log
// does. Hostile to careless functions: the buffer moves at every call, what lies around the bytes is noise, and all words
// that a caller need not keep are spoilt.
import {
  DROP_CAUSE,
  KEY_SOURCE,
  KEYS_AT,
  MISSING,
  type UnpackModule,
  VERDICT,
  WORDS_PER_KEY,
} from "../../src/compiler/abi.ts";
import type { DropCause, KeyValue, Outcome } from "../../src/compiler/ir/interpret/outcome.ts";
import { collectEvents, type StreamEvent } from "../../src/compiler/ir/interpret/stream.ts";

const noiseBytesMax = 24;

/** The events of an input that arrives in `chunks`, one call of `unpack` at least for each. */
export function eventsOf(
  module: UnpackModule,
  chunks: readonly Uint8Array[],
): readonly StreamEvent[] {
  const noise = createNoise(chunks.length);
  const input = Buffer.concat(chunks);
  const ends = endsOf(chunks);
  let arrived = ends.shift() ?? 0;
  return collectEvents((at) => {
    let state = new Int32Array(module.meta.stateWords);
    for (;;) {
      const call = callAt(module, input.subarray(at, arrived), state, noise);
      const next = ends[0];
      if (call.outcome.kind !== "need" || next === undefined) return call.outcome;
      arrived = next;
      ends.shift();
      state = call.state;
    }
  });
}

/** One call with `bytes` present from the frame's start, as the first call for that frame. */
export function outcomeOf(module: UnpackModule, bytes: Uint8Array): Outcome {
  const state = new Int32Array(module.meta.stateWords);
  return callAt(module, bytes, state, createNoise(bytes.length)).outcome;
}

/** The input in chunks of one byte. */
export function singleBytes(input: Uint8Array): readonly Uint8Array[] {
  return Array.from(input, (_, at) => input.subarray(at, at + 1));
}

/** The input cut at the given places, in any order; places outside of it are ignored. */
export function cutAt(input: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const inside = places.filter((place) => place > 0 && place < input.length);
  const cuts = [0, ...new Set(inside.sort((a, b) => a - b)), input.length];
  return cuts.slice(1).map((end, index) => input.subarray(cuts[index], end));
}

interface Call {
  readonly outcome: Outcome;
  /** The state words, to be kept on NEED. */
  readonly state: Int32Array<ArrayBuffer>;
}

function callAt(
  module: UnpackModule,
  bytes: Uint8Array,
  state: Int32Array,
  noise: () => number,
): Call {
  const { meta } = module;
  const before = noise() % noiseBytesMax;
  const buffer = Buffer.alloc(before + bytes.length + (noise() % noiseBytesMax));
  for (const index of buffer.keys()) buffer[index] = noise();
  buffer.set(bytes, before);
  const words = new Int32Array(meta.words + 2);
  for (const index of words.keys()) words[index] = noise() * 0x1010101;
  words.set(state, meta.stateAt);
  const around = words.slice(meta.words);
  const copy = Buffer.from(buffer);

  const end = before + bytes.length;
  const result = module.unpack(buffer, before, end, words);

  if (!copy.equals(buffer)) throw new Error("unpack wrote into the caller's buffer");
  if (!Buffer.from(words.slice(meta.words).buffer).equals(Buffer.from(around.buffer))) {
    throw new Error("unpack wrote behind its words");
  }
  return {
    outcome: readOutcome(module, result, words, bytes),
    state: words.slice(meta.stateAt, meta.stateAt + meta.stateWords),
  };
}

function readOutcome(
  module: UnpackModule,
  result: number,
  words: Int32Array,
  bytes: Uint8Array,
): Outcome {
  const [first, second, third] = [wordAt(words, 0), wordAt(words, 1), wordAt(words, 2)];
  switch (result) {
    case VERDICT.need:
      return { kind: "need", missing: first };
    case VERDICT.drop: {
      const cause = causeOf(second);
      return { kind: "drop", bytes: first, cause, reason: cause === "falseStart" ? third : null };
    }
    case VERDICT.reject:
      return { kind: "reject", reason: first, offset: second };
    case VERDICT.consume:
      return { kind: "consume", length: first, keys: readKeys(module, words, bytes) };
    case VERDICT.key:
      return {
        kind: "key",
        inspected: first,
        length: second === 0 ? null : second,
        keys: readKeys(module, words, bytes),
      };
    default:
      if (!(result > 0)) throw new Error(`unpack returned ${result}`);
      return { kind: "frame", length: result, keys: readKeys(module, words, bytes) };
  }
}

function readKeys(module: UnpackModule, words: Int32Array, bytes: Uint8Array): readonly KeyValue[] {
  return module.meta.keys.map((_, index) => {
    const at = KEYS_AT + WORDS_PER_KEY * index;
    const [first, second, source] = [
      wordAt(words, at),
      wordAt(words, at + 1),
      wordAt(words, at + 2),
    ];
    switch (source) {
      case MISSING:
        return { kind: "missing" };
      case KEY_SOURCE.integer:
        return { kind: "integer", value: second * 2 ** 32 + (first >>> 0) };
      case KEY_SOURCE.wire:
        return bytesKey("wire", first, second, bytes);
      case KEY_SOURCE.scratch:
        return bytesKey("scratch", first, second, module.scratch);
      default:
        throw new Error(`a key has the source ${source}`);
    }
  });
}

function bytesKey(
  source: "wire" | "scratch",
  offset: number,
  length: number,
  from: Uint8Array,
): KeyValue {
  if (offset < 0 || length < 0 || offset + length > from.length) {
    throw new Error(`a key lies at ${offset}, ${length} bytes long, of ${from.length}`);
  }
  return {
    kind: "bytes",
    source,
    offset,
    length,
    bytes: Uint8Array.from(from.subarray(offset, offset + length)),
  };
}

function causeOf(word: number): DropCause {
  if (word === DROP_CAUSE.junk) return "junk";
  if (word === DROP_CAUSE.falseStart) return "falseStart";
  if (word === DROP_CAUSE.ignored) return "ignored";
  throw new Error(`bytes were dropped for ${word}`);
}

function wordAt(words: Int32Array, index: number): number {
  const word = words[index];
  if (word === undefined) throw new Error(`there is no word ${index}`);
  return word;
}

function endsOf(chunks: readonly Uint8Array[]): number[] {
  let end = 0;
  return chunks.map((chunk) => {
    end += chunk.length;
    return end;
  });
}

/** Bytes that look random and are the same for the same seed (a linear congruential generator, Numerical Recipes'). */
function createNoise(seed: number): () => number {
  let value = seed >>> 0;
  return () => {
    value = (Math.imul(value, 1664525) + 1013904223) >>> 0;
    return value >>> 24;
  };
}
