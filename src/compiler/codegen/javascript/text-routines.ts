// Routines that find parts of a text. Each takes the bytes, the index of the first and the index behind the last, returns
// where the part begins or −1, and leaves its end in one variable of the module: no part is ever an object.

import type { Which } from "../../ir/ir.ts";
import { literalName, literalStandsAt, literalText } from "./literal.ts";
import type { ModuleScope } from "./module-scope.ts";
import { findRoutine } from "./search-routines.ts";
import {
  add,
  all,
  any,
  assign,
  binary,
  call,
  declare,
  decrement,
  giveBack,
  hex,
  increment,
  index,
  type Js,
  js,
  loopFor,
  loopWhile,
  type Operand,
  type Statement,
  subtract,
  when,
} from "./tree.ts";

/** What a routine returns when a part occurs a second time where only one may. */
export const DUPLICATE = -2;
const NOT_FOUND = -1;

const COLON = 0x3a;
const LINE_FEED = Uint8Array.of(0x0a);
const CARRIAGE_RETURN = 0x0d;

/** The variable that holds the index behind the part that was found last. */
export function foundEndOf(module: ModuleScope): string {
  return module.constant("found-end", "foundEnd", (name) => [
    { kind: "comment", text: "Index behind the part of a text that was found last." },
    declare("let", name, 0),
  ]);
}

/** `piece…(bytes, from, to)`: the piece with that index between separators, counted from the end where negative. */
export function pieceRoutine(
  module: ModuleScope,
  separator: Uint8Array,
  wantedIndex: number,
): string {
  const find = findRoutine(module, [separator], false);
  const foundEnd = foundEndOf(module);
  const which = wantedIndex < 0 ? `Last${wantedIndex === -1 ? "" : -wantedIndex}` : wantedIndex;
  const wanted = `piece${which}By${literalName(separator)}`;
  return module.routine(`piece:${wantedIndex}:${separator.join()}`, wanted, (name) => ({
    kind: "function",
    name,
    documentation: `Where piece ${wantedIndex} between ${literalText(separator)} begins, or -1.`,
    parameters: ["bytes", "from", "to"],
    isExported: false,
    body: [
      declare("let", "skip", wantedIndex),
      ...(wantedIndex < 0 ? countPieces(find, separator) : []),
      declare("let", "at", "from"),
      declare("let", "end", call(find, "bytes", "at", "to")),
      loopWhile(binary(">", "skip", 0), [
        when(binary("<", "end", 0), [giveBack(NOT_FOUND)]),
        assign("at", add("end", separator.length)),
        assign("end", call(find, "bytes", "at", "to")),
        decrement("skip"),
      ]),
      assign(foundEnd, orTo("end")),
      giveBack("at"),
    ],
  }));
}

/** Makes an index from the end one from the start. */
function countPieces(find: string, separator: Uint8Array): readonly Statement[] {
  const next = (from: Operand) => call(find, "bytes", from, "to");
  return [
    loopFor(
      declare("let", "at", next("from")),
      binary(">=", "at", 0),
      assign("at", next(add("at", separator.length))),
      [increment("skip")],
    ),
    increment("skip"),
    when(binary("<", "skip", 0), [giveBack(NOT_FOUND)]),
  ];
}

export interface Pair {
  readonly separator: Uint8Array;
  readonly assign: Uint8Array;
  readonly name: Uint8Array;
  readonly which: Which;
}

/** `pair…(bytes, from, to)`: the value of the piece `name assign value`; `DUPLICATE` for a second one under `only`. */
export function pairRoutine(module: ModuleScope, pair: Pair): string {
  const { separator, name: wanted, which } = pair;
  const needle = Uint8Array.of(...wanted, ...pair.assign);
  const key = `pair:${which}:${separator.join()}:${wanted.join()}:${pair.assign.join()}`;
  return module.routine(key, `value${literalName(wanted)}`, (name) => ({
    kind: "function",
    name,
    documentation: `Where the value of ${literalText(wanted)} begins in pieces between ${literalText(separator)}, or -1${which === "only" ? "; -2: it stands twice" : ""}.`,
    parameters: ["bytes", "from", "to"],
    isExported: false,
    body: isFirstAssignBehindName(pair)
      ? eachPiece(module, separator, which, (take) => [
          when(all(fitsBefore("end", needle), literalStandsAt(module, "bytes", "at", needle)), [
            ...take(add("at", needle.length)),
          ]),
        ])
      : [giveBack(NOT_FOUND)],
  }));
}

/** Whether a piece that begins with name and `assign` has its first `assign` there, and not already within the name. */
function isFirstAssignBehindName({ assign: mark, name }: Pair): boolean {
  const needle = Buffer.from([...name, ...mark]);
  return needle.indexOf(mark) === name.length;
}

function fitsBefore(end: string, needle: Uint8Array): Js {
  return binary("<=", add("at", needle.length), end);
}

/** `header…(bytes, from, to)`: a header line's value without blanks around it (RFC 9112, section 5). */
export function headerRoutine(module: ModuleScope, wanted: Uint8Array, which: Which): string {
  const key = `header:${which}:${wanted.join()}`;
  const isPossible = !wanted.some((byte) => byte === COLON || isUpperCase(byte));
  return module.routine(key, `header${literalName(wanted)}`, (name) => ({
    kind: "function",
    name,
    documentation: `Where the value of header ${literalText(wanted)} begins, or -1${which === "only" ? "; -2: it stands twice" : ""}.`,
    parameters: ["bytes", "from", "to"],
    isExported: false,
    body: isPossible
      ? eachPiece(module, LINE_FEED, which, (take) => headerLine(wanted, take))
      : [giveBack(NOT_FOUND)],
  }));
}

type Take = (value: Js) => readonly Statement[];

function headerLine(wanted: Uint8Array, take: Take): readonly Statement[] {
  const isReturn = binary("===", index("bytes", subtract("end", 1)), hex(CARRIAGE_RETURN));
  const colonAt = add("at", wanted.length);
  return [
    when(all(binary(">", "mark", "at"), isReturn), [decrement("end")]),
    when(
      all(
        binary("<", colonAt, "end"),
        ...Array.from(wanted, (byte, place) => sameLetter(index("bytes", add("at", place)), byte)),
        binary("===", index("bytes", colonAt), hex(COLON)),
      ),
      [
        declare("let", "value", add(colonAt, 1)),
        loopWhile(all(binary("<", "value", "end"), isBlank("value")), [increment("value")]),
        loopWhile(all(binary(">", "end", "value"), isBlank(subtract("end", 1))), [
          decrement("end"),
        ]),
        ...take(js("value")),
      ],
    ),
  ];
}

function isBlank(at: Operand): Js {
  const byte = index("bytes", at);
  return any(binary("===", byte, hex(0x20)), binary("===", byte, hex(0x09)));
}

function sameLetter(byte: Js, letter: number): Js {
  const isLetter = letter >= 0x61 && letter <= 0x7a;
  return binary("===", isLetter ? binary("|", byte, hex(0x20)) : byte, hex(letter));
}

function isUpperCase(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/**
 * Goes through the pieces [at, end) between separators, of which the one at `mark` ends this piece; `match` takes a
 * part that ends at `end`.
 */
function eachPiece(
  module: ModuleScope,
  separator: Uint8Array,
  which: Which,
  match: (take: Take) => readonly Statement[],
): readonly Statement[] {
  const find = findRoutine(module, [separator], false);
  const foundEnd = foundEndOf(module);
  const isFirst = which === "first";
  const take: Take = (value) => [
    ...(which === "only" ? [when(binary(">=", "found", 0), [giveBack(DUPLICATE)])] : []),
    assign(foundEnd, "end"),
    isFirst ? giveBack(value) : assign("found", value),
  ];
  return [
    ...(isFirst ? [] : [declare("let", "found", NOT_FOUND)]),
    declare("let", "at", "from"),
    loopFor(null, null, null, [
      declare("const", "mark", call(find, "bytes", "at", "to")),
      declare("let", "end", orTo("mark")),
      ...match(take),
      when(binary("<", "mark", 0), [giveBack(isFirst ? NOT_FOUND : "found")]),
      assign("at", add("mark", separator.length)),
    ]),
  ];
}

function orTo(end: string): Js {
  return { kind: "conditional", test: binary("<", end, 0), yes: js("to"), no: js(end) };
}
