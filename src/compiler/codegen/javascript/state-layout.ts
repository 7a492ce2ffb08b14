// What a resumable `unpack` keeps between calls: its state, the slots that are read after a suspension, and the places of
// its searches. Decides words and names; makes no statements.

import { KEYS_AT, WORDS_PER_KEY } from "../../abi.ts";
import type { Interval } from "../../ir/interval.ts";
import type { Op, Slot } from "../../ir/ir.ts";
import {
  everyOp,
  type SuspendingOp,
  slotsOfCond,
  slotsOfExpr,
  slotsRead,
  slotsSet,
} from "../../ir/passes/access.ts";
import { liveAtSuspensions } from "../../ir/passes/live-slots.ts";
import { type Segment, type Step, segmentsOf } from "../../ir/passes/segments.ts";
import { placeVariables, type SavedVariable } from "./saved-words.ts";
import { needsCursor } from "./scan-operations.ts";
import type { ModuleParts } from "./unpack-scope.ts";

export interface StateLayout {
  readonly segments: readonly Segment[];
  /** The word that holds the state. */
  readonly stateWord: number;
  /** Kept between calls, in order of their words. */
  readonly saved: readonly SavedVariable[];
  /** Those of them that a suspension has to write. */
  readonly savedAt: (op: Op) => readonly SavedVariable[];
  /** Slots that several segments use but that no suspension outlives. */
  readonly shared: readonly Slot[];
  /** Slots that one segment alone uses. */
  readonly local: ReadonlySet<Slot>;
  /** The variable that holds where a suspended scan goes on. */
  readonly cursorOf: (op: Op) => string;
  readonly stateWords: number;
}

type Scan = Extract<Op, { kind: "scan" }>;

/** Lays out the state of a program that suspends. */
export function layOutState(parts: ModuleParts): StateLayout {
  const { program, kept } = parts;
  const segments = segmentsOf(program.body);
  const live = liveAtSuspensions(program.body);
  const scans = [...live.keys()].filter((op): op is Scan => op.kind === "scan");
  const cursors = new Map(scans.map((op) => [op, cursorName(parts, op)] as const));
  const savedSlots = slotsToSave(live, scans);

  const stateWord = KEYS_AT + WORDS_PER_KEY * program.keys.length;
  const slotVariables = savedSlots.map((slot) => ({
    name: parts.nameOf(slot),
    interval: intervalOf(parts, slot),
  }));
  const ownCursors = scans.filter(needsCursor).map((op) => ({
    name: cursors.get(op) ?? "",
    interval: intervalOf(parts, op.found),
  }));
  const { saved, behind } = placeVariables([...slotVariables, ...ownCursors], stateWord + 1);
  const places = placesOf(segments);
  const isSaved = (slot: Slot) => savedSlots.includes(slot);
  const free = [...kept].filter((slot) => !isSaved(slot)).sort((a, b) => a - b);
  return {
    segments,
    stateWord,
    saved,
    savedAt: (op) => {
      const names = namesLiveAt(parts, live, op);
      const cursor = cursors.get(op as Scan);
      return saved.filter(({ name }) => names.has(name) || name === cursor);
    },
    shared: free.filter((slot) => (places.get(slot)?.size ?? 0) > 1),
    local: new Set(free.filter((slot) => (places.get(slot)?.size ?? 0) <= 1)),
    cursorOf: (op) => cursors.get(op as Scan) ?? "",
    stateWords: behind - stateWord,
  };
}

type Live = ReadonlyMap<SuspendingOp, ReadonlySet<Slot>>;

/** Slots that live on, and those that hold where a scan goes on. */
function slotsToSave(live: Live, scans: readonly Scan[]): readonly Slot[] {
  const slots = new Set([...live.values()].flatMap((each) => [...each]));
  for (const op of scans) if (!needsCursor(op)) slots.add(op.found);
  return [...slots].sort((a, b) => a - b);
}

function namesLiveAt(parts: ModuleParts, live: Live, op: Op): ReadonlySet<string> {
  for (const [each, slots] of live) {
    if (each === op) return new Set([...slots].map(parts.nameOf));
  }
  return new Set();
}

function cursorName(parts: ModuleParts, op: Scan): string {
  return needsCursor(op) ? parts.module.fresh("cursor") : parts.nameOf(op.found);
}

function intervalOf({ program }: ModuleParts, slot: Slot): Interval {
  return program.slots[slot] ?? { lo: 0, hi: 0 };
}

/** For each slot the segments that mention it. */
function placesOf(segments: readonly Segment[]): ReadonlyMap<Slot, ReadonlySet<number>> {
  const places = new Map<Slot, Set<number>>();
  for (const [place, { steps }] of segments.entries()) {
    for (const slot of steps.flatMap(slotsOfStep)) {
      places.set(slot, (places.get(slot) ?? new Set()).add(place));
    }
  }
  return places;
}

function slotsOfStep(step: Step): readonly Slot[] {
  switch (step.kind) {
    case "run":
      return [...everyOp([step.op])].flatMap(slotsOfOp);
    case "suspend":
    case "prepare":
      return slotsOfOp(step.op);
    case "unless":
      return [...slotsOfCond(step.condition)];
    case "choose":
      return [...slotsOfExpr(step.on)];
    case "enter":
    case "round":
    case "again":
      return slotsOfOp(step.loop);
    case "jump":
      return [];
  }
}

function slotsOfOp(op: Op): readonly Slot[] {
  return [...slotsRead(op), ...slotsSet(op)];
}
