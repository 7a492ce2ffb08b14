// The intermediate representation of one protocol's unpack function: data only. Every decision (order of checks,
// where to suspend, what a failure means) is taken here; interpreters, generators and the verifier only read it.

import type { KeyType, RejectReason } from "../abi.ts";
import type { Checksum } from "../check/checksums.ts";
import type { Span } from "../source/span.ts";

export type { Checksum };

/** Index into `Program.slots`. */
export type Slot = number;

/**
 * A variable: a non-negative or negative integer within [lo, hi], both exact and at most 2^53 − 1 in magnitude.
 * `lo` and `hi` hold wherever the slot is defined; guards narrow further along a path.
 */
export interface SlotInfo {
  /** Made from the source's name, unique within the program and a valid identifier. */
  readonly name: string;
  readonly lo: number;
  readonly hi: number;
  /** `position`: bytes from the frame's start. `flag`: 0 or 1. `integer`: anything else. */
  readonly role: "integer" | "position" | "flag";
}

/** Bytes from the frame's start: the slot's value (0 where null) plus a constant. */
export interface Position {
  readonly base: Slot | null;
  readonly offset: number;
}

/**
 * A run of bytes. `wire`: `at` counts from the frame's start in the caller's buffer.
 * `scratch`: `at` counts from the start of the module's scratch buffer.
 */
export interface View {
  readonly source: "wire" | "scratch";
  readonly at: Position;
  readonly length: Expr;
}

/** Arithmetic on exact integers; lowering has proven that no step leaves ±(2^53 − 1) or divides by zero. */
export type Expr =
  | { readonly kind: "const"; readonly value: number }
  | { readonly kind: "slot"; readonly slot: Slot }
  | {
      readonly kind: "binary";
      /**
       * `/` and `%` truncate. `& | << >>` only on operands within [0, 2^32 − 1]; `<<` is left · 2^right, exact; `>>` is
       * unsigned and 0 for counts above 31.
       */
      readonly operator: "+" | "-" | "*" | "/" | "%" | "&" | "|" | "<<" | ">>";
      readonly left: Expr;
      readonly right: Expr;
    };

export type Cond =
  | {
      readonly kind: "compare";
      readonly operator: "==" | "!=" | "<" | "<=" | ">" | ">=";
      readonly left: Expr;
      readonly right: Expr;
    }
  /** The value lies in one of the inclusive ranges, which are sorted and disjoint. */
  | { readonly kind: "in"; readonly value: Expr; readonly ranges: readonly Range[] }
  /** The view's bytes equal one of the literals, length and all. */
  | { readonly kind: "equals"; readonly view: View; readonly literals: readonly Uint8Array[] }
  /** Some byte of the view has this value. */
  | { readonly kind: "has"; readonly view: View; readonly byte: number }
  /**
   * `ascii`: every byte below 0x80. `utf8`: well-formed by RFC 3629 (no surrogates, no overlong forms). `dec`, `hex`: every
   * byte such a digit. `bcd`: every nibble a decimal digit, but for trailing 0xF nibbles.
   */
  | {
      readonly kind: "encoding";
      readonly view: View;
      readonly encoding: "ascii" | "utf8" | "dec" | "hex" | "bcd";
    }
  | { readonly kind: "and" | "or"; readonly left: Cond; readonly right: Cond }
  | { readonly kind: "not"; readonly operand: Cond }
  | { readonly kind: "true" };

/** Inclusive at both ends. */
export interface Range {
  readonly lo: number;
  readonly hi: number;
}

/**
 * What a failure does. `resync`: a false start, DROP of one byte with cause `falseStart`. Otherwise REJECT with
 * `reasons[reason]` at `at`.
 */
export interface Fail {
  readonly reason: number;
  readonly at: Position;
  readonly resync: boolean;
}

/**
 * How many bytes must be there at least for a verdict: the largest of the positions, less what is present. The first
 * is at or behind the one waited for, so that something is always missing; the others may lie anywhere.
 */
export type Need = readonly Position[];

/**
 * What a suspending operation tells when it runs out of bytes. With `missing` the fewest bytes the operation itself
 * still wants, the bytes still missing are the largest of: missing + `rest`, and each of `floors` less what is present.
 */
export interface SuspendNeed {
  /** Smallest size of everything that follows the operation. */
  readonly rest: number;
  readonly floors: Need;
}

/** Three slots that an operation on text sets: `found` 0 or 1, then where and how long (0, 0 when not found). */
export interface Found {
  readonly found: Slot;
  readonly offset: Slot;
  readonly length: Slot;
}

/** Where a searched name or piece occurs several times. A second match under `only` fails. */
export type Which = "first" | "last" | "only";

export type Op =
  /**
   * Only first: looks for the frame's beginning at offset 0. A literal of `ignore` there: DROP of its length, cause
   * `ignored` (a proper prefix of one: NEED; literals are tried in their order, so an unfinished one holds back those
   * behind it). Then `start`: present: go on. A proper prefix of it (or nothing): NEED. Otherwise with `atConnection` or
   * without resync `fail`; else DROP of the bytes before the next place where the mark or a literal of `ignore`, or a
   * proper prefix of one of them at the end, stands, cause `junk`. NEED counts `need` less what is present (1 at least).
   */
  | {
      readonly kind: "open";
      readonly ignore: readonly Uint8Array[];
      readonly start: Uint8Array | null;
      readonly atConnection: boolean;
      readonly need: number;
      readonly fail: Fail | null;
      readonly span: Span;
    }
  /** Suspends until every byte before `to` is present: NEED with the largest of `need` less what is present. */
  | { readonly kind: "await"; readonly to: Position; readonly need: Need }
  /** `to` must not lie behind `end`. */
  | { readonly kind: "bound"; readonly to: Position; readonly end: Position; readonly fail: Fail }
  /** An integer of 1 to 8 bytes; 7 and 8 only where a guard right behind keeps it within 2^53 − 1 (`fail` if above). */
  | {
      readonly kind: "load";
      readonly slot: Slot;
      readonly at: Position;
      readonly bytes: number;
      readonly order: "big" | "little";
      readonly signed: boolean;
      /** Present for 7 and 8 bytes: the value is beyond ±(2^53 − 1). */
      readonly overflow?: Fail;
    }
  | { readonly kind: "calc"; readonly slot: Slot; readonly value: Expr }
  | { readonly kind: "guard"; readonly condition: Cond; readonly fail: Fail }
  | { readonly kind: "fail"; readonly fail: Fail }
  /**
   * A variable-length integer at `at`: `slot` its value, `next` the position behind it. `varint`: 7 bits a byte, least
   * significant group first. `vlq`: most significant group first. `ber`: X.690 8.1.3 definite length. `lenenc`: MySQL's
   * length-encoded integer (0xFB and 0xFF fail). More than `most` bytes, or a value above the slot's `hi`: `fail`: the
   * former as soon as the bytes tell (the `most`-th byte says "more"; the first byte of a `ber` or `lenenc` names too
   * many), the latter at the last byte. Overlong forms are accepted; `ber` 0x80 and 0xFF fail.
   * Without `end` it suspends; with it a byte at or behind `end` fails with `short`.
   */
  | {
      readonly kind: "varint";
      readonly encoding: "varint" | "vlq" | "ber" | "lenenc";
      readonly slot: Slot;
      readonly next: Slot;
      readonly at: Position;
      readonly most: number;
      readonly fail: Fail;
      readonly extent:
        | { readonly kind: "suspend"; readonly need: SuspendNeed }
        | { readonly kind: "window"; readonly end: Position; readonly short: Fail };
    }
  /**
   * Digits as an integer: base 10, base 16 (either case) or packed BCD (two a byte, high nibble first, trailing `filler`
   * nibbles skipped). An empty view, only filler, a non-digit or a value above the slot's `hi` fails.
   */
  | {
      readonly kind: "digits";
      readonly slot: Slot;
      readonly view: View;
      readonly base: "dec" | "hex" | "bcd";
      readonly filler: number | null;
      readonly fail: Fail;
    }
  /**
   * The first place at or behind `from` where one of the marks stands: `found` where it begins, `next` behind it. No mark
   * is a prefix of another. A mark that begins more than `max` bytes behind `from` does not count. It fails once none can
   * come any more: with a window, when there is none before `end`; else when `from + max + longest mark` bytes are present.
   * It suspends at the first place where a mark has begun and may still be finished. `missing` is the least of: where a
   * mark that has begun, or that would begin behind the present bytes, would end, less what is present; where none may
   * begin any more, the bytes up to the failure.
   */
  | {
      readonly kind: "scan";
      readonly from: Position;
      readonly marks: readonly Uint8Array[];
      readonly max: number;
      readonly found: Slot;
      readonly next: Slot;
      readonly fail: Fail;
      readonly extent:
        | { readonly kind: "suspend"; readonly need: SuspendNeed }
        | { readonly kind: "window"; readonly end: Position };
    }
  | {
      readonly kind: "if";
      readonly condition: Cond;
      readonly then: readonly Op[];
      readonly else: readonly Op[];
    }
  | {
      readonly kind: "switch";
      readonly on: Expr;
      readonly arms: readonly { readonly ranges: readonly Range[]; readonly body: readonly Op[] }[];
      readonly else: readonly Op[];
    }
  /**
   * `index` counts from 0: while the condition holds: at `most` rounds `overrun`; else the body, then index + 1.
   * Positions carried from round to round are slots that the body assigns again (`advances` names the one that grows).
   */
  | {
      readonly kind: "loop";
      readonly index: Slot;
      readonly while: Cond;
      readonly most: number;
      readonly overrun: Fail;
      readonly advances: Slot | null;
      readonly body: readonly Op[];
    }
  /** Ends the innermost loop. */
  | { readonly kind: "leave" }
  /** The checksum of the wire bytes [from, to), as an unsigned integer. */
  | {
      readonly kind: "checksum";
      readonly slot: Slot;
      readonly algorithm: Checksum;
      readonly from: Position;
      readonly to: Position;
    }
  /**
   * `found` 1 and the view's place and length. The view's bytes are present here, so that afterwards a view made of the
   * slots of `into` is always within the frame (or within scratch, which `into` then always means).
   */
  | { readonly kind: "select"; readonly view: View; readonly into: Found }
  /** `found`, `offset` and `length` 0. */
  | { readonly kind: "clear"; readonly into: Found }
  /** The piece with that index between separators, from 0, negative from the end. An empty view is one empty piece. */
  | {
      readonly kind: "piece";
      readonly of: View;
      readonly separator: Uint8Array;
      readonly index: number;
      readonly into: Found;
    }
  /** Pieces between separators that read name, `assign`, value: the value for `name`. The first `assign` of a piece counts. */
  | {
      readonly kind: "pair";
      readonly of: View;
      readonly separator: Uint8Array;
      readonly assign: Uint8Array;
      readonly name: Uint8Array;
      readonly which: Which;
      readonly duplicate: Fail | null;
      readonly into: Found;
    }
  /**
   * RFC 9112 5: lines ended by CR LF or LF (the last one by the view), `name:` in any case (`name` is lower case), value
   * without spaces and tabs around it. A line where something else stands before its first colon does not match.
   */
  | {
      readonly kind: "header";
      readonly of: View;
      readonly name: Uint8Array;
      readonly which: Which;
      readonly duplicate: Fail | null;
      readonly into: Found;
    }
  /**
   * A part of a URL (RFC 3986 3 and appendix B), nothing decoded. A view that begins with `/` is a path (origin form).
   * `scheme` without `:`. Authority only behind `scheme://`: `user` before the last `@` of it, up to its first `:`; `host` with
   * the brackets of an IP literal; `port` behind the host's `:`. `path` up to `?` or `#`, always found. `segment`: of the path
   * without its leading `/`, as a piece between `/`; an empty path has none. `query`: as `pair` with `&` and `=`, first match.
   */
  | { readonly kind: "url"; readonly of: View; readonly part: UrlPart; readonly into: Found }
  /** Moves the ends of a view inwards over any of `bytes`; `both`: the left end first. */
  | {
      readonly kind: "trim";
      readonly of: View;
      readonly side: "left" | "right" | "both";
      readonly bytes: Uint8Array;
      readonly offset: Slot;
      readonly length: Slot;
    }
  /**
   * Writes a view into the scratch buffer at `at` (its room is reserved: at most `Program.scratchBytes`). `bcd`: two digits a
   * byte as text, stopping at `filler`; nibbles above 9 are written as `a`…`f`. `dotted`: pieces of a length byte and so many
   * bytes (DNS labels, RFC 1035 3.1), joined by `.`, up to a length of 0, one above 63 or one that leaves the view.
   * `utf16le`, `utf16be`: UTF-8 of whole code units, U+FFFD for lone surrogates. `length` is what was written.
   */
  | {
      readonly kind: "rewrite";
      readonly of: View;
      readonly how: Rewrite;
      readonly filler: number | null;
      readonly at: number;
      readonly length: Slot;
    }
  /** Decimal digits, 1 to 15 of them and nothing else: `found` 1 and the value; otherwise `found` 0 and 0. */
  | { readonly kind: "number"; readonly of: View; readonly slot: Slot; readonly found: Slot }
  /** Exactly one for each key on every path to a verdict. */
  | {
      readonly kind: "key";
      readonly key: number;
      readonly value:
        | { readonly kind: "view"; readonly view: View }
        | { readonly kind: "integer"; readonly value: Expr }
        | { readonly kind: "missing" };
    }
  /**
   * Ends the program. `frame`: the length, FRAME. `consume`: CONSUME of the length. `key`: KEY; `inspected` bytes were
   * looked at, `length` is the frame's where it is known, else null.
   */
  | {
      readonly kind: "verdict";
      readonly verdict:
        | { readonly kind: "frame" | "consume"; readonly length: Position }
        | { readonly kind: "key"; readonly inspected: Position; readonly length: Position | null };
    }
  /** Not executed: what `explain` shows and generators write as a comment. All its bytes are present here. */
  | {
      readonly kind: "field";
      /** Dotted; a slot stands for a loop's index: `extensions[`, slot, `].id`. */
      readonly path: readonly (string | Slot)[];
      readonly view: View;
      readonly value: FieldValue;
      readonly span: Span;
    };

/** How a rewrite changes bytes: see the operation. At most 2 (bcd), 1.5 (UTF-16) or 1 times as many are written. */
export type Rewrite = "lower" | "upper" | "bcd" | "copy" | "dotted" | "utf16le" | "utf16be";

/** How a field's value reads. */
export type FieldValue =
  | { readonly kind: "integer"; readonly value: Expr }
  | { readonly kind: "text" | "bytes" | "bcd" | "text16le" | "text16be" };

export type UrlPart =
  | { readonly kind: "scheme" | "user" | "host" | "port" | "path" }
  | { readonly kind: "segment"; readonly index: number }
  | { readonly kind: "query"; readonly name: Uint8Array };

export interface KeyInfo {
  readonly name: string;
  readonly type: KeyType;
  /** Fewest bytes of a text or bytes key that is there; 0 for integers. */
  readonly minBytes: number;
  /** Most bytes of a text or bytes key; 8 for integers. */
  readonly maxBytes: number;
  /** The largest value of an integer key; 0 for others. */
  readonly maxNumber: number;
  readonly mayBeMissing: boolean;
}

export interface Program {
  readonly protocol: string;
  /** The description's path as the compiler was given it. */
  readonly source: string;
  readonly slots: readonly SlotInfo[];
  readonly body: readonly Op[];
  readonly keys: readonly KeyInfo[];
  readonly reasons: readonly RejectReason[];
  /**
   * `restart`: nothing is saved on NEED; the next call runs from the frame's start again, over a header of bounded size.
   * `state`: the spine has a search or a loop that suspends; it goes on where it stopped.
   */
  readonly resume: "restart" | "state";
  readonly needMin: number;
  readonly frameMax: number;
  readonly holdMax: number;
  readonly dropMax: number;
  readonly falseStartsMax: number;
  readonly scratchBytes: number;
  /** Bytes that stand in the scratch buffer from the beginning, at `at`: literals that keys may take. */
  readonly scratchLiterals: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  /** Whether `needMin` and every NEED is attained by some frame (affine protocols) or only a lower bound. */
  readonly needIsExact: boolean;
  readonly class: "affine" | "bounded walk";
  /** Upper bound of how often one byte is looked at before the verdict, under any split. */
  readonly workPerByte: number;
  /** Guards that the compiler added, in words, for `explain`: `too-short at station: size >= 35`. */
  readonly impliedGuards: readonly string[];
  /** Where each key lies at the earliest, in words, for `explain`. */
  readonly keyPlaces: readonly string[];
}
