// Routines that write a changed copy of a run of bytes into the scratch buffer, and return how many bytes they wrote.

import type { Rewrite } from "../../ir/ir.ts";
import type { ModuleScope } from "./module-scope.ts";

/** `toLower(bytes, from, to, at)` and its like; `bcd` takes the filler nibble behind these, −1 for none. */
export function rewriteRoutine(module: ModuleScope, how: Rewrite, scratch: string): string {
  const { wanted, text } = ROUTINES[how];
  return module.routine(`rewrite:${how}`, wanted, (name) => ({
    kind: "verbatim",
    text: text(name, scratch, module),
  }));
}

interface Routine {
  readonly wanted: string;
  readonly text: (name: string, scratch: string, module: ModuleScope) => string;
}

const ROUTINES: Readonly<Record<Rewrite, Routine>> = {
  lower: byteByByte(
    "toLower",
    "in lower case",
    "byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte",
  ),
  upper: byteByByte(
    "toUpper",
    "in upper case",
    "byte >= 0x61 && byte <= 0x7a ? byte & 0xdf : byte",
  ),
  copy: {
    wanted: "copy",
    text: (name, scratch) => `
/** Copies [from, to) into the scratch buffer at \`at\`; returns how many bytes. */
function ${name}(bytes, from, to, at) {
  for (let i = from; i < to; i++) ${scratch}[at + i - from] = bytes[i];
  return to - from;
}`,
  },
  bcd: {
    wanted: "writeDigits",
    text: (name, scratch) => `
/** Writes the nibbles of [from, to) up to the first \`filler\` as text into the scratch buffer; returns how many. */
function ${name}(bytes, from, to, at, filler) {
  let length = 0;
  for (let nibble = 2 * from; nibble < 2 * to; nibble++) {
    const byte = bytes[nibble >> 1];
    const digit = (nibble & 1) === 0 ? byte >> 4 : byte & 0x0f;
    if (digit === filler) break;
    ${scratch}[at + length] = digit < 10 ? 0x30 + digit : 0x57 + digit;
    length++;
  }
  return length;
}`,
  },
  dotted: {
    wanted: "writeDotted",
    text: (name, scratch) => `
/** Writes the labels of [from, to) (RFC 1035, 3.1) with dots between them into the scratch buffer; returns how many bytes. */
function ${name}(bytes, from, to, at) {
  let length = 0;
  let label = from;
  while (label < to) {
    const size = bytes[label];
    const next = label + 1 + size;
    if (size === 0 || size > 63 || next > to) break;
    if (label > from) {
      ${scratch}[at + length] = 0x2e;
      length++;
    }
    for (let i = label + 1; i < next; i++) {
      ${scratch}[at + length] = bytes[i];
      length++;
    }
    label = next;
  }
  return length;
}`,
  },
  utf16le: utf16("writeUtf16le", "little", "bytes[i] | (bytes[i + 1] << 8)"),
  utf16be: utf16("writeUtf16be", "big", "(bytes[i] << 8) | bytes[i + 1]"),
};

function byteByByte(wanted: string, how: string, rewritten: string): Routine {
  return {
    wanted,
    text: (name, scratch) => `
/** Writes [from, to) ${how} into the scratch buffer at \`at\`; returns how many bytes. */
function ${name}(bytes, from, to, at) {
  for (let i = from; i < to; i++) {
    const byte = bytes[i];
    ${scratch}[at + i - from] = ${rewritten};
  }
  return to - from;
}`,
  };
}

function utf16(wanted: string, order: string, unit: string): Routine {
  return {
    wanted,
    text: (name, scratch, module) => {
      const write = utf8Routine(module, scratch);
      return `
/** Writes the UTF-16 text (${order}-endian) of [from, to) as UTF-8 into the scratch buffer; returns how many bytes. */
function ${name}(bytes, from, to, at) {
  let end = at;
  let high = 0;
  for (let i = from; i + 1 < to; i += 2) {
    const unit = ${unit};
    const isLow = unit >= 0xdc00 && unit <= 0xdfff;
    if (high !== 0 && isLow) {
      end = ${write}(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00), end);
      high = 0;
      continue;
    }
    if (high !== 0) end = ${write}(0xfffd, end);
    high = unit >= 0xd800 && unit <= 0xdbff ? unit : 0;
    if (high === 0) end = ${write}(isLow ? 0xfffd : unit, end);
  }
  if (high !== 0) end = ${write}(0xfffd, end);
  return end - at;
}`;
    },
  };
}

function utf8Routine(module: ModuleScope, scratch: string): string {
  return module.routine("write-utf8", "writeUtf8", (name) => ({
    kind: "verbatim",
    text: `
/** Writes a code point as UTF-8 into the scratch buffer at \`at\`; returns the index behind it. */
function ${name}(point, at) {
  if (point < 0x80) {
    ${scratch}[at] = point;
    return at + 1;
  }
  if (point < 0x800) {
    ${scratch}[at] = 0xc0 | (point >> 6);
    ${scratch}[at + 1] = 0x80 | (point & 0x3f);
    return at + 2;
  }
  if (point < 0x10000) {
    ${scratch}[at] = 0xe0 | (point >> 12);
    ${scratch}[at + 1] = 0x80 | ((point >> 6) & 0x3f);
    ${scratch}[at + 2] = 0x80 | (point & 0x3f);
    return at + 3;
  }
  ${scratch}[at] = 0xf0 | (point >> 18);
  ${scratch}[at + 1] = 0x80 | ((point >> 12) & 0x3f);
  ${scratch}[at + 2] = 0x80 | ((point >> 6) & 0x3f);
  ${scratch}[at + 3] = 0x80 | (point & 0x3f);
  return at + 4;
}`,
  }));
}
