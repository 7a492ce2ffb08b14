import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatIpAddress, parseIpAddress } from "../../src/base/ip-address.ts";

function parsed(text: string): string {
  const bytes = new Uint8Array(16);
  return formatIpAddress(bytes, parseIpAddress(text, bytes));
}

describe("an address becomes its canonical text", () => {
  test.for([
    ["10.0.0.1", "10.0.0.1"],
    ["::", "::"],
    ["::1", "::1"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["fe80::1%eth0", "fe80::1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ] as const)("%s: %s", ([text, canonical]) => {
    expect(parsed(text)).toBe(canonical);
  });
});

describe("no address", () => {
  test.for([
    "",
    "10.0.0",
    "10.0.0.256",
    "010.0.0.1",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4::5:6:7:8", // `::` stands for one group at least
    "1::2::3",
    "12345::",
    "10.0.0.1::",
    ":::",
  ])("%j", (text) => {
    expect(parsed(text)).toBe("");
    expect(isIP(text)).toBe(0);
  });
});

test("the canonical text of any address is an address, and its own", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const canonical = parsed(text);
      expect(isIP(canonical)).toBeGreaterThan(0);
      expect(parsed(canonical)).toBe(canonical);
    }),
  );
});
