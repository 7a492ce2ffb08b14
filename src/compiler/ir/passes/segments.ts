// A program that suspends as a flat list of segments, each of which a resumed call may enter or a jump may lead to. What
// runs to its end stays nested. Decides which states there are, not how a target spells them.

import { assertNever } from "../../../base/assert.ts";
import type { Cond, Expr, Op, Range } from "../ir.ts";
import { holdsSuspension, isSuspending, type SuspendingOp } from "./access.ts";
import { endsPath } from "./fold.ts";

type Loop = Extract<Op, { kind: "loop" }>;

/** Where control goes on: a mark that comes to stand before one segment. */
export interface Label {
  segment: number;
}

export type Step =
  /** Runs to its end; a `leave` in it that belongs to no loop within goes to `exit`. */
  | { readonly kind: "run"; readonly op: Op; readonly exit: Label | null }
  /** The first step of its segment: a call that ran out of bytes here begins with it again. */
  | { readonly kind: "suspend"; readonly op: SuspendingOp }
  /** Before a suspending scan, once: sets where it begins. */
  | { readonly kind: "prepare"; readonly op: Extract<Op, { kind: "scan" }> }
  | { readonly kind: "jump"; readonly to: Label }
  | { readonly kind: "unless"; readonly condition: Cond; readonly to: Label }
  /** To the first arm that holds the value, else to `otherwise`. */
  | {
      readonly kind: "choose";
      readonly on: Expr;
      readonly arms: readonly { readonly ranges: readonly Range[]; readonly to: Label }[];
      readonly otherwise: Label;
    }
  /** Index 0. */
  | { readonly kind: "enter"; readonly loop: Loop }
  /** To `exit` where the condition fails; else `overrun` after the last round. */
  | { readonly kind: "round"; readonly loop: Loop; readonly exit: Label }
  /** Index + 1, and back to the head. */
  | { readonly kind: "again"; readonly loop: Loop; readonly head: Label };

/** A run of steps; control falls through to the next segment unless the last step leads elsewhere. */
export interface Segment {
  readonly steps: readonly Step[];
}

interface Building {
  readonly segments: Step[][];
}

/** The segments of a program's body; the first is where a fresh call begins. */
export function segmentsOf(body: readonly Op[]): readonly Segment[] {
  const building: Building = { segments: [[]] };
  append(building, body, null);
  return building.segments.map((steps) => ({ steps }));
}

/** Whether control leaves a segment for a place that is not the next segment. */
export function hasJumps(segments: readonly Segment[]): boolean {
  return segments.some(({ steps }) =>
    steps.some((step) => {
      if (step.kind === "run") return step.exit !== null;
      return !["suspend", "prepare", "enter"].includes(step.kind);
    }),
  );
}

function append(building: Building, ops: readonly Op[], exit: Label | null): void {
  for (const op of ops) appendOp(building, op, exit);
}

function appendOp(building: Building, op: Op, exit: Label | null): void {
  if (!holdsSuspension(op)) {
    push(building, { kind: "run", op, exit: leavesOutward([op]) ? exit : null });
    return;
  }
  if (isSuspending(op)) {
    if (op.kind === "scan") push(building, { kind: "prepare", op });
    place(building, createLabel());
    push(building, { kind: "suspend", op });
    return;
  }
  switch (op.kind) {
    case "if":
      return appendIf(building, op, exit);
    case "switch":
      return appendSwitch(building, op, exit);
    case "loop":
      return appendLoop(building, op);
    default:
      return assertNever(op as never);
  }
}

function appendIf(building: Building, op: Extract<Op, { kind: "if" }>, exit: Label | null): void {
  const otherwise = createLabel();
  const behind = createLabel();
  push(building, { kind: "unless", condition: op.condition, to: otherwise });
  append(building, op.then, exit);
  if (op.else.length > 0) pushJump(building, op.then, behind);
  place(building, otherwise);
  append(building, op.else, exit);
  if (op.else.length > 0) place(building, behind);
}

function appendSwitch(
  building: Building,
  op: Extract<Op, { kind: "switch" }>,
  exit: Label | null,
): void {
  const arms = op.arms.map((arm) => ({ arm, to: createLabel() }));
  const otherwise = createLabel();
  const behind = createLabel();
  push(building, {
    kind: "choose",
    on: op.on,
    arms: arms.map(({ arm, to }) => ({ ranges: arm.ranges, to })),
    otherwise,
  });
  for (const { arm, to } of arms) {
    place(building, to);
    append(building, arm.body, exit);
    pushJump(building, arm.body, behind);
  }
  place(building, otherwise);
  append(building, op.else, exit);
  place(building, behind);
}

function appendLoop(building: Building, loop: Loop): void {
  const head = createLabel();
  const exit = createLabel();
  push(building, { kind: "enter", loop });
  place(building, head);
  push(building, { kind: "round", loop, exit });
  append(building, loop.body, exit);
  push(building, { kind: "again", loop, head });
  place(building, exit);
}

/** Whether a `leave` stands in the operations that no loop within them takes. */
function leavesOutward(ops: readonly Op[]): boolean {
  return ops.some((op) => {
    switch (op.kind) {
      case "leave":
        return true;
      case "if":
        return leavesOutward(op.then) || leavesOutward(op.else);
      case "switch":
        return leavesOutward(op.else) || op.arms.some((arm) => leavesOutward(arm.body));
      default:
        return false;
    }
  });
}

function createLabel(): Label {
  return { segment: -1 };
}

function push(building: Building, step: Step): void {
  building.segments.at(-1)?.push(step);
}

/** Behind a body, where its end is reached. */
function pushJump(building: Building, body: readonly Op[], to: Label): void {
  const last = body.at(-1);
  if (last === undefined || !endsPath(last)) push(building, { kind: "jump", to });
}

/** The label comes to stand here: before a new segment, or before this one where nothing is in it yet. */
function place(building: Building, label: Label): void {
  if (building.segments.at(-1)?.length !== 0) building.segments.push([]);
  label.segment = building.segments.length - 1;
}
