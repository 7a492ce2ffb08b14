// Whether one condition holds: what tables have not answered. No allocation. "Unknown" is "does not hold": the
// conditions are in the normal form of normal-form.ts.

import { assertNever } from "../../base/assert.ts";
import { MISSING } from "../abi.ts";
import { lookupSegment } from "./byte-segments.ts";
import { lookupBytes } from "./byte-table.ts";
import { NO_CANDIDATE } from "./candidate-lists.ts";
import { matchesLike } from "./glob.ts";
import { lookupSought } from "./number-table.ts";
import type { ClientIndex, RouteTest } from "./plan.ts";
import {
  clientLength,
  clientOffset,
  hasBytes,
  keyBuffer,
  keyLength,
  keyOffset,
  keySource,
  type RouteInput,
  seekKeyNumber,
} from "./route-input.ts";
import { SOUGHT } from "./sought.ts";

type LeafTest = Exclude<RouteTest, { kind: "and" | "or" }>;
type BytesTest = Extract<LeafTest, { kind: BytesKind }>;
type BytesKind = "bytes-in" | "bytes-range" | "like" | "prefix" | "suffix";
type NumberTest = Extract<LeafTest, { kind: "number-in" | "number-range" }>;

/** Whether the condition is true of the input. */
export function holds(test: RouteTest, input: RouteInput): boolean {
  switch (test.kind) {
    case "and":
      for (let at = 0; at < test.operands.length; at++) {
        if (!holds(test.operands[at] as RouteTest, input)) return false;
      }
      return true;
    case "or":
      for (let at = 0; at < test.operands.length; at++) {
        if (holds(test.operands[at] as RouteTest, input)) return true;
      }
      return false;
    default:
      return leafHolds(test, input);
  }
}

function leafHolds(test: LeafTest, input: RouteInput): boolean {
  switch (test.kind) {
    case "missing":
      return keySource(input, test.key) === MISSING;
    case "present":
      return keySource(input, test.key) !== MISSING;
    case "number-in":
    case "number-range":
      return numberHolds(test, input);
    case "client-in":
      return input.clientLength !== 0 && isClientIn(test.index, input) !== test.isNegated;
    default:
      return bytesHold(test, input);
  }
}

function numberHolds(test: NumberTest, input: RouteInput): boolean {
  if (!seekKeyNumber(input, test.key, keySource(input, test.key))) return false;
  if (test.kind === "number-range") {
    const number = SOUGHT[0] as number;
    return (number >= test.from && number <= test.to) !== test.isNegated;
  }
  const isIn = test.table !== undefined && lookupSought(test.table) !== NO_CANDIDATE;
  return isIn !== test.isNegated;
}

function bytesHold(test: BytesTest, input: RouteInput): boolean {
  const source = keySource(input, test.key);
  if (!hasBytes(source)) return false;
  const bytes = keyBuffer(input, source);
  const offset = keyOffset(input, test.key, source);
  return matches(test, bytes, offset, keyLength(input, test.key)) !== test.isNegated;
}

function matches(test: BytesTest, bytes: Uint8Array, offset: number, length: number): boolean {
  switch (test.kind) {
    case "bytes-in":
      return (
        test.table !== undefined && lookupBytes(test.table, bytes, offset, length) !== NO_CANDIDATE
      );
    case "bytes-range":
      return (
        test.segments.lengthBytes === length &&
        lookupSegment(test.segments, bytes, offset) !== NO_CANDIDATE
      );
    case "like":
      return matchesLike(test.pattern, bytes, offset, length);
    case "prefix":
      return length >= test.pattern.length && equalsAt(test.pattern, bytes, offset);
    case "suffix":
      return (
        length >= test.pattern.length &&
        equalsAt(test.pattern, bytes, offset + length - test.pattern.length)
      );
    default:
      return assertNever(test);
  }
}

function equalsAt(pattern: Uint8Array, bytes: Uint8Array, offset: number): boolean {
  for (let at = 0; at < pattern.length; at++) {
    if (bytes[offset + at] !== pattern[at]) return false;
  }
  return true;
}

function isClientIn(index: ClientIndex, input: RouteInput): boolean {
  const length = clientLength(input);
  const segments = length === 4 ? index.v4 : length === 16 ? index.v6 : undefined;
  if (segments === undefined) return false;
  return lookupSegment(segments, input.client, clientOffset(input)) !== NO_CANDIDATE;
}
