// The interpreter's memory while it runs over one frame, and the only ways to read and write it. Every access is checked:
// a failed check is a bug of the lowering, never the client's.

import { assert } from "../../../base/assert.ts";
import type { Position, Program, Slot } from "../ir.ts";
import type { FieldTrace, KeyValue } from "./outcome.ts";

export interface Machine {
  readonly program: Program;
  /** All bytes present, from the frame's start. */
  readonly bytes: Uint8Array;
  readonly scratch: Uint8Array;
  /** By slot; undefined until assigned. */
  readonly slots: (number | undefined)[];
  /** By key; undefined until a `key` operation. */
  readonly keys: (KeyValue | undefined)[];
  readonly fields: FieldTrace[];
  /** The last checksum that was computed, for people who compare it with what was sent. */
  checksum: number | null;
  /** The operations so far have established that the bytes before this position are present. */
  proven: number;
}

/** A machine before the first operation; `bytes` are all that is present from the frame's start and are not copied. */
export function createMachine(program: Program, bytes: Uint8Array): Machine {
  const scratch = new Uint8Array(program.scratchBytes);
  for (const literal of program.scratchLiterals) scratch.set(literal.bytes, literal.at);
  return {
    program,
    bytes,
    scratch,
    slots: program.slots.map(() => undefined),
    keys: program.keys.map(() => undefined),
    fields: [],
    checksum: null,
    proven: 0,
  };
}

/** The slot's value; asserts that it was assigned. */
export function readSlot(machine: Machine, slot: Slot): number {
  const value = machine.slots[slot];
  assert(value !== undefined, `slot ${nameOf(machine, slot)} is read before it is assigned`);
  return value;
}

/** Assigns; asserts that the value is an integer within the slot's declared interval. */
export function assign(machine: Machine, slot: Slot, value: number): void {
  const info = machine.program.slots[slot];
  assert(info !== undefined, `there is no slot ${slot}`);
  assert(Number.isSafeInteger(value), `${info.name} = ${value} is not exact`);
  assert(
    value >= info.lo && value <= info.hi,
    `${info.name} = ${value} is outside of its declared ${info.lo}..${info.hi}`,
  );
  machine.slots[slot] = value;
}

/** The largest value that may be assigned to the slot. */
export function highestOf(machine: Machine, slot: Slot): number {
  const info = machine.program.slots[slot];
  assert(info !== undefined, `there is no slot ${slot}`);
  return info.hi;
}

/** A position as a number of bytes from the frame's start; asserts that it is not negative. */
export function positionOf(machine: Machine, position: Position): number {
  const base = position.base === null ? 0 : readSlot(machine, position.base);
  const value = base + position.offset;
  assert(Number.isSafeInteger(value) && value >= 0, `position ${value} is not one`);
  return value;
}

/** Records that every byte before `end` is present; asserts that it is so. */
export function prove(machine: Machine, end: number): void {
  assert(end <= machine.bytes.length, `byte ${end - 1} is not present`);
  machine.proven = Math.max(machine.proven, end);
}

/** The wire bytes [from, to); asserts that an earlier operation established their presence. */
export function wireBytes(machine: Machine, from: number, to: number): Uint8Array {
  assert(from >= 0 && from <= to, `[${from}, ${to}) is not a run of bytes`);
  assert(
    to <= machine.proven,
    `[${from}, ${to}) is read, present is proven up to ${machine.proven}`,
  );
  return machine.bytes.subarray(from, to);
}

/** The scratch bytes [from, to); asserts that they lie inside the scratch buffer. */
export function scratchBytes(machine: Machine, from: number, to: number): Uint8Array {
  assert(
    from >= 0 && from <= to && to <= machine.scratch.length,
    `[${from}, ${to}) lies outside of the scratch buffer`,
  );
  return machine.scratch.subarray(from, to);
}

function nameOf(machine: Machine, slot: Slot): string {
  return machine.program.slots[slot]?.name ?? `${slot}`;
}
