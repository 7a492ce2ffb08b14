// Which slots must outlive a suspension: those that may be read, after it, before they are set again.

import type { Op, Slot } from "../ir.ts";
import { isSuspending, type SuspendingOp, slotsRead, slotsSet } from "./access.ts";

type Slots = ReadonlySet<Slot>;

/** For each suspending operation the slots that it or anything behind it may still read; its own results are not among them. */
export function liveAtSuspensions(body: readonly Op[]): ReadonlyMap<SuspendingOp, Slots> {
  const live = new Map<SuspendingOp, Slots>();
  const none: Slots = new Set();
  throughBody(body, none, none, (op, slots) => {
    live.set(op, union(live.get(op) ?? none, slots));
  });
  return live;
}

type Recorder = (op: SuspendingOp, slots: Slots) => void;

/** What is live before the sequence, given what is live behind it and behind the innermost loop. */
function throughBody(
  ops: readonly Op[],
  behind: Slots,
  behindLoop: Slots,
  record: Recorder,
): Slots {
  return ops.reduceRight((live, op) => throughOp(op, live, behindLoop, record), behind);
}

function throughOp(op: Op, behind: Slots, behindLoop: Slots, record: Recorder): Slots {
  switch (op.kind) {
    case "fail":
    case "verdict":
      return slotsRead(op);
    case "leave":
      return behindLoop;
    case "if":
      return union(
        slotsRead(op),
        throughBody(op.then, behind, behindLoop, record),
        throughBody(op.else, behind, behindLoop, record),
      );
    case "switch":
      return union(
        slotsRead(op),
        ...op.arms.map((arm) => throughBody(arm.body, behind, behindLoop, record)),
        throughBody(op.else, behind, behindLoop, record),
      );
    case "loop":
      return throughLoop(op, behind, record);
    default: {
      const live = union(slotsRead(op), without(behind, slotsSet(op)));
      if (isSuspending(op)) record(op, live);
      return live;
    }
  }
}

/** Goes round until nothing is added: what a round leaves live is live before the next. */
function throughLoop(op: Extract<Op, { kind: "loop" }>, behind: Slots, record: Recorder): Slots {
  let head = union(behind, slotsRead(op), new Set([op.index]));
  for (let size = -1; size !== head.size; ) {
    size = head.size;
    head = union(head, throughBody(op.body, head, behind, record));
  }
  return without(head, [op.index]);
}

function union(...sets: readonly Slots[]): Slots {
  return new Set(sets.flatMap((set) => [...set]));
}

function without(slots: Slots, gone: readonly Slot[]): Slots {
  return new Set([...slots].filter((slot) => !gone.includes(slot)));
}
