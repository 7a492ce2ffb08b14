// The syntax tree: test vectors. Data only.

import type { Span } from "../../source/span.ts";
import type { Expression, FieldPath } from "./expressions.ts";
import type { BytesLiteral, Literal, Name, Node } from "./literals.ts";

/** `test HJ212 "a daily report" { bytes "##…"; expect station == "…"; }`: `of` names a protocol or a router. */
export interface TestDeclaration extends Node {
  readonly kind: "test";
  readonly docs: readonly string[];
  readonly of: Name;
  readonly title: BytesLiteral;
  readonly statements: readonly TestStatement[];
}

export type TestStatement =
  /** Several literals, and several statements, are concatenated. */
  | { readonly kind: "bytes"; readonly parts: readonly BytesLiteral[]; readonly span: Span }
  /** `client "10.1.2.3";` the address the rules see; default 127.0.0.1. */
  | { readonly kind: "client"; readonly address: BytesLiteral; readonly span: Span }
  | { readonly kind: "expect"; readonly what: Expectation; readonly span: Span };

export type Expectation =
  | { readonly kind: "key"; readonly key: Name; readonly value: Literal }
  | { readonly kind: "missing"; readonly key: Name }
  /** `expect frame;` `expect frame 35;` */
  | { readonly kind: "frame"; readonly length?: Expression }
  /** `expect reject;` `expect reject at crc;` `expect reject "no station number";` */
  | { readonly kind: "reject"; readonly at?: FieldPath; readonly message?: BytesLiteral }
  /** `expect need 7;` bytes still missing at least; `expect need;` */
  | { readonly kind: "need"; readonly bytes?: Expression }
  | { readonly kind: "drop"; readonly bytes: Expression }
  /** `expect pool north;` for a router. */
  | { readonly kind: "pool"; readonly pool: Name };
