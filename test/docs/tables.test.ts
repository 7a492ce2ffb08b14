// What the documentation lists is what there is: checksums, reserved words, kinds of refusal, codes, files.
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checksumNames, findChecksum } from "../../src/compiler/check/checksums.ts";
import { listCodes, type RejectKind } from "../../src/compiler/index.ts";
import { DEFAULT_DIGITS_MAX } from "../../src/compiler/ir/lower/measure.ts";
import { DERIVED_ROUNDS_MAX } from "../../src/compiler/ir/lower/repeats.ts";
import { REWRITE_MAX } from "../../src/compiler/ir/lower/scratch.ts";
import { SPLIT_DEPTH_MAX } from "../../src/compiler/route/check-action.ts";
import { CONDITION_TESTS_MAX } from "../../src/compiler/route/check-condition.ts";
import { RESIDUALS_MAX } from "../../src/compiler/route/check-router.ts";
import { LIKE_PATTERN_MAX } from "../../src/compiler/route/glob.ts";
import { LIST_ENTRIES_MAX, LIST_FILE_BYTES_MAX } from "../../src/compiler/route/list-file.ts";
import { MAP_POOLS_MAX } from "../../src/compiler/route/list-values.ts";
import { MAX_SOURCE_BYTES, MAX_SOURCE_FILES } from "../../src/compiler/source/load.ts";
import { MAX_STATEMENT_DEPTH } from "../../src/compiler/syntax/grammar/block-rules.ts";
import { MAX_EXPRESSION_DEPTH } from "../../src/compiler/syntax/grammar/tree-heights.ts";
import { MAX_OPEN_BRACKETS, MAX_TOKENS } from "../../src/compiler/syntax/lexer.ts";
import { Reserved } from "../../src/compiler/syntax/tokens.ts";
import { configurationJsonSchema } from "../../src/runtime/index.ts";
import { KEY_TEXT_BYTES_MAX } from "../../src/runtime/log/key-text.ts";
import { LOG_BYTES_MAX } from "../../src/runtime/log/log-output.ts";
import { DRAIN_GRACE_MS } from "../../src/runtime/router.ts";
import { readDocument } from "./fences.ts";

const language = readDocument("docs/language.md");
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(fileURLToPath(new URL("../../docs", import.meta.url)))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

describe("checksums", () => {
  test.for(checksumNames)("%s", (name) => {
    const checksum = findChecksum(name);
    if (checksum?.kind !== "crc") {
      expect(language).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\|`, "m"));
      return;
    }
    const { width, poly, init, reflectIn, xorOut } = checksum;
    const hex = (value: number) =>
      `0x${value
        .toString(16)
        .toUpperCase()
        .padStart(width / 4, "0")}`;
    const row = [name, width, hex(poly), hex(init), reflectIn ? "yes" : "no", hex(xorOut)];
    expect(language).toContain(`| \`${row[0]}\` | ${row.slice(1).join(" | ")} |`);
  });
});

test("reserved words are listed, and no others", () => {
  const section = language.slice(language.indexOf("## Reserved words"));
  const rows = [...section.matchAll(/^\| (?:types|clauses) \|(.*)\|$/gm)].map(([, row]) => row);
  const listed = rows.join(" ").match(/[a-z][a-z0-9]*/g);
  expect([...(listed ?? [])].sort()).toEqual(Object.keys(Reserved).sort());
});

test("every kind of refusal is explained", () => {
  const kinds: Record<RejectKind, true> = {
    mark: true,
    guard: true,
    digits: true,
    varint: true,
    "too-short": true,
    "too-long": true,
    trailing: true,
    delimiter: true,
    encoding: true,
    check: true,
    duplicate: true,
    "key-too-long": true,
    switch: true,
  };
  const missing = Object.keys(kinds).filter((kind) => !language.includes(`\n| \`${kind}\` |`));
  expect(missing).toEqual([]);
});

const MIB = 1024 * 1024;
const grouped = (value: number) => value.toLocaleString("en-US");

test.for([
  ["language.md", `| a file | ${MAX_SOURCE_BYTES / MIB} MiB |`],
  ["language.md", `| files, with all that they import | ${MAX_SOURCE_FILES} |`],
  ["language.md", `| digits that are a number | ${DEFAULT_DIGITS_MAX};`],
  ["language.md", `| elements of a repetition without \`max\` | ${grouped(DERIVED_ROUNDS_MAX)} |`],
  ["language.md", `BCD, UTF-16) | ${REWRITE_MAX / 1024} KiB |`],
  ["language.md", `brackets open | ${MAX_STATEMENT_DEPTH}, ${MAX_OPEN_BRACKETS} |`],
  ["language.md", `| conditions in one rule | ${grouped(CONDITION_TESTS_MAX)} |`],
  ["language.md", `| splits inside one another | ${SPLIT_DEPTH_MAX} |`],
  [
    "language.md",
    `| a list file | ${LIST_FILE_BYTES_MAX / MIB} MiB, ${grouped(LIST_ENTRIES_MAX)} entries; of \`map\`, ${grouped(MAP_POOLS_MAX)} pools |`,
  ],
  ["language.md", `Lists have at most ${grouped(LIST_ENTRIES_MAX)} entries`],
  ["language.md", `\`?\` one byte; at most ${LIKE_PATTERN_MAX} bytes`],
  ["language.md", `are cheap up to ${RESIDUALS_MAX} rules`],
  ["grammar.md", `${grouped(MAX_TOKENS)} tokens and comments, ${MAX_OPEN_BRACKETS} brackets open`],
  [
    "grammar.md",
    `${MAX_STATEMENT_DEPTH} statements inside one another and ${MAX_EXPRESSION_DEPTH} operators`,
  ],
  ["configuration.md", `at most ${LOG_BYTES_MAX / MIB} MiB of them waiting`],
  ["configuration.md", `ends what is open evenly over ${DRAIN_GRACE_MS / 1000} s`],
  ["configuration.md", `Keys are cut at ${KEY_TEXT_BYTES_MAX}`],
] as const)("the limits that %s states are those of the code: %s", ([name, stated]) => {
  expect(readDocument(`docs/${name}`)).toContain(stated);
});

describe.each(documents)("%s", (path) => {
  const text = readDocument(path);

  test("names codes that exist", () => {
    const codes = new Set(listCodes().map(({ code }) => code));
    const named = [...text.matchAll(/\bWB\d{4}\b/g)].map(([code]) => code);
    expect(named.filter((code) => !codes.has(code))).toEqual([]);
  });

  test("links to what is there", () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)];
    const targets = links.map(([, link, source]) => link ?? source ?? "");
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => !leadsSomewhere(path, target))).toEqual([]);
  });
});

test("the package holds what its README links to", () => {
  const { files } = JSON.parse(readDocument("package.json")) as { files: readonly string[] };
  const linked = [...readDocument("README.md").matchAll(/\]\(([^)\s]+)\)/g)];
  const local = linked.map(([, link = ""]) => link).filter((link) => !/^[a-z]+:/.test(link));
  const roots = local.map((link) => link.split(/[/#]/)[0] ?? "");
  expect(roots.length).toBeGreaterThan(5);
  expect(roots.filter((root) => !files.includes(root))).toEqual([]);
});

test("architecture.md names files and folders that exist", () => {
  const text = readDocument("docs/architecture.md");
  const named = [
    ...text.matchAll(/`((?:src|test|docs|protocols|bench|examples|scripts)\/[^`\s]*)`/g),
  ];
  const paths = named.map(([, path = ""]) => path).filter((path) => !/[*<…]|NAME/.test(path));
  expect(paths.length).toBeGreaterThan(40);
  expect(paths.filter((path) => !exists(path))).toEqual([]);
  // In tables and sections about one part of the tree, a file goes by the end of its path.
  const short = [...text.matchAll(/`([a-z-]+(?:\/[a-z-]+)*\.ts)`/g)].map(([, path = ""]) => path);
  const endings = short.filter((path) => !path.startsWith("src/") && !path.startsWith("test/"));
  const files = readdirSync("src", { recursive: true, encoding: "utf8" });
  expect(endings.length).toBeGreaterThan(20);
  expect(endings.filter((path) => !files.some((file) => `/${file}`.endsWith(`/${path}`)))).toEqual(
    [],
  );
});

test("architecture.md names every folder of the sources and of the tests", () => {
  const text = readDocument("docs/architecture.md");
  const foldersOf = (root: string, recursive: boolean) =>
    readdirSync(root, { recursive, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name));
  const mirrored = new Set(foldersOf("src", false).map((path) => path.replace("src/", "test/")));
  const own = foldersOf("test", false).filter((path) => !mirrored.has(path));
  const folders = [...foldersOf("src", true), ...own];
  expect(folders.length).toBeGreaterThan(40);
  expect(folders.filter((path) => !text.includes(`${path}/`))).toEqual([]);
});

/** Whether a relative link from a file of the repository names a file, and a heading of it. */
function leadsSomewhere(from: string, target: string): boolean {
  const [file = "", heading] = target.split("#");
  const path = file === "" ? from : normalize(join(dirname(from), file));
  if (!exists(path)) return false;
  return heading === undefined || headingsOf(readDocument(path)).has(heading);
}

function exists(path: string): boolean {
  return existsSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)));
}

/** Headings as GitHub makes anchors of them. */
function headingsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

describe("configuration.md", () => {
  const text = readDocument("docs/configuration.md");
  const schema = configurationJsonSchema() as SchemaPart;
  const { listeners, pools, ...whole } = schema.properties ?? {};
  const sections = {
    "Of a listener": settingsOf(listeners?.items),
    "Of a pool": settingsOf(pools?.additionalProperties),
    "Of the whole": settingsOf({ properties: whole }),
  };

  describe.each(Object.entries(sections))("%s", (title, settings) => {
    const from = text.indexOf(`### ${title}`);
    const section = text.slice(from, text.indexOf("\n### ", from + 1));
    const rows = [...section.matchAll(/^\| `([a-z.-]+)` \| (.*?) ?\| (.*?) \|/gm)];

    test.for(settings)("$path", ({ path, part }) => {
      const [, , byDefault, values] = rows.find(([, key]) => key === path) ?? [];
      expect(values).toBeDefined();
      if (part.default !== undefined) expect(byDefault).toBe(String(part.default));
      if (part.maximum !== undefined && values !== byDefault)
        expect(values).toBe(`${part.minimum} to ${part.maximum}`);
    });

    test("has no row of a key that is not there", () => {
      const known = [...settings.map(({ path }) => path), "backends"];
      expect(rows.map(([, key = ""]) => key).filter((key) => !known.includes(key))).toEqual([]);
    });
  });
});

interface SchemaPart {
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly items?: SchemaPart;
  readonly anyOf?: readonly SchemaPart[];
  readonly additionalProperties?: SchemaPart | boolean;
}

interface Setting {
  readonly path: string;
  readonly part: SchemaPart;
}

/** Keys with a value of their own that this release takes, dotted. */
function settingsOf(part: SchemaPart | boolean | undefined, path = ""): readonly Setting[] {
  const properties = typeof part === "object" ? part.properties : undefined;
  return Object.entries(properties ?? {}).flatMap(([key, value]) => {
    if (later.has(key)) return [];
    const own = path === "" ? key : `${path}.${key}`;
    const inside = [value, value.items, ...(value.items?.anyOf ?? [])];
    const members = inside.flatMap((each) => settingsOf(each, own));
    return members.length > 0 ? members : [{ path: own, part: value }];
  });
}

/** Keys that are refused until a release runs them. */
const later: ReadonlySet<string> = new Set([
  ...["discovery", "admin", "metrics", "tokens", "tls", "pin", "lifetime", "per-key", "on-second"],
  ...["connecting", "connect-rate", "queue", "health", "passive", "panic", "on-down", "register"],
  ...["source", "send-proxy-protocol"],
]);
