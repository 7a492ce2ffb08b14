// The syntax tree of a `.frame` file: what was written, nothing resolved. Every node carries its span.
// Names are resolved in check/, decisions are taken in ir/.

import type { Span } from "../source/span.ts";

interface Node {
  readonly span: Span;
}

/** A name as written, with its place. */
export interface Name extends Node {
  readonly text: string;
}

// ---------------------------------------------------------------------------------------------------
// Literals

/** `"text\r\n\x1C"` (characters above U+007F as UTF-8), `x"7D 01"`: always bytes; `quoted` tells how it was written. */
export interface BytesLiteral extends Node {
  readonly kind: "bytes";
  readonly bytes: Uint8Array;
  readonly quoted: "text" | "hex";
}

/**
 * `12`, `0x7E`, `64KiB`, `5s`, `95%`: the value in bytes for sizes, in milliseconds for durations; below 2^64.
 * `unit` is as written ("KiB", "s", "%") or absent. `source` keeps the spelling for fmt.
 */
export interface NumberLiteral extends Node {
  readonly kind: "number";
  readonly value: bigint;
  readonly unit?: string;
  readonly source: string;
}

export type Literal = BytesLiteral | NumberLiteral;

// ---------------------------------------------------------------------------------------------------
// File

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

// ---------------------------------------------------------------------------------------------------
// Protocol

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

// ---------------------------------------------------------------------------------------------------
// Statements of a frame, block, element or layer

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

/** `3..5`, `("MQTT", "MQIsdp")`, `(1, 2, 7..9)` */
export interface SetLiteral extends Node {
  readonly items: readonly SetItem[];
}

/** One value, or an inclusive range where `to` is present. */
export interface SetItem extends Node {
  readonly from: Expression;
  readonly to?: Expression;
}

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

// ---------------------------------------------------------------------------------------------------
// Expressions

/** `length`, `props.v2019`, `Command.bind`, `extensions[0].name`; a constant, an enum member or a field. */
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

// ---------------------------------------------------------------------------------------------------
// Keys

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

// ---------------------------------------------------------------------------------------------------
// Routers

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

// ---------------------------------------------------------------------------------------------------
// Tests

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
