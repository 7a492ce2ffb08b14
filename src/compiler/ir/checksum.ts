// Checksums by definition: bit by bit, slow, no tables. The reference that every target's code is compared with.

import { assertNever } from "../../base/assert.ts";
import type { Checksum } from "../check/checksums.ts";

/** The checksum of `bytes` as an unsigned integer of the algorithm's width. */
export function computeChecksum(algorithm: Checksum, bytes: Uint8Array): number {
  switch (algorithm.kind) {
    case "crc":
      return crc(algorithm, bytes);
    case "hj212":
      return hj212(bytes);
    case "xor":
      return bytes.reduce((sum, byte) => sum ^ byte, 0);
    case "sum":
      return sum(algorithm, bytes);
    case "adler32":
      return adler32(bytes);
    default:
      return assertNever(algorithm);
  }
}

/** The largest value a checksum can have: 2^width − 1. */
export function checksumMax(algorithm: Checksum): number {
  switch (algorithm.kind) {
    case "crc":
    case "sum":
      return 2 ** algorithm.width - 1;
    case "hj212":
      return 0xffff;
    case "xor":
      return 0xff;
    case "adler32":
      return 0xffffffff;
    default:
      return assertNever(algorithm);
  }
}

/** The Rocksoft model as Ross Williams wrote it: one bit of the message at a time, most significant register bit first. */
function crc(model: Extract<Checksum, { kind: "crc" }>, bytes: Uint8Array): number {
  const width = BigInt(model.width);
  const top = 1n << (width - 1n);
  const mask = (1n << width) - 1n;
  let register = BigInt(model.init);
  for (const byte of bytes) {
    const value = model.reflectIn ? reflected(BigInt(byte), 8) : BigInt(byte);
    register ^= value << (width - 8n);
    for (let bit = 0; bit < 8; bit++) {
      const carries = (register & top) !== 0n;
      register = (register << 1n) & mask;
      if (carries) register ^= BigInt(model.poly);
    }
  }
  if (model.reflectOut) register = reflected(register, model.width);
  return Number(register ^ BigInt(model.xorOut));
}

/** The lowest `width` bits in reverse order. */
function reflected(value: bigint, width: number): bigint {
  let result = 0n;
  for (let bit = 0n; bit < BigInt(width); bit++) {
    result = (result << 1n) | ((value >> bit) & 1n);
  }
  return result;
}

/** HJ 212-2017, annex A. Not a CRC-16: the byte meets the register's high half, shifted down. */
function hj212(bytes: Uint8Array): number {
  let register = 0xffff;
  for (const byte of bytes) {
    register = (register >> 8) ^ byte;
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (register & 1) === 1;
      register >>= 1;
      if (isOdd) register ^= 0xa001;
    }
  }
  return register;
}

function sum(algorithm: Extract<Checksum, { kind: "sum" }>, bytes: Uint8Array): number {
  const modulus = 2 ** algorithm.width;
  const plain = bytes.reduce((total, byte) => (total + byte) % modulus, 0);
  switch (algorithm.complement) {
    case "none":
      return plain;
    case "one":
      return modulus - 1 - plain;
    case "two":
      return (modulus - plain) % modulus;
    default:
      return assertNever(algorithm.complement);
  }
}

/** RFC 1950, section 8.2. */
function adler32(bytes: Uint8Array): number {
  const modulus = 65521;
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % modulus;
    high = (high + low) % modulus;
  }
  return high * 65536 + low;
}
