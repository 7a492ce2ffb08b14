import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFileReader } from "../../src/compiler/files.ts";
import { LIST_FILE_BYTES_MAX } from "../../src/compiler/route/list-file.ts";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "waybill-files-"));
  writeFileSync(join(folder, "vip.txt"), "A1\n");
  writeFileSync(join(folder, "huge.txt"), "");
  truncateSync(join(folder, "huge.txt"), LIST_FILE_BYTES_MAX + 1);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a list is read as bytes, under the path to watch", () => {
  const path = join(folder, "vip.txt");
  const { readList } = createFileReader();
  const expected = { kind: "bytes", path, bytes: Buffer.from("A1\n") };
  expect(readList(path)).toEqual(expected);
  expect(readList(relative(process.cwd(), path))).toEqual(expected);
});

test.for([
  ["absent.txt", /no such file/],
  ["vip.txt/below", /no such file/],
  [".", /directory/],
  ["huge.txt", /67108865 bytes, the limit is 67108864/],
  ["\0", /null bytes/],
] as const)("a list that cannot be had: %j", ([name, reason]) => {
  const path = join(folder, name);
  expect(createFileReader().readList(path)).toEqual({
    kind: "error",
    path,
    reason: expect.stringMatching(reason),
  });
});

test("descriptions come from disk, and from the library by name", () => {
  const { read } = createFileReader();
  expect(read(join(folder, "vip.txt"))).toEqual({ kind: "text", text: "A1\n" });
  expect(read("library:nothing")).toMatchObject({ kind: "error", code: "missing" });
  expect(read("library:../package")).toMatchObject({ kind: "error", code: "missing" });
});
