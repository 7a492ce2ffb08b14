import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDiskReader, readBytes } from "../../../src/compiler/source/disk-reader.ts";
import { MAX_SOURCE_BYTES, type ReadResult } from "../../../src/compiler/source/load.ts";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "waybill-source-"));
  chmodSync(folder, 0o755); // the file alone keeps readers out
  mkdirSync(join(folder, "library"));
  writeFileSync(join(folder, "library", "proxy.frame"), "protocol ProxyV1 {}");
  writeFileSync(join(folder, "good.frame"), "protocol A {}");
  writeFileSync(join(folder, "latin1.frame"), Uint8Array.of(0x2f, 0x2f, 0xe9));
  writeFileSync(join(folder, "secret.frame"), "");
  chmodSync(join(folder, "secret.frame"), 0);
  writeFileSync(join(folder, "huge.frame"), "");
  truncateSync(join(folder, "huge.frame"), MAX_SOURCE_BYTES + 1);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(path: string): ReadResult {
  return createDiskReader(join(folder, "library"))(path);
}

test.for([
  ["good.frame", { kind: "text", text: "protocol A {}" }],
  ["absent.frame", { kind: "error", code: "missing" }],
  ["good.frame/below", { kind: "error", code: "missing" }],
  ["library", { kind: "error", code: "directory" }],
  ["latin1.frame", { kind: "error", code: "encoding" }],
  ["huge.frame", { kind: "error", code: "too-large" }],
] as const)("%s", ([name, result]) => {
  expect(read(join(folder, name))).toMatchObject(result);
});

test("a file without permission is unreadable", () => {
  const result = withoutPrivilege(() => read(join(folder, "secret.frame")));
  expect(result).toMatchObject({ kind: "error", code: "unreadable" });
});

test("a device is not read", () => {
  expect(read("/dev/zero")).toMatchObject({ kind: "error", code: "unreadable" });
});

test("a limit of the caller's own is kept", () => {
  const path = join(folder, "good.frame");
  expect(readBytes(path, 13)).toMatchObject({ kind: "bytes" });
  expect(readBytes(path, 12)).toMatchObject({ kind: "error", code: "too-large" });
});

test("library files are found by name, and no name leads out of the folder", () => {
  expect(read("library:proxy")).toEqual({ kind: "text", text: "protocol ProxyV1 {}" });
  expect(read("library:nothing")).toMatchObject({ kind: "error", code: "missing" });
  expect(read("library:../good")).toMatchObject({ kind: "error", code: "missing" });
});

/** Root reads everything: for the time of `action` it is nobody. Others stay who they are. */
function withoutPrivilege<T>(action: () => T): T {
  if (process.geteuid?.() !== 0) return action();
  const nobody = 65_534;
  process.seteuid?.(nobody);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
  }
}
