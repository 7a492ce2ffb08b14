// The syntax tree: keys, their sources and modifiers. Data only.

import type { Expression, FieldPath } from "./expressions.ts";
import type { BytesLiteral, Literal, Name, Node } from "./literals.ts";

/** `key db = database nonempty else user lower max 64;` */
export interface KeyDeclaration extends Node {
  readonly kind: "key";
  readonly docs: readonly string[];
  readonly name: Name;
  /** Tried in order: `a else b`. */
  readonly alternatives: readonly KeyAlternative[];
}

/** A source and its modifiers in order of writing; they bind to this alternative alone. */
export interface KeyAlternative extends Node {
  readonly source: KeySource;
  readonly modifiers: readonly KeyModifier[];
}

export type KeySource = Node &
  /** `client`, `properties.name` */
  (
    | { readonly kind: "field"; readonly path: FieldPath }
    /** A default: `else "none"`, `else 0`. */
    | { readonly kind: "literal"; readonly value: Literal }
    /** `extensions where id == 0 take last name`; `args[1] take value` */
    | {
        readonly kind: "search";
        readonly list: FieldPath;
        readonly select:
          | { readonly kind: "where"; readonly condition: Expression }
          | { readonly kind: "index"; readonly index: number }
          | { readonly kind: "every" };
        readonly which: Which;
        readonly take: FieldPath;
      }
    /** `any extensions.alpn == "h2"`: the integer 1 or 0. */
    | { readonly kind: "any"; readonly condition: Expression }
    /** `headers(head) take only "host"` */
    | {
        readonly kind: "headers";
        readonly of: FieldPath;
        readonly which: Which;
        readonly name: BytesLiteral;
      }
    /** `number(station)`: decimal digits as an integer; not a number: missing. */
    | { readonly kind: "number"; readonly of: KeyAlternative }
    /** `(a else b)`: its modifiers apply to whichever was taken. */
    | { readonly kind: "group"; readonly alternatives: readonly KeyAlternative[] }
  );

export type Which = "first" | "last" | "only";

export type KeyModifier = Node &
  /** `split " " [1]`: the piece with that index, from 0, negative from the end; absent piece: missing. */
  (
    | { readonly kind: "split"; readonly separator: BytesLiteral; readonly index: number }
    /** `split ";" pairs "=" take "MN"` */
    | {
        readonly kind: "pairs";
        readonly separator: BytesLiteral;
        readonly assign: BytesLiteral;
        readonly which: Which;
        readonly name: BytesLiteral;
      }
    /** `url path [-1]`, `url host`, `url query "id"` */
    | { readonly kind: "url"; readonly part: UrlPart }
    | { readonly kind: "nonempty" }
    /** `labels dotted`: DNS labels (a length byte, then so many bytes) as text with dots between them. */
    | { readonly kind: "dotted" }
    | { readonly kind: "case"; readonly to: "lower" | "upper" }
    /** `trim left "0"`, `trim right " \0"`, `trim " "`: any of these bytes, from that side or both. */
    | {
        readonly kind: "trim";
        readonly side: "left" | "right" | "both";
        readonly bytes: BytesLiteral;
      }
    | { readonly kind: "max"; readonly value: Expression }
  );

export type UrlPart =
  | { readonly kind: "scheme" | "user" | "host" | "port" | "path" }
  /** A segment of the path between `/`, from 0 after the leading one. */
  | { readonly kind: "segment"; readonly index: number }
  | { readonly kind: "query"; readonly name: BytesLiteral };
