// The reference interpreter: the meaning of a program. Stateless: every run starts at the frame's first byte with all
// bytes that are present. Slow and obviously right; shares nothing with any target.

import { assert, assertNever } from "../../base/assert.ts";
import { computeChecksum } from "./checksum.ts";
import { evaluate, holds, isIn, locate } from "./interpret/evaluate.ts";
import { findText, number, rewrite, setFound, trim } from "./interpret/find.ts";
import { decodeDigits, decodeInteger, decodeVarint } from "./interpret/integers.ts";
import {
  assign,
  createMachine,
  highestOf,
  type Machine,
  positionOf,
  prove,
  readSlot,
  wireBytes,
} from "./interpret/machine.ts";
import { openFrame } from "./interpret/open.ts";
import type { FieldTrace, KeyValue, Outcome } from "./interpret/outcome.ts";
import { type Scan, scanStream, scanWindow } from "./interpret/scan.ts";
import { showBytes } from "./interpret/show.ts";
import type { Fail, Op, Position, Program, SuspendNeed } from "./ir.ts";

type OpOf<Kind extends Op["kind"]> = Extract<Op, { kind: Kind }>;

type Extent = OpOf<"scan">["extent"] | OpOf<"varint">["extent"];

/** Go on with the next operation, end the innermost loop, or stop with an outcome. */
type Step = "next" | "leave" | Outcome;

/** The verdict on `bytes`: everything that is present from the frame's start. Asserts only on a faulty program. */
export function interpret(program: Program, bytes: Uint8Array): Outcome {
  return trace(program, bytes).outcome;
}

/** What a run looked at on the way, whatever the outcome is. */
export interface Trace {
  readonly outcome: Outcome;
  /** Every field that was decoded, in order. */
  readonly fields: readonly FieldTrace[];
  /** The last checksum that was computed. */
  readonly checksum: number | null;
}

/** As `interpret`, with what was looked at on the way. */
export function trace(program: Program, bytes: Uint8Array): Trace {
  const machine = createMachine(program, bytes);
  const outcome = runAll(machine, program.body);
  assert(typeof outcome === "object", "the program ended without a verdict");
  return { outcome, fields: machine.fields, checksum: machine.checksum };
}

function runAll(machine: Machine, ops: readonly Op[]): Step {
  for (const op of ops) {
    const step = run(machine, op);
    if (step !== "next") return step;
  }
  return "next";
}

function run(machine: Machine, op: Op): Step {
  switch (op.kind) {
    case "open":
      return open(machine, op);
    case "await":
      return awaitBytes(machine, op);
    case "bound": {
      const isInside = positionOf(machine, op.to) <= positionOf(machine, op.end);
      return isInside ? "next" : failed(machine, op.fail);
    }
    case "load":
      return load(machine, op);
    case "calc":
      return done(assign(machine, op.slot, evaluate(machine, op.value)));
    case "guard":
      return holds(machine, op.condition) ? "next" : failed(machine, op.fail);
    case "fail":
      return failed(machine, op.fail);
    case "varint":
      return varint(machine, op);
    case "digits": {
      const value = decodeDigits(locate(machine, op.view).bytes, op.base, op.filler);
      return value === null ? failed(machine, op.fail) : assignUpTo(machine, op, value);
    }
    case "scan":
      return scan(machine, op);
    case "if":
      return runAll(machine, holds(machine, op.condition) ? op.then : op.else);
    case "switch": {
      const value = evaluate(machine, op.on);
      const arm = op.arms.find(({ ranges }) => isIn(value, ranges));
      return runAll(machine, arm === undefined ? op.else : arm.body);
    }
    case "loop":
      return loop(machine, op);
    case "leave":
      return "leave";
    case "checksum": {
      const covered = wireBytes(machine, positionOf(machine, op.from), positionOf(machine, op.to));
      machine.checksum = computeChecksum(op.algorithm, covered);
      return done(assign(machine, op.slot, machine.checksum));
    }
    case "select": {
      const { at, bytes } = locate(machine, op.view);
      return done(setFound(machine, op.into, { at, text: bytes }));
    }
    case "clear":
      return done(setFound(machine, op.into, undefined));
    case "piece":
    case "pair":
    case "header":
    case "url":
      return findText(machine, op) ? "next" : failedTwice(machine, op);
    case "trim":
      return done(trim(machine, op));
    case "rewrite":
      return done(rewrite(machine, op));
    case "number":
      return done(number(machine, op));
    case "key":
      return done(setKey(machine, op));
    case "verdict":
      return verdict(machine, op);
    case "field":
      return done(traceField(machine, op));
    default:
      return assertNever(op);
  }
}

function open(machine: Machine, op: OpOf<"open">): Step {
  const opening = openFrame(op, machine.bytes);
  switch (opening.kind) {
    case "opened":
      return done(prove(machine, opening.length));
    case "outcome":
      return opening.outcome;
    case "fail":
      assert(op.fail !== null, "open fails without a fail");
      return failed(machine, op.fail);
    default:
      return assertNever(opening);
  }
}

function awaitBytes(machine: Machine, op: OpOf<"await">): Step {
  const to = positionOf(machine, op.to);
  if (to <= machine.bytes.length) return done(prove(machine, to));
  const places = op.need.map((position) => positionOf(machine, position));
  assert((places[0] ?? 0) >= to, `await ${to} needs ${places.join(", ")}`);
  return need(Math.max(...places) - machine.bytes.length);
}

function load(machine: Machine, op: OpOf<"load">): Step {
  const at = positionOf(machine, op.at);
  const value = decodeInteger(wireBytes(machine, at, at + op.bytes), op.order, op.signed);
  if (isExact(value)) return done(assign(machine, op.slot, Number(value)));
  assert(op.overflow !== undefined, `an integer of ${op.bytes} bytes is not exact`);
  return failed(machine, op.overflow);
}

function varint(machine: Machine, op: OpOf<"varint">): Step {
  const at = positionOf(machine, op.at);
  const decoded = decodeVarint(op.encoding, bytesFrom(machine, at, op.extent), op.most);
  switch (decoded.kind) {
    case "malformed":
      return failed(machine, op.fail);
    case "unfinished":
      if (op.extent.kind === "window") return failed(machine, op.extent.short);
      return suspend(machine, at + decoded.length - machine.bytes.length, op.extent.need);
    case "value":
      prove(machine, at + decoded.length);
      assign(machine, op.next, at + decoded.length);
      return assignUpTo(machine, op, decoded.value);
    default:
      return assertNever(decoded);
  }
}

function scan(machine: Machine, op: OpOf<"scan">): Step {
  const from = positionOf(machine, op.from);
  const bytes = bytesFrom(machine, from, op.extent);
  if (op.extent.kind === "window") {
    return scanned(machine, op, from, scanWindow(bytes, op.marks, op.max));
  }
  const found = scanStream(bytes, op.marks, op.max);
  if (found.kind !== "undecided") return scanned(machine, op, from, found);
  const ahead = Math.max(0, from - machine.bytes.length);
  return suspend(machine, ahead + found.missing, op.extent.need);
}

/** What an operation may look at from `from` on: up to the window's end, or all that is present. */
function bytesFrom(machine: Machine, from: number, extent: Extent): Uint8Array {
  if (extent.kind === "suspend") return machine.bytes.subarray(from);
  const end = positionOf(machine, extent.end);
  return from > end ? new Uint8Array() : wireBytes(machine, from, end);
}

function scanned(machine: Machine, op: OpOf<"scan">, from: number, found: Scan): Step {
  if (found.kind !== "found") return failed(machine, op.fail);
  prove(machine, from + found.at + found.length);
  assign(machine, op.found, from + found.at);
  return done(assign(machine, op.next, from + found.at + found.length));
}

function loop(machine: Machine, op: OpOf<"loop">): Step {
  for (let index = 0; ; index++) {
    assign(machine, op.index, index);
    if (!holds(machine, op.while)) return "next";
    if (index === op.most) return failed(machine, op.overrun);
    const before = op.advances === null ? null : readSlot(machine, op.advances);
    const step = runAll(machine, op.body);
    if (step === "leave") return "next";
    if (step !== "next") return step;
    const hasAdvanced =
      before === null || op.advances === null || readSlot(machine, op.advances) > before;
    assert(hasAdvanced, `round ${index} of a loop did not advance`);
  }
}

function setKey(machine: Machine, op: OpOf<"key">): void {
  assert(machine.keys[op.key] === undefined, `key ${op.key} is set twice`);
  machine.keys[op.key] = keyValue(machine, op.value);
}

function keyValue(machine: Machine, value: OpOf<"key">["value"]): KeyValue {
  switch (value.kind) {
    case "missing":
      return { kind: "missing" };
    case "integer":
      return { kind: "integer", value: evaluate(machine, value.value) };
    case "view": {
      const { source, at, bytes } = locate(machine, value.view);
      return {
        kind: "bytes",
        source,
        offset: at,
        length: bytes.length,
        bytes: Uint8Array.from(bytes),
      };
    }
    default:
      return assertNever(value);
  }
}

function verdict(machine: Machine, op: OpOf<"verdict">): Outcome {
  const keys = machine.keys.map((key, index) => {
    assert(key !== undefined, `key ${index} is not set at the verdict`);
    return key;
  });
  if (op.verdict.kind !== "key") {
    const length = provenLength(machine, op.verdict.length);
    assert(length > 0, "a frame is empty");
    return { kind: op.verdict.kind, length, keys };
  }
  const inspected = provenLength(machine, op.verdict.inspected);
  const length = op.verdict.length === null ? null : positionOf(machine, op.verdict.length);
  return { kind: "key", inspected, length, keys };
}

function provenLength(machine: Machine, position: Position): number {
  const length = positionOf(machine, position);
  assert(length <= machine.proven, `a verdict on ${length} bytes, proven are ${machine.proven}`);
  return length;
}

function traceField(machine: Machine, op: OpOf<"field">): void {
  const { at, bytes } = locate(machine, op.view);
  const path = op.path.map((part) => (typeof part === "string" ? part : readSlot(machine, part)));
  const value =
    op.value.kind === "integer"
      ? evaluate(machine, op.value.value)
      : showBytes(op.value.kind, bytes);
  machine.fields.push({ path: path.join(""), offset: at, bytes: Uint8Array.from(bytes), value });
}

/** A decoded integer into its slot, or the operation's failure where it is above the slot's highest. */
function assignUpTo(machine: Machine, op: OpOf<"varint"> | OpOf<"digits">, value: bigint): Step {
  if (value > BigInt(highestOf(machine, op.slot))) return failed(machine, op.fail);
  return done(assign(machine, op.slot, Number(value)));
}

function suspend(machine: Machine, missing: number, after: SuspendNeed): Outcome {
  const floors = after.floors.map((floor) => positionOf(machine, floor) - machine.bytes.length);
  return need(Math.max(1, missing + after.rest, ...floors));
}

function need(missing: number): Outcome {
  return { kind: "need", missing };
}

function failed(machine: Machine, fail: Fail): Outcome {
  assert(machine.program.reasons[fail.reason] !== undefined, `there is no reason ${fail.reason}`);
  if (fail.resync) return { kind: "drop", bytes: 1, cause: "falseStart", reason: fail.reason };
  return { kind: "reject", reason: fail.reason, offset: positionOf(machine, fail.at) };
}

function failedTwice(machine: Machine, op: Parameters<typeof findText>[1]): Outcome {
  const isAllowed = op.kind === "pair" || op.kind === "header";
  assert(isAllowed && op.duplicate !== null, "a second match without a fail");
  return failed(machine, op.duplicate);
}

function isExact(value: bigint): boolean {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}

/** The value of an operation that only has an effect. */
function done(_effect: unknown): "next" {
  return "next";
}
