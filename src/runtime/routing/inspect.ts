// Drives `unpack` over what a connection has sent so far and says what to do with it. Pure: the caller
// owns bytes, sockets and clocks. The answer depends on the bytes alone, never on how they were split.

import { DROP_CAUSE, type UnpackModule, VERDICT } from "../../compiler/abi.ts";
import {
  callUnpack,
  clearState,
  INSPECTED,
  type Inspector,
  keepNeed,
  refuse,
  refuseFrame,
  UNPACK_THREW,
} from "./inspector.ts";
import { createKeyPlace, hashKey, locateKey } from "./key.ts";
import { readPrefixes } from "./prefix.ts";
import type { RouterProgram } from "./program.ts";
import { ROW, readRowClient } from "./row.ts";

const place = createKeyPlace();

/**
 * Looks at `buf[start, end)`, all that is held of a connection. After `need` the caller keeps
 * `buf[frameStart, end)` and the row, and calls again with those bytes and more. Never throws.
 * @returns one of `INSPECTED`; the details stand in `inspector.result`
 */
export function inspect(
  inspector: Inspector,
  program: RouterProgram,
  row: Int32Array,
  at: number,
  buf: Buffer,
  start: number,
  end: number,
): number {
  const result = inspector.result;
  result.frameStart = start;
  if (row[at + ROW.stage] !== program.prefixes.length) {
    const answer = readPrefixes(inspector, program, row, at, buf, end);
    if (answer !== INSPECTED.route) return answer;
  }
  return readFrame(inspector, program, row, at, buf, end);
}

function readFrame(
  inspector: Inspector,
  program: RouterProgram,
  row: Int32Array,
  at: number,
  buf: Buffer,
  end: number,
): number {
  const { result, s } = inspector;
  const { module } = program;
  const { meta } = module;
  for (;;) {
    const from = result.frameStart;
    const verdict = callUnpack(inspector, module, row, at, buf, end);
    if (verdict > 0) {
      if (verdict > meta.frameMax) return refuse(result, "too-long", meta.frameMax);
      if (verdict > end - from) return refuse(result, "unpack-invalid", 0);
      return decide(inspector, program, row, at, buf, verdict);
    }
    switch (verdict) {
      case VERDICT.need:
        return keepNeed(inspector, module, row, at, end);
      case VERDICT.drop: {
        const bytes = s[0] ?? 0;
        if (bytes <= 0 || bytes > end - from) return refuse(result, "unpack-invalid", 0);
        const dropped = (row[at + ROW.dropped] ?? 0) + bytes;
        row[at + ROW.dropped] = dropped;
        result.frameStart = from + bytes;
        clearState(module, row, at);
        if (dropped > meta.dropMax) return refuse(result, "junk", 0);
        if (s[1] === DROP_CAUSE.falseStart && isOverFalseStarts(module, row, at)) {
          return refuse(result, "resync", 0);
        }
        break;
      }
      case VERDICT.key: {
        const inspected = s[0] ?? 0;
        if (inspected > meta.holdMax) return refuse(result, "too-long", meta.holdMax);
        return decide(inspector, program, row, at, buf, s[1] ?? 0);
      }
      case VERDICT.reject:
        return refuseFrame(result, module, s[0] ?? -1, s[1] ?? 0);
      case UNPACK_THREW:
        return refuse(result, "unpack-threw", 0);
      default:
        return refuse(result, "unpack-invalid", 0);
    }
  }
}

/** Counts a false start. `falseStartsMax` 0: unlimited, the compiler has proved them linear. */
function isOverFalseStarts(module: UnpackModule, row: Int32Array, at: number): boolean {
  const falseStarts = (row[at + ROW.falseStarts] ?? 0) + 1;
  row[at + ROW.falseStarts] = falseStarts;
  return module.meta.falseStartsMax > 0 && falseStarts > module.meta.falseStartsMax;
}

/** The frame is known: finds its rule. */
function decide(
  inspector: Inspector,
  program: RouterProgram,
  row: Int32Array,
  at: number,
  buf: Buffer,
  frameLength: number,
): number {
  const { input, result } = inspector;
  input.buf = buf;
  input.start = result.frameStart;
  input.scratch = program.module.scratch;
  input.clientLength = readRowClient(row, at, inspector.client);
  const index = program.routes.decide(input);
  const outcome = program.routes.outcomes[index];
  if (outcome === undefined) return refuse(result, "no-route", 0);
  result.outcome = index;
  if (outcome.kind === "reject") return refuse(result, "rule-reject", 0);
  result.frameLength = frameLength;
  result.hasHash = outcome.by >= 0 && locateKey(input, outcome.by, place);
  result.hash = result.hasHash ? hashKey(place) : 0;
  return INSPECTED.route;
}
