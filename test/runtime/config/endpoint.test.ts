import { describe, expect, test } from "vitest";
import { formatBind, parseBind, parseEndpoint } from "../../../src/runtime/config/endpoint.ts";

const longest = `unix:/${"x".repeat(106)}`;

describe("where a listener binds", () => {
  test.for([
    ["0.0.0.0:2048", "0.0.0.0:2048"],
    ["127.0.0.1:0", "127.0.0.1:0"],
    ["[2001:DB8::0:1]:65535", "[2001:db8::1]:65535"],
    ["unix:/run/waybill.sock", "unix:/run/waybill.sock"],
    [longest, longest],
  ] as const)("%s", ([text, shown]) => {
    const bind = parseBind(text);
    expect(bind && formatBind(bind)).toBe(shown);
  });

  test.for([
    "0.0.0.0",
    "0.0.0.0:65536",
    "localhost:1",
    "::1:2048",
    "[10.0.0.1]:1",
    "unix:",
    `${longest}x`,
    `unix:/${"é".repeat(54)}`, // bytes count
    "unix:/run/a\0b",
  ])("not %j", (text) => {
    expect(parseBind(text)).toBeUndefined();
  });
});

test("a backend has a port", () => {
  expect(parseEndpoint("10.0.0.1:1")).toEqual({
    host: "10.0.0.1",
    port: 1,
    address: "10.0.0.1:1",
  });
  expect(parseEndpoint("10.0.0.1:0")).toBeUndefined();
});
