import { describe, expect, test } from "vitest";
import {
  decodeSource,
  identityOf,
  MAX_SOURCE_BYTES,
  resolveImport,
} from "../../../src/compiler/source/load.ts";

describe("resolveImport", () => {
  test.for<[string, string, string | undefined]>([
    ["dir/a.frame", "proxy", "library:proxy"],
    ["dir/a.frame", "tls-hello", "library:tls-hello"],
    ["dir/a.frame", "./b.frame", "dir/b.frame"],
    ["dir/a.frame", "b.frame", "dir/b.frame"],
    ["dir/a.frame", "../b.frame", "b.frame"],
    ["/x/a.frame", "./sub/../b.frame", "/x/b.frame"],
    ["library:mqtt", "proxy", "library:proxy"],
    ["library:mqtt", "./proxy.frame", undefined],
    ["a.frame", "/etc/passwd", undefined],
    ["a.frame", "", undefined],
    ["a.frame", "b\0.frame", undefined],
    ["a.frame", "library:../../secret", undefined],
  ])("in %j, %j is %j", ([from, target, path]) => {
    expect(resolveImport(from, target)).toBe(path);
  });
});

describe("decodeSource", () => {
  test("drops a byte order mark and keeps the rest", () => {
    expect(decodeSource(Buffer.from("\ufeffa 你"))).toEqual({ kind: "text", text: "a 你" });
  });

  test("refuses what is not UTF-8", () => {
    const result = decodeSource(Uint8Array.of(0x61, 0xff, 0xfe));
    expect(result).toMatchObject({ kind: "error", code: "encoding" });
  });

  test("refuses what is too large", () => {
    const result = decodeSource(new Uint8Array(MAX_SOURCE_BYTES + 1));
    expect(result).toMatchObject({ kind: "error", code: "too-large" });
    expect(decodeSource(new Uint8Array(MAX_SOURCE_BYTES)).kind).toBe("text");
  });
});

test("identityOf joins spellings of one path", () => {
  expect(identityOf("./a/../b.frame")).toBe("b.frame");
  expect(identityOf("library:proxy")).toBe("library:proxy");
});
