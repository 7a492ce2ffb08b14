import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  libraryNames,
  readBytes,
  readLibrary,
  readSource,
} from "../../../src/compiler/source/disk-reader.ts";
import { MAX_SOURCE_BYTES } from "../../../src/compiler/source/load.ts";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "waybill-source-"));
  mkdirSync(join(folder, "subfolder"));
  writeFileSync(join(folder, "good.frame"), "protocol A {}");
  writeFileSync(join(folder, "latin1.frame"), Uint8Array.of(0x2f, 0x2f, 0xe9));
  writeFileSync(join(folder, "secret.frame"), "");
  chmodSync(join(folder, "secret.frame"), 0);
  writeFileSync(join(folder, "huge.frame"), "");
  truncateSync(join(folder, "huge.frame"), MAX_SOURCE_BYTES + 1);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isRoot = process.getuid?.() === 0;

test.for([
  ["good.frame", { kind: "text", text: "protocol A {}" }],
  ["absent.frame", { kind: "error", code: "missing" }],
  ["good.frame/below", { kind: "error", code: "missing" }],
  ["subfolder", { kind: "error", code: "directory" }],
  ["latin1.frame", { kind: "error", code: "encoding" }],
  ["huge.frame", { kind: "error", code: "too-large" }],
] as const)("%s", ([name, result]) => {
  expect(readSource(join(folder, name))).toMatchObject(result);
});

test.skipIf(isRoot)("a file without permission is unreadable", () => {
  expect(readSource(join(folder, "secret.frame"))).toMatchObject({
    kind: "error",
    code: "unreadable",
  });
});

test("a device is not read", () => {
  expect(readSource("/dev/zero")).toMatchObject({ kind: "error", code: "unreadable" });
});

test("a limit of the caller's own is kept", () => {
  const path = join(folder, "good.frame");
  expect(readBytes(path, 13)).toMatchObject({ kind: "bytes" });
  expect(readBytes(path, 12)).toMatchObject({ kind: "error", code: "too-large" });
});

test("what is not in the library is missing, and no name leads out of its folder", () => {
  expect(readSource("library:no-such-protocol")).toMatchObject({ kind: "error", code: "missing" });
  expect(readLibrary("../package")).toMatchObject({ kind: "error", code: "missing" });
});

test.for(libraryNames().map((name) => [name] as const))("library file %s is read", ([name]) => {
  expect(readSource(`library:${name}`)).toMatchObject({ kind: "text" });
});
