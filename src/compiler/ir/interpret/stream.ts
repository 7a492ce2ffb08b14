// A whole input, frame after frame: what a connection's first bytes come to. The log that every split and every target
// must equal.

import { interpret } from "../interpret.ts";
import type { Program } from "../ir.ts";
import type { DropCause, KeyValue, Outcome } from "./outcome.ts";

/** What a caller of `unpack` sees happen. `at` and the lengths of frames count in the whole input. */
export type StreamEvent =
  | {
      readonly kind: "frame" | "consume";
      readonly at: number;
      readonly length: number;
      readonly keys: readonly KeyValue[];
    }
  /** Consecutive drops of one cause and reason, added up. */
  | {
      readonly kind: "drop";
      readonly at: number;
      readonly bytes: number;
      readonly cause: DropCause;
      readonly reason: number | null;
    }
  /** The input is over; `at` is where the next frame begins. Last. */
  | { readonly kind: "need"; readonly at: number; readonly missing: number }
  /** Last. `offset` counts from the frame's start at `at`. */
  | {
      readonly kind: "reject";
      readonly at: number;
      readonly reason: number;
      readonly offset: number;
    }
  /** The connection is decided. Last. */
  | {
      readonly kind: "key";
      readonly at: number;
      readonly inspected: number;
      readonly length: number | null;
      readonly keys: readonly KeyValue[];
    };

/** The events of an input of which all bytes are present. */
export function interpretStream(program: Program, bytes: Uint8Array): readonly StreamEvent[] {
  return collectEvents((at) => interpret(program, bytes.subarray(at)));
}

/**
 * The events of an input, frame after frame. `outcomeAt` says what stands at a place; it answers `need` only once the
 * input is over.
 */
export function collectEvents(outcomeAt: (at: number) => Outcome): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  for (let at = 0; ; ) {
    const outcome = outcomeAt(at);
    append(events, at, outcome);
    if (outcome.kind === "drop") at += outcome.bytes;
    else if (outcome.kind === "frame" || outcome.kind === "consume") at += outcome.length;
    else return events;
  }
}

function append(events: StreamEvent[], at: number, outcome: Outcome): void {
  const last = events.at(-1);
  const isSameDrop =
    last?.kind === "drop" &&
    outcome.kind === "drop" &&
    last.cause === outcome.cause &&
    last.reason === outcome.reason;
  if (isSameDrop) events.splice(-1, 1, { ...last, bytes: last.bytes + outcome.bytes });
  else events.push({ ...outcome, at });
}
