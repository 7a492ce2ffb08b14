// What a name means while a frame is lowered: where its bytes lie and which slots hold its value. Data only.

import type { Span } from "../../source/span.ts";
import type { Expression, FieldPath } from "../../syntax/ast.ts";
import type { Expr, Found, Position, Slot, View, Which } from "../ir.ts";

/** How a bytes field's content reads; digits are text of their digits. */
export type Content = "bytes" | "text" | "dec" | "hex" | "bcd" | "text16le" | "text16be";

/** Whether two fields become the same key from the same bytes: neither is rewritten, or both alike. */
export function readsAlike(
  left: { readonly content: Content; readonly filler: number | null },
  right: { readonly content: Content; readonly filler: number | null },
): boolean {
  const rewritten = (content: Content): Content | null =>
    ["bcd", "text16le", "text16be"].includes(content) ? content : null;
  return rewritten(left.content) === rewritten(right.content) && left.filler === right.filler;
}

/**
 * The bytes of a field's value on the wire, without the mark that ends it, for ranges such as `id..body`; null where its
 * place depends on the path.
 */
export type Extent = { readonly from: Position; readonly to: Position } | null;

interface Declared {
  readonly span: Span;
  readonly extent: Extent;
  /** Slot that is 1 where the field is there; null: always. */
  readonly present: Slot | null;
}

export type Binding =
  | (Declared & {
      readonly kind: "integer";
      readonly value: Expr;
      /** Its bytes as they came, for a key of the raw bytes. */
      readonly view: View | null;
      readonly sizeBytes: number;
      readonly order: "big" | "little";
    })
  | (Declared & {
      readonly kind: "bytes";
      readonly view: View;
      readonly content: Content;
      /** The nibble that fills a `bcd` field up, or null. */
      readonly filler: number | null;
      readonly maxBytes: number;
      /** The value of digits, where it fits 2^53 − 1. */
      readonly value: Expr | null;
      /** Declared as a number whose values are too large to be computed with. */
      readonly isWideNumber?: boolean;
    })
  /** `bits` and named blocks: members by their own names. */
  | (Declared & { readonly kind: "group"; readonly members: ReadonlyMap<string, Binding> })
  /** A repetition: only searches see its elements. */
  | (Declared & {
      readonly kind: "list";
      /** All its elements' bytes, with the terminator where it has one. */
      readonly view: View;
      readonly maxBytes: number;
      readonly picks: ReadonlyMap<PickRequest, PickResult>;
    });

/**
 * What a key wants of a repetition, collected before it is lowered: found in one pass over its elements. Without `take`
 * only whether some element matches (`any`), or the first value of a nested repetition's only field.
 */
export interface PickRequest {
  /** For slot names. */
  readonly hint: string;
  readonly select:
    | { readonly kind: "where"; readonly condition: Expression }
    | { readonly kind: "index"; readonly index: number }
    | { readonly kind: "every" };
  readonly which: Which;
  readonly take: FieldPath | { readonly kind: "nothing" } | { readonly kind: "only-field" };
  readonly span: Span;
  /** What is asked of a repetition inside the elements, where `take` names one. */
  readonly nested: PickRequest | null;
}

/** Slots that a search leaves behind. */
export type PickResult =
  | {
      readonly kind: "bytes";
      readonly into: Found;
      readonly content: Content;
      readonly filler: number | null;
      /** Grows where a second arm declares the repetition too. */
      maxBytes: number;
    }
  | { readonly kind: "integer"; readonly found: Slot; readonly slot: Slot };

/** Names visible at a place, innermost first. */
export interface Scope {
  readonly names: Map<string, Binding>;
  /** Names it declares, some of them further on: they hide those around it from its beginning. */
  readonly own: Set<string>;
  readonly parent: Scope | null;
}

export function createScope(parent: Scope | null): Scope {
  return { names: new Map(), own: new Set(), parent };
}

/** The binding of a name in the scope or around it; none where the scope declares it further on. */
export function findBinding(scope: Scope, name: string): Binding | undefined {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const found = at.names.get(name);
    if (found !== undefined || at.own.has(name)) return found;
  }
  return undefined;
}

/** Every name that the scope and those around it declare, for "did you mean": also where its field was at fault. */
export function visibleNames(scope: Scope): string[] {
  const names: string[] = [];
  for (let at: Scope | null = scope; at !== null; at = at.parent)
    names.push(...at.names.keys(), ...at.own);
  return names;
}
