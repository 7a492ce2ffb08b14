// Routines over runs of bytes that need no literal of the description: encodings and digits. Each takes the bytes, the
// index of the first and the index behind the last, and allocates nothing.

import type { Cond } from "../../ir/ir.ts";
import type { ModuleScope } from "./module-scope.ts";

type Encoding = Extract<Cond, { kind: "encoding" }>["encoding"];

/** `hasByte(bytes, from, to, byte)`: whether the byte is among them. */
export function hasByteRoutine(module: ModuleScope): string {
  return verbatim(
    module,
    "hasByte",
    (name) => `
/** Whether \`byte\` is among the bytes [from, to). */
function ${name}(bytes, from, to, byte) {
  for (let at = from; at < to; at++) {
    if (bytes[at] === byte) return true;
  }
  return false;
}`,
  );
}

/** `isAscii(bytes, from, to)` and its like; no bytes are of every encoding. */
export function encodingRoutine(module: ModuleScope, encoding: Encoding): string {
  const { wanted, text } = ENCODINGS[encoding];
  return verbatim(module, wanted, (name) => text(name, module));
}

interface Routine {
  readonly wanted: string;
  readonly text: (name: string, module: ModuleScope) => string;
}

const ENCODINGS: Readonly<Record<Encoding, Routine>> = {
  ascii: {
    wanted: "isAscii",
    text: (name) => `
/** Whether every byte of [from, to) is below 0x80. */
function ${name}(bytes, from, to) {
  for (let at = from; at < to; at++) {
    if (bytes[at] > 0x7f) return false;
  }
  return true;
}`,
  },
  dec: {
    wanted: "isDecimal",
    text: (name) => `
/** Whether every byte of [from, to) is a decimal digit. */
function ${name}(bytes, from, to) {
  for (let at = from; at < to; at++) {
    if (bytes[at] < 0x30 || bytes[at] > 0x39) return false;
  }
  return true;
}`,
  },
  hex: {
    wanted: "isHexadecimal",
    text: (name, module) => `
/** Whether every byte of [from, to) is a hexadecimal digit. */
function ${name}(bytes, from, to) {
  for (let at = from; at < to; at++) {
    if (${hexTable(module)}[bytes[at]] < 0) return false;
  }
  return true;
}`,
  },
  bcd: {
    wanted: "isPackedDecimal",
    text: (name) => `
/** Whether every nibble of [from, to) is a decimal digit, but for 0xf at the end. */
function ${name}(bytes, from, to) {
  let isOver = false;
  for (let at = from; at < to; at++) {
    const high = bytes[at] >> 4;
    const low = bytes[at] & 0x0f;
    if (high > 9 || isOver) {
      if (bytes[at] !== 0xff) return false;
      isOver = true;
    } else if (low > 9) {
      if (low !== 0x0f) return false;
      isOver = true;
    }
  }
  return true;
}`,
  },
  utf8: {
    wanted: "isUtf8",
    text: (name) => `
/** Whether [from, to) is well-formed UTF-8 (RFC 3629). */
function ${name}(bytes, from, to) {
  let at = from;
  while (at < to) {
    const lead = bytes[at++];
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4 || at >= to) return false;
    // Behind these leads a second byte out of its range would be overlong, a surrogate or above U+10FFFF.
    const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (bytes[at] < least || bytes[at] > most) return false;
    at++;
    for (let more = lead < 0xe0 ? 0 : lead < 0xf0 ? 1 : 2; more > 0; more--) {
      if (at >= to || (bytes[at] & 0xc0) !== 0x80) return false;
      at++;
    }
  }
  return true;
}`,
  },
};

/** `decimal(bytes, from, to, most)`: the number the digits write; −1 for none, another byte, or more than `most`. */
export function decimalRoutine(module: ModuleScope): string {
  return verbatim(
    module,
    "decimal",
    (name) => `
/** The number that [from, to) writes in decimal digits; -1 if it does not, or is above \`most\`. */
function ${name}(bytes, from, to, most) {
  if (from >= to) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte < 0x30 || byte > 0x39) return -1;
    value = value * 10 + (byte - 0x30);
    if (value > most) return -1;
  }
  return value;
}`,
  );
}

/** `hexadecimal(bytes, from, to, most)`: as `decimal`, in either case. */
export function hexadecimalRoutine(module: ModuleScope): string {
  return verbatim(
    module,
    "hexadecimal",
    (name) => `
/** The number that [from, to) writes in hexadecimal digits; -1 if it does not, or is above \`most\`. */
function ${name}(bytes, from, to, most) {
  if (from >= to) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = ${hexTable(module)}[bytes[at]];
    if (digit < 0) return -1;
    value = value * 16 + digit;
    if (value > most) return -1;
  }
  return value;
}`,
  );
}

/** `packedDecimal(bytes, from, to, filler, most)`: two digits a byte; trailing `filler` nibbles (−1: none) are skipped. */
export function packedDecimalRoutine(module: ModuleScope): string {
  return verbatim(
    module,
    "packedDecimal",
    (name) => `
/** The number that [from, to) writes in nibbles without \`filler\` behind; -1 if it does not, or is above \`most\`. */
function ${name}(bytes, from, to, filler, most) {
  let nibbles = 2 * (to - from);
  while (nibbles > 0) {
    const byte = bytes[from + ((nibbles - 1) >> 1)];
    if (((nibbles & 1) === 1 ? byte >> 4 : byte & 0x0f) !== filler) break;
    nibbles--;
  }
  if (nibbles === 0) return -1;
  let value = 0;
  for (let nibble = 0; nibble < nibbles; nibble++) {
    const byte = bytes[from + (nibble >> 1)];
    const digit = (nibble & 1) === 0 ? byte >> 4 : byte & 0x0f;
    if (digit > 9) return -1;
    value = value * 10 + digit;
    if (value > most) return -1;
  }
  return value;
}`,
  );
}

/** `HEX_VALUE[byte]`: what a hexadecimal digit counts; −1 for other bytes. */
function hexTable(module: ModuleScope): string {
  const fill = module.routine("hex-values", "hexValues", (name) => ({
    kind: "verbatim",
    text: `
/** What each byte counts as a hexadecimal digit; -1 where it is none. */
function ${name}() {
  const values = new Int8Array(256).fill(-1);
  for (let digit = 0; digit < 10; digit++) values[0x30 + digit] = digit;
  for (let digit = 10; digit < 16; digit++) {
    values[0x37 + digit] = digit;
    values[0x57 + digit] = digit;
  }
  return values;
}`,
  }));
  return module.constant("hex-values", "HEX_VALUE", (name) => ({
    kind: "verbatim",
    text: `const ${name} = ${fill}();`,
  }));
}

function verbatim(module: ModuleScope, wanted: string, text: (name: string) => string): string {
  return module.routine(wanted, wanted, (name) => ({ kind: "verbatim", text: text(name) }));
}
