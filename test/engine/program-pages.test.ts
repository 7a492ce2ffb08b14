// Which mappings of a program may be forgotten: only what the file has in full.
import { describe, expect, test } from "vitest";
import { unchangedMappings } from "../../src/runtime/engine/linux/kernel/program-pages.ts";

const PROGRAM = "/usr/bin/node";

function mapping(range: string, permissions: string, path: string, anonymous: number): string {
  const head = `${range} ${permissions} 00001000 fe:00 4711${path === "" ? " " : `       ${path}`}`;
  return `${head}\nSize: 8 kB\nRss: 8 kB\nAnonymous:             ${anonymous} kB\nVmFlags: rd mr mw me\n`;
}

describe("of the mappings of a process", () => {
  test.for([
    { what: "text", permissions: "r-xp", path: PROGRAM, anonymous: 0, isFound: true },
    { what: "constants", permissions: "r--p", path: PROGRAM, anonymous: 0, isFound: true },
    { what: "relocated", permissions: "r--p", path: PROGRAM, anonymous: 4, isFound: false },
    { what: "variables", permissions: "rw-p", path: PROGRAM, anonymous: 0, isFound: false },
    { what: "shared", permissions: "r--s", path: PROGRAM, anonymous: 0, isFound: false },
    { what: "no file's", permissions: "r--p", path: "", anonymous: 0, isFound: false },
    { what: "a library's", permissions: "r-xp", path: "/lib/x.so", anonymous: 0, isFound: false },
    {
      what: "replaced",
      permissions: "r-xp",
      path: `${PROGRAM} (deleted)`,
      anonymous: 0,
      isFound: false,
    },
  ])("$what ones: found $isFound", ({ permissions, path, anonymous, isFound }) => {
    const before = mapping("00400000-00402000", "rw-p", "", 8);
    const after = mapping("7f0000000000-7f0000002000", "rw-p", "", 0);
    const smaps =
      before + mapping("55d0c0000000-55d0c0002000", permissions, path, anonymous) + after;
    const expected = isFound ? [{ start: 0x55d0c0000000, end: 0x55d0c0002000 }] : [];
    expect(unchangedMappings(smaps, PROGRAM)).toEqual(expected);
  });
});
