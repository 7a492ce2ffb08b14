// Every diagnostic by a small file that has it: what `waybill validate` prints is exactly the text beside the file. What
// would take a large file, or a broken machine, is made here.

import { readdirSync } from "node:fs";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listCodes } from "../../src/compiler/index.ts";
import { runWaybill } from "../cli/run-waybill.ts";

const folder = "test/diagnostics";
const files = readdirSync(folder).filter((file) => /^wb[0-9]{4}-.*\.(?:frame|yaml)$/.test(file));

/** Codes that no file of this folder has, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  WB0924: "only a broken installation has it: test/runtime/reload",
};

describe("validate says exactly", () => {
  test.for(files)("%s", async (file) => {
    const { out, err, status } = await runWaybill(["validate", `${folder}/${file}`]);
    expect(err).toBe("");
    await expect(out).toMatchFileSnapshot(file.replace(/\.[a-z]+$/, ".txt"));
    expect(out).toContain(file.slice(0, 6).toUpperCase());
    expect(status).toBe(out.includes(": error WB") ? 1 : 0);
  });
});

const made: readonly {
  readonly code: string;
  readonly what: string;
  /** Makes files in a folder; the one to be validated. */
  readonly make: (folder: string) => Promise<string>;
  readonly says: RegExp;
}[] = [
  {
    code: "WB0001",
    what: "more findings than are shown",
    make: (at) => write(at, "many.frame", protocolOf(lines(300, (index) => `u8 a${index} = 300;`))),
    says: /warning WB0001: and 100 more errors and 0 more warnings, which are not shown/,
  },
  {
    code: "WB0111",
    what: "more words than a description may have",
    make: (at) => write(at, "long.frame", `enum Many { ${"a = 1, ".repeat(600_000)} }`),
    says: /error WB0111: this file has more than \d+ words and marks/,
  },
  {
    code: "WB0525",
    what: "a list of more entries than are kept",
    make: async (at) => {
      await write(at, "keys.txt", lines(2_000_001, String));
      return write(at, "list.frame", routerOf('when serial in file "keys.txt" -> vip;'));
    },
    says: /error WB0525: the file 'keys.txt' is too large: at most 2,?000,?000 entries/,
  },
  {
    code: "WB0533",
    what: "a rule of more conditions than are tried",
    make: (at) => {
      const condition = Array.from({ length: 1200 }, (_, index) => `serial like "*${index}*"`);
      // In pairs: operators nest only so deep.
      return write(at, "rule.frame", routerOf(`when ${balanced(condition)} -> vip;`));
    },
    says: /error WB0533: this rule has more than \d+ conditions/,
  },
  {
    code: "WB0804",
    what: "a file of 100 MB",
    make: async (at) => {
      const path = await write(at, "large.frame", "");
      await truncate(path, 100_000_000);
      return path;
    },
    says: /error WB0804: the file '.*' is too large: 100000000 bytes, the limit is 16777216/,
  },
  {
    code: "WB0807",
    what: "more imports than there may be files",
    make: async (at) => {
      for (let index = 0; index < 256; index += 1) await write(at, `part${index}.frame`, "");
      const imports = Array.from({ length: 256 }, (_, index) => `import "./part${index}.frame";`);
      return write(at, "all.frame", imports.join("\n"));
    },
    says: /error WB0807: more than 256 files are imported/,
  },
  {
    code: "WB0801",
    what: "no such file",
    make: async (at) => join(at, "absent.frame"),
    says: /absent.frame: error WB0801: there is no file/,
  },
  {
    code: "WB0803",
    what: "a directory",
    make: async (at) => at,
    says: /error WB0803: '.*' is a directory/,
  },
  {
    code: "WB0928",
    what: "no such configuration",
    make: async (at) => join(at, "absent.yaml"),
    says: /absent.yaml: error WB0928: the configuration '.*' cannot be read: no such file/,
  },
  {
    code: "WB0928",
    what: "a configuration in UTF-16",
    make: async (at) => {
      const path = join(at, "wide.yaml");
      await writeFile(path, Buffer.from("\ufefflisteners: []", "utf16le"));
      return path;
    },
    says: /the configuration '.*' cannot be read: the bytes are not UTF-8\n {2}help: save it as UTF-8/,
  },
];

describe("a file made here", () => {
  let at = "";
  beforeAll(async () => {
    at = await mkdtemp(join(tmpdir(), "waybill-diagnostics-"));
  });
  afterAll(() => rm(at, { recursive: true, force: true }));

  test.for(made)("$code: $what", { timeout: 60_000 }, async ({ code, make, says }) => {
    const { out, err, status } = await runWaybill(["validate", await make(at)]);
    expect(err).toBe("");
    expect(out).toMatch(says);
    expect(out).toContain(code);
    expect(status).toBe(1);
    // One clear line, not hundreds of them.
    if (code.startsWith("WB08")) expect(out.match(/ error WB/g)).toHaveLength(1);
  });

  test("WB0802: a device, which never ends", async () => {
    const { out, status } = await runWaybill(["validate", "/dev/zero"]);
    expect(out).toMatch(/error WB0802: the file '\/dev\/zero' cannot be read: it is not a regular/);
    expect(status).toBe(1);
  });
});

test("every code of the catalogue is shown by a file, or it is said why not", () => {
  const shown = new Set([
    ...files.map((file) => file.slice(0, 6).toUpperCase()),
    ...made.map(({ code }) => code),
    "WB0802",
  ]);
  const codes = listCodes().map(({ code }) => code);
  expect(codes.length).toBeGreaterThan(140);
  expect(codes.filter((code) => !shown.has(code) && !(code in elsewhere))).toEqual([]);
  expect(Object.keys(elsewhere).filter((code) => shown.has(code))).toEqual([]);
});

async function write(at: string, name: string, text: string): Promise<string> {
  const path = join(at, name);
  await writeFile(path, text);
  return path;
}

function protocolOf(statements: string): string {
  return `protocol Meter {\n  frame {\n${statements}  text[8] serial;\n  }\n  key serial = serial;\n}\n`;
}

function routerOf(rule: string): string {
  return `${protocolOf("")}router meters on Meter {\n  ${rule}\n  otherwise -> main;\n}\n`;
}

function lines(count: number, line: (index: number) => string): string {
  return `${Array.from({ length: count }, (_, index) => line(index)).join("\n")}\n`;
}

/** Joined by `or` as a tree of little depth. */
function balanced(conditions: readonly string[]): string {
  if (conditions.length === 1) return conditions[0] ?? "";
  const middle = conditions.length >> 1;
  return `(${balanced(conditions.slice(0, middle))} or ${balanced(conditions.slice(middle))})`;
}
