// Networks as the configuration writes them: `10.0.0.0/8`, `2001:db8::/32`, or one address.

import { type AddressBlock, formatAddressBlock, parseAddressBlock } from "../../compiler/index.ts";

/** @returns `undefined` where the text is no network, or has bits set beyond its prefix */
export function parseNetwork(text: string): AddressBlock | undefined {
  const parsed = parseAddressBlock(text);
  return parsed.kind === "block" ? parsed.block : undefined;
}

/** The network that was probably meant: the one an address with a prefix lies in, or that of an address alone. */
export function suggestNetwork(text: string): string | undefined {
  const parsed = parseAddressBlock(text);
  if (parsed.kind === "host-bits") return parsed.meant;
  const [address = ""] = text.split(/[/ ]/);
  const alone = parseAddressBlock(address);
  return alone.kind === "block" && address !== text ? formatAddressBlock(alone.block) : undefined;
}
