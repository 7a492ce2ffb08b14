// The syntax tree: expressions and sets, what a name in them means is the checker's business. Data only.

import type { Span } from "../../source/span.ts";
import type { Literal, Name, Node } from "./literals.ts";

/** `length`, `props.v2019`, `Command.bind`; a constant, an enum member or a field. */
export interface FieldPath extends Node {
  readonly kind: "path";
  readonly parts: readonly Name[];
}

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "&"
  | "|"
  | "<<"
  | ">>"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "and"
  | "or";

export type Expression =
  | Literal
  | FieldPath
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly span: Span;
    }
  | { readonly kind: "not"; readonly operand: Expression; readonly span: Span }
  /** `x in (1, 2)`, `x not in 3..5` */
  | {
      readonly kind: "in";
      readonly operand: Expression;
      readonly isNegated: boolean;
      readonly set: SetLiteral;
      readonly span: Span;
    }
  /** `more`: bytes are left in the enclosing sized part. */
  | { readonly kind: "more"; readonly span: Span }
  /** `length(name)`: a field's size in bytes. */
  | { readonly kind: "length"; readonly of: FieldPath; readonly span: Span }
  /** `present(name)`: its arm was taken. */
  | { readonly kind: "present"; readonly of: FieldPath; readonly span: Span }
  /** `any ext.alpn == "h2"`: true where some element has it. */
  | { readonly kind: "any"; readonly condition: Expression; readonly span: Span }
  /** `methods has 0`: some byte of a bytes field equals the value. */
  | {
      readonly kind: "has";
      readonly operand: FieldPath;
      readonly value: Literal;
      readonly span: Span;
    };

/** `3..5`, `("MQTT", "MQIsdp")`, `(1, 2, 7..9)` */
export interface SetLiteral extends Node {
  readonly items: readonly SetItem[];
}

/** One value, or an inclusive range where `to` is present. */
export interface SetItem extends Node {
  readonly from: Expression;
  readonly to?: Expression;
}
