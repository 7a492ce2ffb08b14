// The escape hatch: a user's `unpack(buffer) → { need } | { frame, key } | { reject }` in the shape of a
// compiled module. Checks every answer; what the function throws is caught by the core.

import {
  KEY_SOURCE,
  KEYS_AT,
  MISSING,
  type RejectReason,
  type UnpackMeta,
  type UnpackModule,
  VERDICT,
  WORDS_PER_KEY,
} from "../../compiler/abi.ts";
import type { RouterProgram } from "./program.ts";

/** Bytes a hand-written unpack may ask for before its verdict: it states no bound, so we do. */
const HAND_WRITTEN_HOLD_MAX = 64 * 1024;
/** Longest key it may answer, in bytes. */
const HAND_WRITTEN_KEY_MAX = 1024;
/** Distinct refusal texts that are told apart in logs and counters; any further is `other`. */
const REJECT_TEXTS_MAX = 32;
const REJECT_TEXT_CHARACTERS_MAX = 48;

/**
 * Sees all bytes held so far of one connection, must keep no reference to them, and answers at once: `{ need }` so many
 * more bytes at least, `{ frame, key }` a frame's length and the text or bytes to balance by, or `{ reject }` a text.
 */
export type HandWrittenUnpack = (buffer: Buffer) => unknown;

/** First of the reasons. */
const KEY_TOO_LONG: RejectReason = {
  kind: "key-too-long",
  field: "key",
  rule: `a key of at most ${HAND_WRITTEN_KEY_MAX} bytes`,
};
const TOO_LONG: RejectReason = {
  kind: "too-long",
  field: "frame",
  rule: `a frame of at most ${HAND_WRITTEN_HOLD_MAX} bytes`,
};
const OTHER: RejectReason = { kind: "guard", field: "other", rule: "a refusal of the module" };
/** No verdict of the ABI: the core refuses it as `unpack-invalid`. */
const INVALID = 0;

/**
 * A program that sends every frame to `pool`, hashed by the key the function answers.
 * @param source the module's file name, for logs
 * @param url where another thread can import it from
 */
export function handWrittenProgram(
  unpack: HandWrittenUnpack,
  source: string,
  pool: string,
  url?: string,
): RouterProgram {
  const rule = { rank: 0, line: 0, text: `${source} -> ${pool} by key` };
  return {
    router: source,
    module: {
      ...adaptUnpack(unpack, source),
      ...(url === undefined ? {} : { origin: { kind: "file", url, source } }),
    },
    prefixes: [],
    routes: {
      outcomes: [{ kind: "pool", rule, pool, by: 0 }],
      decide: () => 0,
      data: { kind: "first" },
    },
  };
}

/** `export function unpack` or `export default` a function; a default object with `unpack` serves as well. */
export function exportedUnpack(loaded: unknown): HandWrittenUnpack | undefined {
  const byDefault = property(loaded, "default");
  for (const candidate of [property(loaded, "unpack"), byDefault, property(byDefault, "unpack")]) {
    if (typeof candidate === "function") return (buffer) => candidate(buffer) as unknown;
  }
  return undefined;
}

function property(value: unknown, name: "default" | "unpack"): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Partial<Record<typeof name, unknown>>)[name];
}

/** Wraps the user's function; the result obeys the ABI whatever the function answers. */
export function adaptUnpack(unpack: HandWrittenUnpack, source: string): UnpackModule {
  const reasons: RejectReason[] = [KEY_TOO_LONG, TOO_LONG, OTHER];
  const scratch = new Uint8Array(HAND_WRITTEN_KEY_MAX);
  const meta: UnpackMeta = {
    abi: 1,
    protocol: source,
    source,
    keys: ["key"],
    keyTypes: ["bytes"],
    words: KEYS_AT + WORDS_PER_KEY,
    stateAt: KEYS_AT + WORDS_PER_KEY,
    stateWords: 0,
    needMin: 1,
    frameMax: HAND_WRITTEN_HOLD_MAX,
    holdMax: HAND_WRITTEN_HOLD_MAX,
    dropMax: 0,
    falseStartsMax: 0,
    reasons,
    turns: [],
  };
  return {
    meta,
    scratch,
    unpack(buf, start, end, s) {
      const answer = unpack(buf.subarray(start, end));
      if (typeof answer !== "object" || answer === null) return INVALID;
      if ("frame" in answer) {
        const key = "key" in answer ? answer.key : undefined;
        return answerFrame(answer.frame, key, end - start, scratch, s);
      }
      if ("need" in answer) return answerNeed(answer.need, end - start, reasons, s);
      if ("reject" in answer) return answerReject(answer.reject, reasons, s);
      return INVALID;
    },
  };
}

function answerNeed(
  need: unknown,
  have: number,
  reasons: readonly RejectReason[],
  s: Int32Array,
): number {
  if (typeof need !== "number" || !Number.isInteger(need) || need <= 0) return INVALID;
  if (have + need > HAND_WRITTEN_HOLD_MAX) return reject(reasons.indexOf(TOO_LONG), s);
  s[0] = need;
  return VERDICT.need;
}

function answerFrame(
  frame: unknown,
  key: unknown,
  have: number,
  scratch: Uint8Array,
  s: Int32Array,
): number {
  if (typeof frame !== "number" || !Number.isInteger(frame)) return INVALID;
  if (frame <= 0 || frame > have) return INVALID;
  s[KEYS_AT] = 0;
  s[KEYS_AT + 1] = 0;
  s[KEYS_AT + 2] = MISSING;
  if (key === undefined || key === null) return frame;
  if (typeof key !== "string" && !(key instanceof Uint8Array)) return INVALID;
  const bytes = typeof key === "string" ? Buffer.from(key) : key;
  if (bytes.length > HAND_WRITTEN_KEY_MAX) return reject(0, s);
  scratch.set(bytes);
  s[KEYS_AT + 1] = bytes.length;
  s[KEYS_AT + 2] = KEY_SOURCE.scratch;
  return frame;
}

/** Texts become reasons as they are met, up to a bound: a text made of client bytes must not fill the memory. */
function answerReject(text: unknown, reasons: RejectReason[], s: Int32Array): number {
  if (typeof text !== "string") return INVALID;
  const field = text.slice(0, REJECT_TEXT_CHARACTERS_MAX);
  let index = reasons.findIndex((reason) => reason.field === field);
  if (index < 0 && reasons.length < REJECT_TEXTS_MAX) {
    index = reasons.push({ kind: "guard", field, rule: "a refusal of the module" }) - 1;
  }
  return reject(index < 0 ? reasons.indexOf(OTHER) : index, s);
}

function reject(reason: number, s: Int32Array): number {
  s[0] = reason;
  s[1] = 0;
  s[2] = 0;
  return VERDICT.reject;
}
