// What a router looks at, and how key words and addresses are read from it without allocating. Knows no rule.

import { assert } from "../../base/assert.ts";
import { KEY_SOURCE, KEYS_AT, MISSING, WORDS_PER_KEY } from "../abi.ts";
import { SOUGHT } from "./sought.ts";

/**
 * The state after `unpack` said FRAME or KEY. The caller may reuse one object for every decision; nothing of it is
 * kept.
 */
export interface RouteInput {
  readonly buf: Uint8Array;
  /** Where the frame starts in `buf`: keys of source `wire` count from it. */
  readonly start: number;
  /** Key words from `KEYS_AT` (abi.ts). */
  readonly s: Int32Array;
  /** Where keys of source `scratch` lie. */
  readonly scratch: Uint8Array;
  /** The client's address in network byte order; an IPv4-mapped IPv6 address counts as IPv4. */
  readonly client: Uint8Array;
  /** 4 for IPv4, 16 for IPv6, 0 where there is none (a unix socket). */
  readonly clientLength: number;
}

/** A number that no key has: it is missing, not of digits, or above 2^53 − 1. */
export const NOT_A_NUMBER = -1;

const TWO_32 = 2 ** 32;
const DIGIT_0 = 0x30;
/** Any value above it times ten plus a digit would not be exact. */
const LAST_SAFE_TENTH = Math.floor(Number.MAX_SAFE_INTEGER / 10);
const IPV6_BYTES = 16;
const IPV4_BYTES = 4;
/** Where an IPv4 address lies within its IPv4-mapped IPv6 form (RFC 4291 §2.5.5.2). */
const MAPPED_AT = 12;

/** The key's `KEY_SOURCE`, or `MISSING`. */
export function keySource(input: RouteInput, key: number): number {
  return input.s[KEYS_AT + WORDS_PER_KEY * key + 2] as number;
}

/** Whether the key is there as bytes: neither missing nor an integer. */
export function hasBytes(source: number): boolean {
  return source !== MISSING && source !== KEY_SOURCE.integer;
}

/** The buffer that holds a key's bytes; `source` must satisfy `hasBytes`. Layers are not compiled yet: no `inner`. */
export function keyBuffer(input: RouteInput, source: number): Uint8Array {
  if (source === KEY_SOURCE.wire) return input.buf;
  assert(source === KEY_SOURCE.scratch, "a key from a reassembled message");
  return input.scratch;
}

/** Where the key's bytes begin in `keyBuffer`. */
export function keyOffset(input: RouteInput, key: number, source: number): number {
  const offset = input.s[KEYS_AT + WORDS_PER_KEY * key] as number;
  return source === KEY_SOURCE.wire ? input.start + offset : offset;
}

/** Length of the key's bytes. */
export function keyLength(input: RouteInput, key: number): number {
  return input.s[KEYS_AT + WORDS_PER_KEY * key + 1] as number;
}

/** The lowest 32 bits of an integer key, signed. */
export function keyLow(input: RouteInput, key: number): number {
  return input.s[KEYS_AT + WORDS_PER_KEY * key] as number;
}

/** The next 21 bits of an integer key. */
export function keyHigh(input: RouteInput, key: number): number {
  return input.s[KEYS_AT + WORDS_PER_KEY * key + 1] as number;
}

/** Puts the value of an integer key, or of a key of decimal digits, into `SOUGHT`; false where it has none. */
export function seekKeyNumber(input: RouteInput, key: number, source: number): boolean {
  if (source === MISSING) return false;
  if (source === KEY_SOURCE.integer) {
    SOUGHT[0] = keyHigh(input, key) * TWO_32 + (keyLow(input, key) >>> 0);
    return true;
  }
  const offset = keyOffset(input, key, source);
  return seekDigits(keyBuffer(input, source), offset, offset + keyLength(input, key));
}

/** Puts the value of the decimal digits in `bytes[start, end)`, leading zeros allowed, into `SOUGHT`. */
function seekDigits(bytes: Uint8Array, start: number, end: number): boolean {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - DIGIT_0;
    if (digit < 0 || digit > 9 || value > LAST_SAFE_TENTH) return false;
    value = value * 10 + digit;
  }
  SOUGHT[0] = value;
  return start < end && value <= Number.MAX_SAFE_INTEGER;
}

/** The number that `seekKeyNumber` finds, or `NOT_A_NUMBER`. */
export function keyNumber(input: RouteInput, key: number): number {
  return seekKeyNumber(input, key, keySource(input, key)) ? (SOUGHT[0] ?? 0) : NOT_A_NUMBER;
}

/** The value of decimal digits, or `NOT_A_NUMBER`. */
export function parseDigits(bytes: Uint8Array): number {
  return seekDigits(bytes, 0, bytes.length) ? (SOUGHT[0] ?? 0) : NOT_A_NUMBER;
}

/** Bytes of the client's address that count: 4, 16, or 0 where there is none. */
export function clientLength(input: RouteInput): number {
  return isMapped(input) ? IPV4_BYTES : input.clientLength;
}

/** Where these bytes begin in `input.client`. */
export function clientOffset(input: RouteInput): number {
  return isMapped(input) ? MAPPED_AT : 0;
}

function isMapped(input: RouteInput): boolean {
  if (input.clientLength !== IPV6_BYTES) return false;
  const { client } = input;
  for (let at = 0; at < 10; at++) if (client[at] !== 0) return false;
  return client[10] === 0xff && client[11] === 0xff;
}
