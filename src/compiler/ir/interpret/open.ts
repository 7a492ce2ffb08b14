// Where a frame begins: literals that are ignored before it, its start mark, and the junk in between. Pure.

import type { Op } from "../ir.ts";
import type { Outcome } from "./outcome.ts";
import { meeting } from "./scan.ts";

type Open = Extract<Op, { kind: "open" }>;

/** What stands at the first of `bytes`: an outcome, `fail` (the operation's), or the mark of `length` bytes. */
export type Opening =
  | { readonly kind: "opened"; readonly length: number }
  | { readonly kind: "fail" }
  | { readonly kind: "outcome"; readonly outcome: Outcome };

/** Looks for the frame's beginning at the first byte. */
export function openFrame(op: Open, bytes: Uint8Array): Opening {
  for (const literal of op.ignore) {
    const met = meeting(bytes, 0, literal);
    if (met === "whole") return dropped(literal.length, "ignored");
    if (met === "part" && bytes.length > 0) return need(op, bytes);
  }
  if (op.start === null) return { kind: "opened", length: 0 };
  const met = meeting(bytes, 0, op.start);
  if (met === "whole") return { kind: "opened", length: op.start.length };
  if (met === "part") return need(op, bytes);
  if (op.fail !== null && (op.atConnection || !op.fail.resync)) return { kind: "fail" };
  return dropped(junkBefore(op, bytes), "junk");
}

/** Bytes before the next place where the mark or an ignored literal stands, or may once more bytes come. At least 1. */
function junkBefore(op: Open, bytes: Uint8Array): number {
  const marks = op.start === null ? op.ignore : [op.start, ...op.ignore];
  let at = 1;
  while (at < bytes.length && marks.every((mark) => meeting(bytes, at, mark) === "none")) at++;
  return at;
}

function need(op: Open, bytes: Uint8Array): Opening {
  const missing = Math.max(1, op.need - bytes.length);
  return { kind: "outcome", outcome: { kind: "need", missing } };
}

function dropped(bytes: number, cause: "junk" | "ignored"): Opening {
  return { kind: "outcome", outcome: { kind: "drop", bytes, cause, reason: null } };
}
