// Blocks of client addresses: `10.0.0.0/8`, `2001:db8::/32`, or one address. Knows no rule and no diagnostic.

import { formatIpAddress, parseIpAddress } from "../../base/ip-address.ts";

/** All addresses that share the first `prefixBits` bits of `bytes`; the other bits of `bytes` are 0. */
export interface AddressBlock {
  /** 4 bytes for IPv4, 16 for IPv6, network byte order. */
  readonly bytes: Uint8Array;
  /** 0 to 32, or 0 to 128. */
  readonly prefixBits: number;
}

export type ParsedBlock =
  | { readonly kind: "block"; readonly block: AddressBlock }
  /** Neither an address nor an address with a prefix length that it can have. */
  | { readonly kind: "malformed" }
  /** Bits beyond the prefix are set; `meant` is the block as it would be written. */
  | { readonly kind: "host-bits"; readonly meant: string };

const BITS_BEFORE_MAPPED = 96;

/**
 * Reads `address` or `address/bits`. Blocks of IPv4-mapped addresses (`::ffff:10.0.0.0/104`) become IPv4 blocks, as
 * such clients count as IPv4.
 */
export function parseAddressBlock(text: string): ParsedBlock {
  const [address = "", bitsText, ...more] = text.split("/");
  const bytes = new Uint8Array(16);
  const length = address.includes("%") ? 0 : parseIpAddress(address, bytes);
  if (length === 0 || more.length > 0) return { kind: "malformed" };
  const isMapped = length === 4 && address.includes(":");
  const writtenBits = bitsText === undefined ? undefined : parseBits(bitsText);
  if (bitsText !== undefined && writtenBits === undefined) return { kind: "malformed" };
  const prefixBits =
    writtenBits === undefined ? 8 * length : writtenBits - (isMapped ? BITS_BEFORE_MAPPED : 0);
  if (prefixBits < 0 || prefixBits > 8 * length) return { kind: "malformed" };
  const given = bytes.slice(0, length);
  const block = { bytes: withoutHostBits(given, prefixBits), prefixBits };
  return given.every((byte, index) => byte === block.bytes[index])
    ? { kind: "block", block }
    : { kind: "host-bits", meant: formatAddressBlock(block) };
}

/** The canonical text: `10.0.0.0/8`; a block of one address has no `/`. */
export function formatAddressBlock(block: AddressBlock): string {
  const address = formatIpAddress(block.bytes, block.bytes.length);
  return block.prefixBits === 8 * block.bytes.length ? address : `${address}/${block.prefixBits}`;
}

/** The highest address of the block; `block.bytes` is the lowest. */
export function lastAddress(block: AddressBlock): Uint8Array {
  return block.bytes.map((byte, index) => byte | (0xff >> bitsWithin(block.prefixBits, index)));
}

/** Whether `block` holds the address `bytes[offset, offset + length)`. */
export function holdsAddress(
  block: AddressBlock,
  bytes: Uint8Array,
  offset: number,
  length: number,
): boolean {
  if (block.bytes.length !== length) return false;
  return block.bytes.every((byte, index) => {
    const difference = byte ^ (bytes[offset + index] ?? 0);
    return difference >> (8 - bitsWithin(block.prefixBits, index)) === 0;
  });
}

function withoutHostBits(bytes: Uint8Array, prefixBits: number): Uint8Array {
  return bytes.map((byte, index) => byte & ~(0xff >> bitsWithin(prefixBits, index)));
}

/** How many bits of byte `index` belong to a prefix: 0 to 8. */
function bitsWithin(prefixBits: number, index: number): number {
  return Math.max(0, Math.min(8, prefixBits - 8 * index));
}

function parseBits(text: string): number | undefined {
  return /^(0|[1-9][0-9]{0,2})$/.test(text) ? Number(text) : undefined;
}
