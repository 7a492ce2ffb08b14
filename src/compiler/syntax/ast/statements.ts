// The syntax tree: statements of a frame, block, element or layer. Data only.

import type { Expression, FieldPath, SetLiteral } from "./expressions.ts";
import type { BytesLiteral, Literal, Name, Node } from "./literals.ts";

export type Statement =
  | StartStatement
  | EndStatement
  | BetweenStatement
  | IgnoreStatement
  | DropStatement
  | SizeStatement
  | MaxStatement
  | EndianStatement
  | PadStatement
  | RestStatement
  | LiteralStatement
  | FieldStatement
  | BitsStatement
  | BlockStatement
  | IfStatement
  | SwitchStatement
  | RepeatStatement
  | CheckStatement;

/** `start "*" at connection confirm header max 8 false starts;` (construct 18) */
export interface StartStatement extends Node {
  readonly kind: "start";
  readonly mark: BytesLiteral | FieldPath;
  readonly atConnection: boolean;
  readonly confirm?: "none" | "header" | "end" | "check";
  readonly falseStarts?: Expression;
}

/** `end "\r\n";` the frame's last bytes. */
export interface EndStatement extends Node {
  readonly kind: "end";
  readonly mark: BytesLiteral | FieldPath;
}

/** `between 0x7E and 0x7E unescape { x"7D 01" -> x"7D"; }` (construct 16) */
export interface BetweenStatement extends Node {
  readonly kind: "between";
  readonly open: Literal;
  readonly close: Literal;
  readonly unescape: readonly UnescapePair[];
}

export interface UnescapePair extends Node {
  readonly from: BytesLiteral;
  readonly to: BytesLiteral;
}

/** `ignore x"00", "\r\n" before frame;` */
export interface IgnoreStatement extends Node {
  readonly kind: "ignore";
  readonly marks: readonly BytesLiteral[];
}

/** `drop max 4KiB;` */
export interface DropStatement extends Node {
  readonly kind: "drop";
  readonly max: Expression;
}

/** `size = length + 7;` the whole frame, block or element, marks included. */
export interface SizeStatement extends Node {
  readonly kind: "size";
  readonly value: Expression;
}

/** `max 64KiB;` */
export interface MaxStatement extends Node {
  readonly kind: "max";
  readonly value: Expression;
}

/** `endian little;` or `endian by mark { "B": big, "l": little }` */
export interface EndianStatement extends Node {
  readonly kind: "endian";
  readonly order: "big" | "little" | EndianByField;
}

export interface EndianByField extends Node {
  readonly field: FieldPath;
  readonly cases: readonly { readonly value: Literal; readonly order: "big" | "little" }[];
}

/** `pad to 4;` */
export interface PadStatement extends Node {
  readonly kind: "pad";
  readonly to: Expression;
}

/** `rest;` `rest body;` */
export interface RestStatement extends Node {
  readonly kind: "rest";
  readonly docs: readonly string[];
  readonly name?: Name;
}

/** `"$";` `x"0D 0A";` constant bytes without a name. */
export interface LiteralStatement extends Node {
  readonly kind: "literal";
  readonly bytes: BytesLiteral;
}

/** A typed field: `u8 type = 0x10;` `text[u16] client max 256;` `text line until "\r\n" max 512;` */
export interface FieldStatement extends Node {
  readonly kind: "field";
  readonly docs: readonly string[];
  readonly type: FieldType;
  /** Absent, or `_`, where nobody refers to it. */
  readonly name?: Name;
  /** `little u16 x` is spelled `u16 x endian little`. */
  readonly endian?: "big" | "little";
  /** `@19`: offset from the start of the frame, block or element, in bytes. */
  readonly at?: Expression;
  readonly guard?: Guard;
  readonly max?: Expression;
  readonly until?: readonly BytesLiteral[];
  /** `counts code..value`: this integer is the number of bytes from the first field to the end of the last one. */
  readonly counts?: FieldRange;
  /** `= check xor(id..body)`, `= unverified check …` */
  readonly check?: CheckCall;
  /** `feeds Hello by type` (construct 17) */
  readonly feeds?: { readonly frame: Name; readonly by?: FieldPath };
}

/** Inclusive: from the start of `first` to the end of `last`; a single field where `last` is absent. */
export interface FieldRange extends Node {
  readonly first: FieldPath;
  readonly last?: FieldPath;
}

export interface CheckCall extends Node {
  readonly algorithm: Name;
  readonly over: FieldRange;
  readonly isUnverified: boolean;
}

/** `check crc32c(id..crc) == 0xB798B438;` */
export interface CheckStatement extends Node {
  readonly kind: "check";
  readonly call: CheckCall;
  readonly value: Expression;
}

/** `= 0x10`, `in 3..5`, `in (1, 2, 9)`, `not in 1..4`, `= "MQTT"`; comparisons `< <= > >= !=` besides. */
export type Guard = Node &
  (
    | {
        readonly kind: "compare";
        readonly operator: "=" | "!=" | "<" | "<=" | ">" | ">=";
        readonly value: Expression;
      }
    | { readonly kind: "in"; readonly isNegated: boolean; readonly set: SetLiteral }
  );

export type IntegerTypeName =
  | "u8"
  | "u16"
  | "u24"
  | "u32"
  | "u48"
  | "u56"
  | "u64"
  | "i8"
  | "i16"
  | "i24"
  | "i32"
  | "i48"
  | "i56"
  | "i64";
export type VarintTypeName = "varint" | "vlq" | "ber" | "lenenc";
export type DigitTypeName = "dec" | "hex" | "bcd";
export type BytesTypeName = "bytes" | "text" | "ascii" | "utf8" | "text16le" | "text16be";

export type FieldType = Node &
  (
    | { readonly kind: "integer"; readonly name: IntegerTypeName }
    /** `varint[4]`: at most so many bytes; `lenenc` has no brackets. */
    | { readonly kind: "varint"; readonly name: VarintTypeName; readonly mostBytes?: Expression }
    /** `dec[4]`: bytes on the wire; without brackets the field has `until`. `filler` is the nibble of `bcd … filler F`. */
    | {
        readonly kind: "digits";
        readonly name: DigitTypeName;
        readonly sizeBytes?: Expression;
        readonly filler?: number;
      }
    /** `text[16]`, `text[u16]`; without brackets the field has `until`. Always bytes on the wire. */
    | { readonly kind: "bytes"; readonly name: BytesTypeName; readonly size?: SizeOf }
    /** `cstring[64]`: at most so many bytes, NUL included. */
    | { readonly kind: "cstring"; readonly mostBytes: Expression }
  );

/** What stands in size brackets: an expression, or the type of an inline length prefix. */
export type SizeOf =
  | { readonly kind: "expression"; readonly value: Expression }
  | { readonly kind: "prefix"; readonly type: FieldType };

/** `bits u16 props { _, v2019, split, crypt:3, bodyLength:10 }`; `bits u8 flags { user bit 7; }` by number. */
export interface BitsStatement extends Node {
  readonly kind: "bits";
  readonly docs: readonly string[];
  readonly type: IntegerTypeName;
  readonly name?: Name;
  readonly endian?: "big" | "little";
  readonly at?: Expression;
  readonly members: readonly BitMember[];
}

export interface BitMember extends Node {
  /** `_` where unused. */
  readonly name: Name;
  /** In order of writing: `width` bits, most significant first. Numbered: `bit 7`, `bits 5..3` (least = 0). */
  readonly place:
    | { readonly kind: "ordered"; readonly widthBits: number }
    | { readonly kind: "numbered"; readonly high: number; readonly low: number };
  readonly guard?: Guard;
}

/** `block[length] { … }`, `block[u16] body { … }` */
export interface BlockStatement extends Node {
  readonly kind: "block";
  readonly docs: readonly string[];
  readonly size: SizeOf;
  readonly name?: Name;
  readonly at?: Expression;
  readonly body: readonly Statement[];
}

/** `if version == 5 { … } else if more { … } else { … }` */
export interface IfStatement extends Node {
  readonly kind: "if";
  readonly condition: Expression;
  readonly then: readonly Statement[];
  readonly else?: readonly Statement[];
}

/** `switch type { 1: u8 a; 2..4: { … } 5, 7: { … } else: …; }` */
export interface SwitchStatement extends Node {
  readonly kind: "switch";
  readonly on: Expression;
  readonly arms: readonly SwitchArm[];
  readonly else?: readonly Statement[];
}

export interface SwitchArm extends Node {
  readonly values: SetLiteral;
  readonly body: readonly Statement[];
}

/** `repeat params count times max 8 { … }`, `repeat ext filling u16 max 64 { … }`, `repeat hdr until 0 max 64 { … }` */
export interface RepeatStatement extends Node {
  readonly kind: "repeat";
  readonly docs: readonly string[];
  readonly name?: Name;
  readonly extent:
    | { readonly kind: "times"; readonly count: Expression }
    | { readonly kind: "filling"; readonly size: SizeOf }
    /** `filling rest`: to the end of the enclosing sized part. */
    | { readonly kind: "filling-rest" }
    | { readonly kind: "until"; readonly terminator: Literal };
  readonly max?: Expression;
  readonly body: readonly Statement[];
}
