// Routines for checksums: one pass over the bytes, by a table of 256 remainders where there is a polynomial.

import { assertNever } from "../../../base/assert.ts";
import type { Checksum } from "../../ir/ir.ts";
import type { ModuleScope } from "./module-scope.ts";

type Crc = Extract<Checksum, { kind: "crc" }>;

/** `…(bytes, from, to)`: the checksum of the bytes [from, to) as an unsigned integer. */
export function checksumRoutine(module: ModuleScope, algorithm: Checksum): string {
  switch (algorithm.kind) {
    case "crc":
      return algorithm.reflectIn ? reflectedCrc(module, algorithm) : plainCrc(module, algorithm);
    case "hj212":
      return hj212(module);
    case "xor":
      return routine(
        module,
        "xor",
        "xor",
        (name) => `
/** The XOR of the bytes [from, to). */
function ${name}(bytes, from, to) {
  let sum = 0;
  for (let at = from; at < to; at++) sum ^= bytes[at];
  return sum;
}`,
      );
    case "sum":
      return sum(module, algorithm);
    case "adler32":
      return adler32(module);
    default:
      return assertNever(algorithm);
  }
}

function hj212(module: ModuleScope): string {
  const table = lowFirstTable(module, "hj212", 0xa001);
  return routine(
    module,
    "hj212",
    "hj212",
    (name) => `
/** HJ 212-2017, annex A: each byte is XORed into the register's upper byte, which becomes the lower. */
function ${name}(bytes, from, to) {
  let crc = 0xffff;
  for (let at = from; at < to; at++) crc = ${table}[(crc >>> 8) ^ bytes[at]];
  return crc;
}`,
  );
}

/** Lowest bit first: the register moves right. */
function reflectedCrc(module: ModuleScope, crc: Crc): string {
  const { name: title, width, poly, init, xorOut } = crc;
  const table = lowFirstTable(module, title, reflected(poly, width));
  const result = crc.reflectOut ? "crc" : `${reverseRoutine(module)}(crc, ${width})`;
  return routine(
    module,
    `crc:${title}:${JSON.stringify(crc)}`,
    title,
    (name) => `
/** The checksum ${title} of the bytes [from, to). */
function ${name}(bytes, from, to) {
  let crc = ${hexadecimal(reflected(init, width))};
  for (let at = from; at < to; at++) crc = ${table}[(crc ^ bytes[at]) & 0xff] ^ (crc >>> 8);
  return ${finished(result, xorOut, width)};
}`,
  );
}

/** Highest bit first: the register stands at the upper end of 32 bits and moves left. */
function plainCrc(module: ModuleScope, crc: Crc): string {
  const { name: title, width, poly, init, xorOut } = crc;
  const table = highFirstTable(module, title, (poly << (32 - width)) >>> 0);
  const value = width === 32 ? "crc" : `crc >>> ${32 - width}`;
  const result = crc.reflectOut ? `${reverseRoutine(module)}(${value}, ${width})` : value;
  const parenthesised =
    /\s/.test(result) && (xorOut !== 0 || width === 32) ? `(${result})` : result;
  return routine(
    module,
    `crc:${title}:${JSON.stringify(crc)}`,
    title,
    (name) => `
/** The checksum ${title} of the bytes [from, to). */
function ${name}(bytes, from, to) {
  let crc = ${hexadecimal((init << (32 - width)) >>> 0)};
  for (let at = from; at < to; at++) crc = ${table}[(crc >>> 24) ^ bytes[at]] ^ (crc << 8);
  return ${finished(parenthesised, xorOut, width)};
}`,
  );
}

function finished(value: string, xorOut: number, width: number): string {
  const inverted = xorOut === 0 ? value : `${value} ^ ${hexadecimal(xorOut)}`;
  if (width < 32) return inverted;
  return xorOut === 0 ? `${inverted} >>> 0` : `(${inverted}) >>> 0`;
}

function lowFirstTable(module: ModuleScope, title: string, poly: number): string {
  const make = routine(
    module,
    "crc-table-low",
    "crcTable",
    (name) => `
/** What each byte leaves in a register that moves right. */
function ${name}(poly) {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ poly;
    table[byte] = crc;
  }
  return table;
}`,
  );
  return table(module, title, make, poly);
}

function highFirstTable(module: ModuleScope, title: string, poly: number): string {
  const make = routine(
    module,
    "crc-table-high",
    "crcTable",
    (name) => `
/** What each byte leaves in a register of 32 bits that moves left. */
function ${name}(poly) {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc >= 0 ? crc << 1 : (crc << 1) ^ poly;
    table[byte] = crc;
  }
  return table;
}`,
  );
  return table(module, title, make, poly);
}

function table(module: ModuleScope, title: string, make: string, poly: number): string {
  return module.constant(`${make}:${poly}`, `${title.toUpperCase()}_TABLE`, (name) => ({
    kind: "verbatim",
    text: `const ${name} = ${make}(${hexadecimal(poly)});`,
  }));
}

function reverseRoutine(module: ModuleScope): string {
  return routine(
    module,
    "reverse-bits",
    "reverseBits",
    (name) => `
/** The lowest \`width\` bits of \`value\` in reverse order. */
function ${name}(value, width) {
  let reversed = 0;
  for (let bit = 0; bit < width; bit++) reversed = (reversed << 1) | ((value >>> bit) & 1);
  return reversed;
}`,
  );
}

function sum(module: ModuleScope, algorithm: Extract<Checksum, { kind: "sum" }>): string {
  const { width, complement } = algorithm;
  const value = { none: "sum", one: "~sum", two: "-sum" }[complement];
  const cut = width === 32 ? `${value} >>> 0` : `${value} & ${hexadecimal(2 ** width - 1)}`;
  const prefix = { none: "", one: "The inverted bits of the ", two: "The negated " }[complement];
  const words = `${prefix}sum of the bytes [from, to) modulo 2^${width}.`;
  return routine(
    module,
    `sum:${width}:${complement}`,
    `sum${width}`,
    (name) => `
/** ${words.charAt(0).toUpperCase()}${words.slice(1)} */
function ${name}(bytes, from, to) {
  let sum = 0;
  for (let at = from; at < to; at++) sum += bytes[at];
  return ${cut};
}`,
  );
}

function adler32(module: ModuleScope): string {
  return routine(
    module,
    "adler32",
    "adler32",
    (name) => `
/** Adler-32 (RFC 1950) of the bytes [from, to). */
function ${name}(bytes, from, to) {
  let low = 1;
  let high = 0;
  for (let at = from; at < to; ) {
    // So many bytes keep both sums within 31 bits.
    const stop = Math.min(at + 3800, to);
    for (; at < stop; at++) {
      low += bytes[at];
      high += low;
    }
    low %= 65521;
    high %= 65521;
  }
  return ((high << 16) | low) >>> 0;
}`,
  );
}

function routine(
  module: ModuleScope,
  key: string,
  wanted: string,
  text: (name: string) => string,
): string {
  return module.routine(key, wanted, (name) => ({ kind: "verbatim", text: text(name) }));
}

function reflected(value: number, width: number): number {
  let result = 0;
  for (let bit = 0; bit < width; bit += 1) result = (result << 1) | ((value >>> bit) & 1);
  return result >>> 0;
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16)}`;
}
