// Literals of a description as they appear in generated code: compared byte by byte, named and shown.

import { screaming } from "../names.ts";
import type { ModuleScope } from "./module-scope.ts";
import {
  add,
  all,
  binary,
  call,
  construct,
  declare,
  giveBack,
  hex,
  increment,
  index,
  type Js,
  js,
  loopFor,
  member,
  type Operand,
  when,
} from "./tree.ts";

/** Longest literal that is compared in place; a longer one is a table and a loop. */
const INLINE_LITERAL_MAX = 16;

/** True where `literal` stands at index `at` of `bytes`; the bytes must be present, the literal not empty. */
export function literalStandsAt(
  module: ModuleScope,
  bytes: Operand,
  at: Operand,
  literal: Uint8Array,
): Js {
  if (literal.length > INLINE_LITERAL_MAX) {
    return call(sameBytesRoutine(module), bytes, at, literalTable(module, literal));
  }
  const [first, ...others] = Array.from(literal, (byte, place) =>
    binary("===", index(bytes, add(at, place)), hex(byte)),
  );
  return first === undefined ? js("true") : all(first, ...others);
}

/** The name of a module-level table that holds the literal. */
export function literalTable(module: ModuleScope, literal: Uint8Array): string {
  const title = screaming(literalName(literal));
  const wanted = /^[0-9]/.test(title) ? `TEXT_${title}` : title;
  return module.constant(`literal:${Array.from(literal).join()}`, wanted, (name) =>
    declare("const", name, construct("Uint8Array", { kind: "array", items: [...literal].map(js) })),
  );
}

function sameBytesRoutine(module: ModuleScope): string {
  return module.routine("same-bytes", "sameBytes", (name) => ({
    kind: "function",
    name,
    documentation: "Whether `literal` stands at `at`.",
    parameters: ["bytes", "at", "literal"],
    isExported: false,
    body: [
      loopFor(
        declare("let", "i", 0),
        binary("<", "i", member("literal", "length")),
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

const BYTE_NAMES: Readonly<Record<number, string>> = {
  0: "Nul",
  1: "Soh",
  9: "Tab",
  10: "Lf",
  13: "Cr",
  32: "Space",
  35: "Hash",
  36: "Dollar",
  38: "Ampersand",
  42: "Star",
  43: "Plus",
  44: "Comma",
  45: "Minus",
  46: "Dot",
  47: "Slash",
  58: "Colon",
  59: "Semicolon",
  61: "Equals",
  63: "Question",
  64: "At",
  95: "Underscore",
  124: "Bar",
};

/** A literal as part of an identifier, with a capital: `CrLf`, `Host`, `X7e`. */
export function literalName(literal: Uint8Array): string {
  const words = latin1(literal).match(/[A-Za-z0-9]+|[\s\S]/g) ?? [];
  const named = words.map((word) => {
    if (/^[A-Za-z0-9]/.test(word))
      return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
    const byte = word.charCodeAt(0);
    return BYTE_NAMES[byte] ?? `X${byte.toString(16).padStart(2, "0")}`;
  });
  return named.join("").slice(0, LITERAL_NAME_MAX);
}

/** Longest part of a name that is made from a literal. */
const LITERAL_NAME_MAX = 24;

/** A literal as the language writes it: `"\r\n"`, or `x"7D 01"` where a byte is not printable ASCII or CR, LF, TAB. */
export function literalText(literal: Uint8Array): string {
  const text = latin1(literal);
  if (/^[\x20-\x7e\r\n\t]*$/.test(text)) return JSON.stringify(text);
  const bytes = Array.from(literal, (byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
  return `x"${bytes.join(" ")}"`;
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
