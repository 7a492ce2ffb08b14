// A key's value while its alternatives are lowered. Data and two ways to make it.

import type { Cond, Expr, View } from "../ir.ts";
import { constant, slotExpr } from "./lowering.ts";

/** A key's value on its way: what must hold for it to be there, and what it is. */
export type KeyValue =
  | {
      readonly kind: "view";
      readonly conditions: readonly Cond[];
      readonly view: View;
      readonly isText: boolean;
      readonly maxBytes: number;
      /** Fewest bytes, where more is known than the view's length tells. */
      readonly minBytes?: number;
    }
  | { readonly kind: "integer"; readonly conditions: readonly Cond[]; readonly value: Expr };

/** A value found in another one by a text operation. */
export function found(
  of: KeyValue & { kind: "view" },
  into: { readonly found: number; readonly offset: number; readonly length: number },
  isText: boolean,
): KeyValue {
  return {
    kind: "view",
    conditions: [...of.conditions, flagSet(into.found)],
    view: {
      source: of.view.source,
      at: { base: into.offset, offset: 0 },
      length: slotExpr(into.length),
    },
    isText,
    maxBytes: of.maxBytes,
  };
}

/** The flag is 1. */
export function flagSet(flag: number): Cond {
  return { kind: "compare", operator: "==", left: slotExpr(flag), right: constant(1) };
}
