// The syntax tree: a file and its declarations, all but protocols, routers and tests. Data only.

import type { Expression } from "./expressions.ts";
import type { BytesLiteral, Name, Node, NumberLiteral } from "./literals.ts";
import type { ProtocolDeclaration } from "./protocol.ts";
import type { RouterDeclaration } from "./routers.ts";
import type { TestDeclaration } from "./tests.ts";

export interface FrameFile extends Node {
  readonly kind: "file";
  readonly declarations: readonly Declaration[];
}

export type Declaration =
  | ImportDeclaration
  | ConstDeclaration
  | EnumDeclaration
  | ChecksumDeclaration
  | ProtocolDeclaration
  | RouterDeclaration
  | TestDeclaration;

/** `import "proxy";`: a relative path, or a name from the built-in library. */
export interface ImportDeclaration extends Node {
  readonly kind: "import";
  readonly docs: readonly string[];
  readonly path: BytesLiteral;
}

/** `const limit = 64KiB;` or `const mark = "##";` */
export interface ConstDeclaration extends Node {
  readonly kind: "const";
  readonly docs: readonly string[];
  readonly name: Name;
  readonly value: Expression;
}

/** `enum Command { bind = 1; unbind = 6; }`: members are used as `Command.bind`. */
export interface EnumDeclaration extends Node {
  readonly kind: "enum";
  readonly docs: readonly string[];
  readonly name: Name;
  readonly members: readonly EnumMember[];
}

export interface EnumMember extends Node {
  readonly docs: readonly string[];
  readonly name: Name;
  readonly value: Expression;
}

/**
 * `checksum acme { width 16; poly 0x8005; init 0xFFFF; reflect in; reflect out; xorout 0; }`: a CRC of the user's own,
 * by the parameters of the Rocksoft model.
 */
export interface ChecksumDeclaration extends Node {
  readonly kind: "checksum";
  readonly docs: readonly string[];
  readonly name: Name;
  readonly parameters: readonly ChecksumParameter[];
}

export type ChecksumParameter = Node &
  (
    | {
        readonly kind: "number";
        readonly name: "width" | "poly" | "init" | "xorout";
        readonly value: NumberLiteral;
      }
    | { readonly kind: "reflect"; readonly what: "in" | "out" }
  );
