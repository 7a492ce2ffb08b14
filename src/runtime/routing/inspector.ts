// The working memory of the routing core, and the one place that calls `unpack`: state words in, state
// words out, exceptions caught. Pure: knows no socket and no clock.

import type { UnpackModule } from "../../compiler/abi.ts";
import type { RouteInput } from "./program.ts";
import type { Refusal } from "./refusals.ts";
import { ROW } from "./row.ts";

/** What `inspect` answers. */
export const INSPECTED = { need: 0, route: 1, refuse: 2 } as const;

/** Longest IP address, in bytes. */
const ADDRESS_BYTES_MAX = 16;
const NO_BYTES = Buffer.alloc(0);

/** The details of an answer; valid until the next call with the same inspector. */
export interface Inspection {
  /** Where in the caller's buffer the frame begins: bytes before it were dropped or consumed, the rest is kept. */
  frameStart: number;
  /** Length of the frame, 0 where it is not known yet. On route. */
  frameLength: number;
  /** Index into the routes' outcomes, on route; also on the refusal `rule-reject`. */
  outcome: number;
  /** Whether the rule hashes a key, and it is there. On route. */
  hasHash: boolean;
  /** Signed 32-bit hash of that key. */
  hash: number;
  /** On refuse. */
  refusal: Refusal;
  /** The module that refused, and its reason index or -1. On the refusal `reject`. */
  refusedBy: UnpackModule | undefined;
  reasonIndex: number;
  /** Offset of the fault from `frameStart`. On refuse. */
  offset: number;
  /** What a hand-written unpack threw. On the refusal `unpack-threw`. */
  thrown: unknown;
}

/** Working memory of one thread: the shared words and the reused answer. */
export interface Inspector {
  s: Int32Array;
  readonly client: Uint8Array;
  readonly input: RouteInput;
  readonly result: Inspection;
}

/** @param words the most any program needs, of `sharedWords` */
export function createInspector(words: number): Inspector {
  const s = new Int32Array(words);
  const client = new Uint8Array(ADDRESS_BYTES_MAX);
  return {
    s,
    client,
    input: { buf: NO_BYTES, start: 0, s, scratch: client, client, clientLength: 0 },
    result: {
      frameStart: 0,
      frameLength: 0,
      outcome: -1,
      hasHash: false,
      hash: 0,
      refusal: "reject",
      refusedBy: undefined,
      reasonIndex: -1,
      offset: 0,
      thrown: undefined,
    },
  };
}

/** Makes room for programs of a new snapshot. */
export function growInspector(inspector: Inspector, words: number): void {
  if (words <= inspector.s.length) return;
  inspector.s = new Int32Array(words);
  inspector.input.s = inspector.s;
}

/** What `callUnpack` answers where the function threw: no verdict has this value. */
export const UNPACK_THREW = -100;

/** Calls `unpack` at `result.frameStart` with the row's state words in place. */
export function callUnpack(
  inspector: Inspector,
  module: UnpackModule,
  row: Int32Array,
  at: number,
  buf: Buffer,
  end: number,
): number {
  const { s, result } = inspector;
  const { stateAt, stateWords } = module.meta;
  for (let word = 0; word < stateWords; word++) s[stateAt + word] = row[at + ROW.state + word] ?? 0;
  try {
    return module.unpack(buf, result.frameStart, end, s);
  } catch (error) {
    result.thrown = error;
    return UNPACK_THREW;
  }
}

/** NEED: saves the state words, and refuses where the most that may be held is held already. */
export function keepNeed(
  inspector: Inspector,
  module: UnpackModule,
  row: Int32Array,
  at: number,
  end: number,
): number {
  const { s, result } = inspector;
  const { stateAt, stateWords, holdMax } = module.meta;
  const need = s[0] ?? 0;
  if (need <= 0) return refuse(result, "unpack-invalid", 0);
  if (end - result.frameStart >= holdMax) return refuse(result, "too-long", holdMax);
  for (let word = 0; word < stateWords; word++) row[at + ROW.state + word] = s[stateAt + word] ?? 0;
  row[at + ROW.need] = need;
  return INSPECTED.need;
}

/** The next call begins a new frame, or another module: its state words are zero. */
export function clearState(module: UnpackModule, row: Int32Array, at: number): void {
  for (let word = 0; word < module.meta.stateWords; word++) row[at + ROW.state + word] = 0;
}

export function refuse(result: Inspection, refusal: Refusal, offset: number): number {
  result.refusal = refusal;
  result.offset = offset;
  return INSPECTED.refuse;
}

export function refuseFrame(
  result: Inspection,
  module: UnpackModule,
  reasonIndex: number,
  offset: number,
): number {
  result.refusedBy = module;
  result.reasonIndex = reasonIndex;
  return refuse(result, "reject", offset);
}
