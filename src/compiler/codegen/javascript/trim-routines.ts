// Routines that move the ends of a view inwards.

import { literalName, literalText } from "./literal.ts";
import type { ModuleScope } from "./module-scope.ts";
import {
  all,
  any,
  binary,
  decrement,
  giveBack,
  hex,
  increment,
  index,
  type Js,
  js,
  loopWhile,
  type Operand,
  type Statement,
  subtract,
} from "./tree.ts";

/** `skip…(bytes, from, to)`: the first index of [from, to) whose byte is none of `bytes`, or `to`. */
export function skipRoutine(module: ModuleScope, bytes: Uint8Array): string {
  return module.routine(`skip:${bytes.join()}`, `skip${literalName(bytes)}`, (name) =>
    trimming(
      name,
      `Where the first byte of [from, to) stands that is not in ${literalText(bytes)}.`,
      [
        loopWhile(all(binary("<", "from", "to"), isOneOf("from", bytes)), [increment("from")]),
        giveBack("from"),
      ],
    ),
  );
}

/** `drop…(bytes, from, to)`: the index behind the last byte of [from, to) that is none of `bytes`, or `from`. */
export function dropRoutine(module: ModuleScope, bytes: Uint8Array): string {
  return module.routine(`drop:${bytes.join()}`, `drop${literalName(bytes)}`, (name) =>
    trimming(
      name,
      `The index behind the last byte of [from, to) that is not in ${literalText(bytes)}.`,
      [
        loopWhile(all(binary(">", "to", "from"), isOneOf(subtract("to", 1), bytes)), [
          decrement("to"),
        ]),
        giveBack("to"),
      ],
    ),
  );
}

function trimming(name: string, documentation: string, body: readonly Statement[]): Statement {
  const parameters = ["bytes", "from", "to"];
  return { kind: "function", name, documentation, parameters, isExported: false, body };
}

function isOneOf(at: Operand, bytes: Uint8Array): Js {
  const [first, ...others] = Array.from(bytes, (byte) =>
    binary("===", index("bytes", at), hex(byte)),
  );
  return first === undefined ? js("false") : any(first, ...others);
}
