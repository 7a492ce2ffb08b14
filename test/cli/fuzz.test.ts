// Any bytes as a description or a configuration: findings and a status, never an exception, never a stack trace.
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runWaybill } from "./run-waybill.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const RUNS = 150;
const folder = temporaryFolder();

const descriptions = [
  ...readdirSync("protocols").map((name) => `protocols/${name}`),
  "test/cli/files/meters.frame",
].map((path) => readFileSync(path));
const configurations = ["test/cli/files/waybill.yaml"].map((path) => readFileSync(path));

/** What a person or a disk does to a file: a piece cut out, doubled, moved, or overwritten. */
function mutationOf(originals: readonly Buffer[], fragments: readonly string[]) {
  const edit = fc.record({
    at: fc.nat(),
    cut: fc.nat({ max: 40 }),
    insert: fc.oneof(
      fc.constantFrom(...fragments).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    ),
  });
  return fc
    .tuple(fc.constantFrom(...originals), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([original, edits]) =>
      edits.reduce((text, { at, cut, insert }) => {
        const from = at % (text.length + 1);
        return Buffer.concat([text.subarray(0, from), insert, text.subarray(from + cut)]);
      }, original),
    );
}

const WORDS =
  '{ } ( ) [ ] ; = == .. -> " u8 u64 i16 text[ bits block repeat switch if else key size = max 0 -1 99999999999999999999 until filling times at start end check xor( rest; @ varint[ import "star"; router on when in like file otherwise test bytes expect variant between layer dialog decide at key;'.split(
    " ",
  );
const YAML = [
  "{",
  "}",
  "[",
  "]",
  ":",
  "- ",
  "\n",
  "  ",
  "&a",
  "*a",
  "<<: *a",
  "!!binary",
  "---",
  "|",
  ">",
  "'",
  '"',
  "\t",
  "0x",
  "~",
  "pools",
  "listeners",
  "#",
];

/** A word, a number or a text of a description, and what else of its kind may stand in its place. */
const TOKEN = /0x[0-9A-Fa-f]+|\d+(?:KiB)?|"(?:[^"\\\n]|\\.)*"|[A-Za-z_]\w*/g;
const STATEMENT = /[^;{}]+;/g;
const NUMBERS = ["0", "1", "2", "7", "8", "255", "65536", "4294967295", "9007199254740991"];
const TYPES = [
  "u8",
  "u16",
  "u32",
  "u64",
  "i16",
  "varint[4]",
  "vlq[3]",
  "dec[4]",
  "bcd[6]",
  "ber[5]",
];

/** Changes that leave most descriptions well-formed: what the parser lets through is for the passes behind it. */
function exchangeIn(originals: readonly Buffer[]) {
  const edit = fc.record({ at: fc.nat(), by: fc.nat(), what: fc.nat({ max: 5 }) });
  return fc
    .tuple(fc.constantFrom(...originals), fc.array(edit, { minLength: 1, maxLength: 3 }))
    .map(([original, edits]) => {
      let text = original.toString("utf8").replace(/^\s*\/\/.*$/gm, "");
      for (const { at, by, what } of edits) {
        const isStatement = what < 2;
        const tokens = [...text.matchAll(isStatement ? STATEMENT : TOKEN)];
        const token = tokens[at % tokens.length];
        if (token === undefined) break;
        const [found] = token;
        const others = kindred(found, tokens);
        // A statement is left out or doubled.
        const other = isStatement ? found.repeat(2 * what) : others[by % others.length];
        text = text.slice(0, token.index) + (other ?? "") + text.slice(token.index + found.length);
      }
      return Buffer.from(text);
    });
}

function kindred(found: string, tokens: readonly RegExpMatchArray[]): readonly string[] {
  if (/^\d/.test(found)) return NUMBERS;
  if (/^[ui]\d+$/.test(found)) return TYPES;
  const kind = found.startsWith('"') ? /^"/ : /^[A-Za-z_]/;
  return tokens.map(([text]) => text).filter((text) => kind.test(text));
}

async function holds(name: string, bytes: Uint8Array): Promise<void> {
  const path = folder.write(name, bytes);
  const { status, out, err } = await runWaybill(["validate", path]);
  expect(err).toBe("");
  expect([0, 1]).toContain(status);
  expect(status === 1).toBe(/ error WB[0-9]{4}: /.test(out));
  expect(out).toMatch(/^1 file: /m);
  expect(out).not.toMatch(/internal error|^ +at .*:\d+:\d+/m);
  // Whatever the file holds, the terminal gets no control character of it.
  expect([...out].some((character) => character < " " && character !== "\n")).toBe(false);
  if (name.endsWith(".frame")) {
    const formatted = await runWaybill(["fmt", "--check", path]);
    expect(formatted.status).toBeLessThan(2);
  }
}

describe.each([
  ["description", "fuzzed.frame", descriptions, WORDS],
  ["configuration", "fuzzed.yaml", configurations, YAML],
] as const)("as a %s", (_, name, originals, fragments) => {
  test("random bytes", async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), (bytes) =>
      holds(name, bytes),
    );
    await fc.assert(property, { numRuns: RUNS });
  });

  test("random words", async () => {
    const words = fc.array(fc.constantFrom(...fragments, "a", "b", "7"), { maxLength: 60 });
    const property = fc.asyncProperty(words, (all) => holds(name, Buffer.from(all.join(" "))));
    await fc.assert(property, { numRuns: RUNS });
  });

  test("files that were right, changed", { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(mutationOf(originals, fragments), (bytes) =>
      holds(name, bytes),
    );
    await fc.assert(property, { numRuns: RUNS });
  });
});

test("descriptions with words, numbers and types exchanged", { timeout: 60_000 }, async () => {
  const property = fc.asyncProperty(exchangeIn(descriptions), (bytes) =>
    holds("exchanged.frame", bytes),
  );
  await fc.assert(property, { numRuns: 2 * RUNS });
});

test.for([
  // A nested search whose elements could not be lowered.
  `protocol P {
    frame { max 1KiB; repeat a filling u16 max 4 { u8 id; repeat b filling u16 max 4 { text[u64] c; } } }
    key k = a where id == 1 take b;
  }`,
])("found before: %#", (text) => holds("found.frame", Buffer.from(text)));

test("what was changed is whole to begin with", async () => {
  for (const [index, bytes] of [...descriptions.entries()].slice(0, 3)) {
    const path = folder.write(`whole${index}.frame`, bytes);
    expect(await runWaybill(["validate", path])).toMatchObject({ status: 0 });
  }
});
