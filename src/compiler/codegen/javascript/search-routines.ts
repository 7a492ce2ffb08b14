// Routines that look for marks: the first place of one, the first place where one may have begun, and how many bytes
// are still missing for one. A set of marks has each routine once.

import { literalName, literalStandsAt, literalTable, literalText } from "./literal.ts";
import type { ModuleScope } from "./module-scope.ts";
import {
  add,
  all,
  any,
  assign,
  binary,
  call,
  declare,
  giveBack,
  hex,
  increment,
  index,
  type Js,
  js,
  loopFor,
  member,
  type Statement,
  subtract,
  when,
} from "./tree.ts";

/**
 * From this many bytes on the native search of a `Buffer` beats a loop. It knows no end but the buffer's: it is used only
 * where the bytes to search reach up to that.
 */
const NATIVE_SEARCH_MIN = 128;

type Marks = readonly Uint8Array[];

/** Length of the longest mark. */
export function longestOf(marks: Marks): number {
  return Math.max(...marks.map(({ length }) => length));
}

/** Length of the shortest mark. */
export function shortestOf(marks: Marks): number {
  return Math.min(...marks.map(({ length }) => length));
}

/**
 * `find…(buf, from, to)`: the first index at which a mark stands, all of it within [from, to), or −1.
 * `bytes` is a `Buffer`; for other arrays `isBuffer` must be false.
 */
export function findRoutine(module: ModuleScope, marks: Marks, isBuffer = true): string {
  const [only] = marks;
  const isNative = isBuffer && marks.length === 1 && only !== undefined;
  const key = `find:${isNative}:${keyOf(marks)}`;
  return module.routine(key, `find${nameOf(marks)}`, (name) => ({
    kind: "function",
    name,
    documentation: `Where ${textOf(marks)} stands first within [from, to), or -1.`,
    parameters: ["bytes", "from", "to"],
    isExported: false,
    body: [...(isNative ? [nativeSearch(module, only)] : []), searchLoop(module, marks), notFound],
  }));
}

const notFound = giveBack(-1);

function nativeSearch(module: ModuleScope, mark: Uint8Array): Statement {
  const [byte] = mark;
  const what = mark.length === 1 && byte !== undefined ? hex(byte) : js(literalTable(module, mark));
  const reachesEnd = binary("===", "to", member("bytes", "length"));
  const isLong = binary(">=", subtract("to", "from"), NATIVE_SEARCH_MIN);
  return when(all(isLong, reachesEnd), [giveBack(call(member("bytes", "indexOf"), what, "from"))]);
}

function searchLoop(module: ModuleScope, marks: Marks): Statement {
  const shortest = shortestOf(marks);
  const [first, ...others] = marks.map((mark) => standsWithin(module, mark, shortest));
  return loopFor(
    declare("let", "at", "from"),
    binary("<=", "at", subtract("to", shortest)),
    increment("at"),
    first === undefined ? [] : [when(any(first, ...others), [giveBack("at")])],
  );
}

/** The mark stands at `at` and ends at or before `to`, where `shortest` bytes are known to be there. */
function standsWithin(module: ModuleScope, mark: Uint8Array, shortest: number): Js {
  const stands = literalStandsAt(module, "bytes", "at", mark);
  return mark.length === shortest
    ? stands
    : all(binary("<=", add("at", mark.length), "to"), stands);
}

/**
 * `search…(buf, from, last, to)`: as `find…` for marks that begin at or before `last`, but -1 as soon as a mark may have
 * begun that the bytes before `to` do not finish: what stands behind it does not count yet.
 */
export function searchRoutine(module: ModuleScope, marks: Marks): string {
  return module.routine(`search:${keyOf(marks)}`, `search${nameOf(marks)}`, (name) => ({
    kind: "function",
    name,
    documentation: `Where ${textOf(marks)} stands first within [from, to), beginning at \`last\` at most; -1: none, or one may have begun before.`,
    parameters: ["bytes", "from", "last", "to"],
    isExported: false,
    body: [
      loopFor(
        declare("let", "at", "from"),
        all(binary("<=", "at", "last"), binary("<", "at", "to")),
        increment("at"),
        marks.flatMap((mark) => [
          when(standsWithin(module, mark, 0), [giveBack("at")]),
          when(call(meetsRoutine(module), "bytes", "at", "to", literalTable(module, mark)), [
            notFound,
          ]),
        ]),
      ),
      notFound,
    ],
  }));
}

/**
 * Whether one mark may stand whole within the unfinished beginning of another, so that what stands first depends on bytes
 * behind it.
 */
export function mayOverlap(marks: Marks): boolean {
  return marks.some((outer) =>
    marks.some((inner) => {
      for (let at = 1; at + inner.length < outer.length; at += 1) {
        if (inner.every((byte, place) => outer[at + place] === byte)) return true;
      }
      return false;
    }),
  );
}

/** `begun…(bytes, from, to)`: the first index from which on the bytes up to `to` are or begin a mark, or `to`. */
export function begunRoutine(module: ModuleScope, marks: Marks): string {
  return module.routine(`begun:${keyOf(marks)}`, `begun${nameOf(marks)}`, (name) => {
    const [first, ...others] = marks.map((mark) => hasBegun(module, mark));
    return {
      kind: "function",
      name,
      documentation: `Where ${textOf(marks)} stands or has begun within [from, to), or \`to\`.`,
      parameters: ["bytes", "from", "to"],
      isExported: false,
      body: [
        loopFor(
          declare("let", "at", "from"),
          binary("<", "at", "to"),
          increment("at"),
          first === undefined ? [] : [when(any(first, ...others), [giveBack("at")])],
        ),
        giveBack("to"),
      ],
    };
  });
}

function hasBegun(module: ModuleScope, mark: Uint8Array): Js {
  const isFirst = binary("===", index("bytes", "at"), hex(mark[0] ?? 0));
  if (mark.length === 1) return isFirst;
  return all(isFirst, call(meetsRoutine(module), "bytes", "at", "to", literalTable(module, mark)));
}

/**
 * `missing…(buf, from, last, to)`: how many bytes behind `to` it takes at least until a mark stands that begins within
 * [from, last]; where none can, until that is certain.
 */
export function missingRoutine(module: ModuleScope, marks: Marks): string {
  const longest = longestOf(marks);
  return module.routine(`missing:${keyOf(marks)}`, `missing${nameOf(marks)}`, (name) => ({
    kind: "function",
    name,
    documentation: `How many bytes are missing behind \`to\` for ${textOf(marks)} to stand, beginning within [from, last].`,
    parameters: ["bytes", "from", "last", "to"],
    isExported: false,
    body: [
      declare("let", "missing", subtract(add("last", longest), "to")),
      loopFor(
        declare("let", "at", call(member("Math", "max"), "from", subtract("to", longest - 1))),
        all(binary("<=", "at", "last"), binary("<=", "at", "to")),
        increment("at"),
        marks.map((mark) => {
          const wanting = subtract(add("at", mark.length), "to");
          const meets = call(meetsRoutine(module), "bytes", "at", "to", literalTable(module, mark));
          const isLess = binary("<", wanting, "missing");
          return when(all(isLess, meets), [assign("missing", wanting)]);
        }),
      ),
      giveBack("missing"),
    ],
  }));
}

/** `length…(bytes, at)`: the length of the mark that stands at `at`; one of them does. */
export function markLengthRoutine(module: ModuleScope, marks: Marks): string {
  return module.routine(`length:${keyOf(marks)}`, `length${nameOf(marks)}`, (name) => ({
    kind: "function",
    name,
    documentation: `How long the mark at \`at\` is: ${textOf(marks)}.`,
    parameters: ["bytes", "at"],
    isExported: false,
    body: [
      ...marks
        .slice(0, -1)
        .map((mark) => when(literalStandsAt(module, "bytes", "at", mark), [giveBack(mark.length)])),
      giveBack(marks.at(-1)?.length ?? 0),
    ],
  }));
}

/** `meets(bytes, at, to, literal)`: whether the bytes from `at` on are the literal, as far as they go up to `to`. */
export function meetsRoutine(module: ModuleScope): string {
  return module.routine("meets", "meets", (name) => ({
    kind: "function",
    name,
    documentation: "Whether the bytes [at, to) begin with `literal`, or it with them.",
    parameters: ["bytes", "at", "to", "literal"],
    isExported: false,
    body: [
      loopFor(
        declare("let", "i", 0),
        all(binary("<", "i", member("literal", "length")), binary("<", add("at", "i"), "to")),
        increment("i"),
        [
          when(binary("!==", index("bytes", add("at", "i")), index("literal", "i")), [
            giveBack("false"),
          ]),
        ],
      ),
      giveBack("true"),
    ],
  }));
}

function nameOf(marks: Marks): string {
  return marks.map(literalName).join("Or").slice(0, NAME_MAX);
}

const NAME_MAX = 40;

function textOf(marks: Marks): string {
  return marks.map(literalText).join(" or ");
}

function keyOf(marks: Marks): string {
  return marks.map((mark) => Array.from(mark).join()).join("|");
}
