// The syntax tree: routers, their rules, conditions, actions. Data only.

import type { Span } from "../../source/span.ts";
import type { Expression, SetLiteral } from "./expressions.ts";
import type { BytesLiteral, Name, Node, NumberLiteral } from "./literals.ts";

/** `router stations on HJ212 { when … -> north; otherwise -> main by station; }` */
export interface RouterDeclaration extends Node {
  readonly kind: "router";
  readonly docs: readonly string[];
  readonly name: Name;
  readonly protocol: Name;
  readonly rules: readonly Rule[];
}

export type Rule =
  | {
      readonly kind: "when";
      readonly condition: RouteCondition;
      readonly action: RouteAction;
      readonly span: Span;
    }
  /** `map station file "devices.csv" -> pool by station;` the pool is the one that the file names. */
  | {
      readonly kind: "map";
      readonly key: Name;
      readonly file: BytesLiteral;
      readonly by?: Name;
      readonly span: Span;
    }
  | { readonly kind: "otherwise"; readonly action: RouteAction; readonly span: Span };

export type RouteAction =
  | { readonly kind: "pool"; readonly pool: Name; readonly by?: Name; readonly span: Span }
  | { readonly kind: "reject"; readonly message: BytesLiteral; readonly span: Span }
  /** `split station { 95% -> stable; 5% -> canary by station; }` */
  | {
      readonly kind: "split";
      readonly key: Name;
      readonly shares: readonly SplitShare[];
      readonly span: Span;
    };

export interface SplitShare extends Node {
  readonly percent: NumberLiteral;
  readonly action: RouteAction;
}

export type RouteCondition =
  | {
      readonly kind: "and" | "or";
      readonly left: RouteCondition;
      readonly right: RouteCondition;
      readonly span: Span;
    }
  | { readonly kind: "not"; readonly operand: RouteCondition; readonly span: Span }
  | { readonly kind: "missing"; readonly key: Name; readonly span: Span }
  | {
      readonly kind: "compare";
      readonly operand: RouteOperand;
      readonly operator: "==" | "!=" | "<" | "<=" | ">" | ">=";
      readonly value: Expression;
      readonly span: Span;
    }
  | {
      readonly kind: "in";
      readonly operand: RouteOperand;
      readonly isNegated: boolean;
      readonly set: SetLiteral;
      readonly span: Span;
    }
  | {
      readonly kind: "in-file";
      readonly operand: RouteOperand;
      readonly isNegated: boolean;
      readonly file: BytesLiteral;
      readonly span: Span;
    }
  /** `station like "88*"`, `station prefix "88"`, `station suffix "-eu"` */
  | {
      readonly kind: "pattern";
      readonly operand: RouteOperand;
      readonly match: "like" | "prefix" | "suffix";
      readonly pattern: BytesLiteral;
      readonly span: Span;
    };

/** `station`, `number(station)`, or `client` (the client's address; only `in` with CIDR texts). */
export type RouteOperand = Node &
  (
    | { readonly kind: "key"; readonly name: Name }
    | { readonly kind: "number"; readonly name: Name }
    | { readonly kind: "client" }
  );
