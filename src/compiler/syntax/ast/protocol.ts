// The syntax tree: a protocol and its parts. Data only.

import type { Expression, FieldPath } from "./expressions.ts";
import type { KeyDeclaration } from "./keys.ts";
import type { BytesLiteral, Name, Node } from "./literals.ts";
import type { DropStatement, EndianStatement, MaxStatement, Statement } from "./statements.ts";

export interface ProtocolDeclaration extends Node {
  readonly kind: "protocol";
  readonly docs: readonly string[];
  readonly name: Name;
  readonly items: readonly ProtocolItem[];
}

export type ProtocolItem =
  | FrameDeclaration
  | VariantDeclaration
  | LayerDeclaration
  | DialogDeclaration
  | ServerFirstDeclaration
  | StreamDeclaration
  | KeyDeclaration
  | PrefixDeclaration
  | EndianStatement
  | DecideDeclaration
  | MaxStatement
  | DropStatement;

/** `frame { … }`, `frame Connect { … }` */
export interface FrameDeclaration extends Node {
  readonly kind: "frame";
  readonly docs: readonly string[];
  readonly name?: Name;
  readonly body: readonly Statement[];
}

/** `variant { frame A { … } frame B { … } }` (construct 12) */
export interface VariantDeclaration extends Node {
  readonly kind: "variant";
  readonly docs: readonly string[];
  readonly frames: readonly FrameDeclaration[];
}

/** `layer record max 16 parts { … bytes[size] feeds Hello by type; }` (construct 17) */
export interface LayerDeclaration extends Node {
  readonly kind: "layer";
  readonly docs: readonly string[];
  readonly name: Name;
  readonly parts: Expression;
  readonly body: readonly Statement[];
}

/** `dialog max 4 turns { on Ssl reply "N" consume then Startup; on Startup done; }` (construct 20) */
export interface DialogDeclaration extends Node {
  readonly kind: "dialog";
  readonly docs: readonly string[];
  readonly turns?: Expression;
  readonly steps: readonly DialogStep[];
}

export interface DialogStep extends Node {
  readonly frame: Name;
  readonly where?: Expression;
  /** Literals and fields already decoded, concatenated. */
  readonly reply?: {
    readonly items: readonly (BytesLiteral | FieldPath)[];
    readonly disposal: "consume" | "replay";
    readonly backend?: BackendExpectation;
  };
  /** `then Startup`, `then any`, `done`. */
  readonly next:
    | { readonly kind: "frame"; readonly name: Name }
    | { readonly kind: "any" }
    | { readonly kind: "done" };
}

/** `backend expects x"05 00"` or `backend expects frame Banner` */
export type BackendExpectation = Node &
  (
    | { readonly kind: "bytes"; readonly bytes: BytesLiteral }
    | { readonly kind: "frame"; readonly name: Name }
  );

/** `server first "220 …\r\n", backend expects frame Banner;` */
export interface ServerFirstDeclaration extends Node {
  readonly kind: "server-first";
  readonly docs: readonly string[];
  readonly greeting: BytesLiteral;
  readonly backend?: BackendExpectation;
}

/** `stream { client frame Packet; server frame Packet; reply by id; }`, or `reply in order;` */
export interface StreamDeclaration extends Node {
  readonly kind: "stream";
  readonly docs: readonly string[];
  readonly client: Name;
  readonly server: Name;
  readonly reply:
    | { readonly kind: "by"; readonly field: FieldPath }
    | { readonly kind: "in-order" };
}

/** `prefix ProxyV1 | ProxyV2 required;` without `required` the prefix may be absent. */
export interface PrefixDeclaration extends Node {
  readonly kind: "prefix";
  readonly docs: readonly string[];
  readonly protocols: readonly Name[];
  readonly isRequired: boolean;
}

/** `decide at frame;` `decide at key;` */
export interface DecideDeclaration extends Node {
  readonly kind: "decide";
  readonly at: "frame" | "key";
}
