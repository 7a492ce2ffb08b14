// Inline length prefixes: `text[u16] name`, `bytes[varint[4]] properties`. Their value is the size of what follows.

import { report } from "../../diagnostics/collector.ts";
import type { Cond, Expr, Position } from "../ir.ts";
import { requireInteger } from "./expressions.ts";
import { emitField, emitLoad } from "./fields.ts";
import { integerRange } from "./integer-types.ts";
import {
  assume,
  constant,
  dottedName,
  failAt,
  type Lowering,
  newSlot,
  type Path,
  rangeOf,
  slotExpr,
} from "./lowering.ts";
import { NO_REST } from "./reach.ts";
import type { Rest } from "./rest.ts";
import { nameOf, type Step, titleOf } from "./steps.ts";
import { emitVarint } from "./varints.ts";

type PrefixStep = Extract<Step, { kind: "prefix" }>;

/** Decodes a prefix at `at`; an integer's or digits' bytes are present, a variable-length one finds its own end. */
export function lowerPrefix(
  lowering: Lowering,
  path: Path,
  step: PrefixStep,
  at: Position,
  rest: Rest = NO_REST,
): void {
  const hint = `${nameOf(step.owner) ?? titleOf(step)}Size`;
  const value = prefixValue(lowering, path, step, at, rest, hint);
  if (value === undefined) return;
  limit(lowering, path, step, value, at);
  lowering.lengths.set(step.owner, value);
}

function prefixValue(
  lowering: Lowering,
  path: Path,
  step: PrefixStep,
  at: Position,
  rest: Rest,
  hint: string,
): Expr | undefined {
  const { type } = step;
  switch (type.kind) {
    case "integer": {
      const { bytes, lo } = integerRange(type.name);
      if (bytes > 6 || lo < 0) {
        report(lowering.collector, "wrongType", type.span, {
          expected: "an unsigned length of at most u48",
          found: type.name,
        });
        return undefined;
      }
      const slot = emitLoad(lowering, path, hint, type.name, at, undefined);
      const view = { source: "wire", at, length: constant(bytes) } as const;
      emitField(path, hint, view, { kind: "integer", value: slotExpr(slot) }, step.owner.span);
      return slotExpr(slot);
    }
    case "varint":
      return slotExpr(emitVarint(lowering, path, type, at, hint, rest, step.owner.span).slot);
    case "digits": {
      if (type.sizeBytes === undefined) break;
      const size = requireInteger(lowering, path, type.sizeBytes);
      if (size?.kind !== "const") return undefined;
      const view = { source: "wire", at, length: size } as const;
      const digits = type.name === "bcd" ? 2 * size.value : size.value;
      const slot = newSlot(lowering, hint, {
        lo: 0,
        hi: Math.min((type.name === "hex" ? 16 : 10) ** digits - 1, Number.MAX_SAFE_INTEGER),
      });
      const fail = failAt(
        lowering,
        path,
        "digits",
        dottedName(path, hint),
        at,
        lowering.sourceText(step.owner.span),
      );
      path.ops.push({ kind: "digits", slot, view, base: type.name, filler: null, fail });
      emitField(path, hint, view, { kind: "integer", value: slotExpr(slot) }, step.owner.span);
      return slotExpr(slot);
    }
    default:
      break;
  }
  report(lowering.collector, "wrongType", type.span, {
    expected: "an integer type as length prefix",
    found: type.kind,
  });
  return undefined;
}

/** `max` of a prefixed field bounds its length. */
function limit(lowering: Lowering, path: Path, step: PrefixStep, value: Expr, at: Position): void {
  const { owner } = step;
  if (owner.kind !== "field" || owner.max === undefined) return;
  const max = requireInteger(lowering, path, owner.max);
  if (max === undefined) return;
  if (rangeOf(lowering, path, value).hi <= rangeOf(lowering, path, max).lo) return;
  const cond: Cond = { kind: "compare", operator: "<=", left: value, right: max };
  const field = dottedName(path, titleOf(step));
  path.ops.push({
    kind: "guard",
    condition: cond,
    fail: failAt(lowering, path, "too-long", field, at, lowering.sourceText(owner.span)),
  });
  assume(lowering, path, cond, true);
}
