import { describe, expect, test } from "vitest";
import { formatIpAddress } from "../../../src/base/ip-address.ts";
import {
  formatAddressBlock,
  holdsAddress,
  lastAddress,
  parseAddressBlock,
} from "../../../src/compiler/route/address-block.ts";

function shown(text: string): string {
  const parsed = parseAddressBlock(text);
  if (parsed.kind !== "block") return parsed.kind === "host-bits" ? `! ${parsed.meant}` : "!";
  const last = lastAddress(parsed.block);
  return `${formatAddressBlock(parsed.block)} to ${formatIpAddress(last, last.length)}`;
}

describe("blocks of addresses", () => {
  test.for<[string, string]>([
    ["10.0.0.0/8", "10.0.0.0/8 to 10.255.255.255"],
    ["10.1.2.3", "10.1.2.3 to 10.1.2.3"],
    ["10.1.2.3/32", "10.1.2.3 to 10.1.2.3"],
    ["10.1.2.0/23", "10.1.2.0/23 to 10.1.3.255"],
    ["0.0.0.0/0", "0.0.0.0/0 to 255.255.255.255"],
    ["2001:db8::/33", "2001:db8::/33 to 2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"],
    ["::1", "::1 to ::1"],
    ["::/0", "::/0 to ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["::ffff:10.0.0.0/104", "10.0.0.0/8 to 10.255.255.255"],
    ["::ffff:10.0.0.1", "10.0.0.1 to 10.0.0.1"],
    ["10.1.2.3/8", "! 10.0.0.0/8"],
    ["2001:db8::1/32", "! 2001:db8::/32"],
    ["::ffff:10.0.0.0/32", "!"],
    ["10.0.0.0/33", "!"],
    ["10.0.0.0/08", "!"],
    ["10.0.0.0/", "!"],
    ["10.0.0.0/8/8", "!"],
    ["10.0.0", "!"],
    ["010.0.0.1", "!"],
    ["fe80::1%eth0", "!"],
    ["", "!"],
  ])("%s", ([text, expected]) => {
    expect(shown(text)).toBe(expected);
  });

  test.for<[string, string, boolean]>([
    ["10.0.0.0/9", "10.127.255.255", true],
    ["10.0.0.0/9", "10.128.0.0", false],
    ["10.0.0.0/9", "::1", false],
    ["0.0.0.0/0", "255.0.0.1", true],
    ["2001:db8::/32", "2001:db8:ffff::", true],
    ["2001:db8::/32", "2001:db9::", false],
  ])("%s holds %s: %s", ([block, address, expected]) => {
    const [holder, held] = [parseAddressBlock(block), parseAddressBlock(address)];
    if (holder.kind !== "block" || held.kind !== "block") throw new Error("a case is wrong");
    const { bytes } = held.block;
    const framed = Uint8Array.of(9, ...bytes, 9);
    expect(holdsAddress(holder.block, framed, 1, bytes.length)).toBe(expected);
  });
});
