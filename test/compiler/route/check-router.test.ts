import { describe, expect, test } from "vitest";
import { routersCatalog } from "../../../src/compiler/diagnostics/catalog/routers.ts";
import { type CatalogKey, catalog } from "../../../src/compiler/diagnostics/catalog.ts";
import { SPLIT_DEPTH_MAX } from "../../../src/compiler/route/check-action.ts";
import { RESIDUALS_MAX } from "../../../src/compiler/route/check-router.ts";
import type { RouteKey } from "../../../src/compiler/route/checked-router.ts";
import { LIKE_PATTERN_MAX } from "../../../src/compiler/route/glob.ts";
import { LIST_FILE_BYTES_MAX } from "../../../src/compiler/route/list-file.ts";
import { MALFORMED_KEPT } from "../../../src/compiler/route/list-values.ts";
import { checkRules, checkSource } from "./router-source.ts";

interface Case {
  /** With the span of the finding between `«` and `»`. */
  readonly rules: string;
  readonly key: CatalogKey;
  readonly says: string;
  readonly help?: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly keys?: readonly RouteKey[];
}

const MQTT: readonly RouteKey[] = [
  { name: "client", type: "text", minBytes: 0, maxBytes: 64, maxNumber: 0, mayBeMissing: false },
];

/** Each has exactly one finding. */
const CASES: readonly Case[] = [
  {
    rules: 'when «statoin» == "A" -> a;',
    key: "routeUnknownKey",
    says: "protocol 'P' has no key 'statoin'",
    help: "did you mean 'station'?",
  },
  {
    rules: "otherwise -> a by «qqq»;",
    key: "routeUnknownKey",
    says: "no key 'qqq'",
    help: "its keys are: station, device, mark, user",
  },
  {
    rules: 'map «missing» file "f" -> pool;',
    key: "routeUnknownKey",
    says: "no key 'missing'",
    files: { f: "A,a" },
  },
  {
    rules: "when station == «12» -> a;",
    key: "routeTypeMismatch",
    says: "'station' is text and is compared with a number",
    help: 'quote it, "12", or compare the value of the digits: number(station)',
  },
  {
    rules: 'when device in (1, «"2"», 3) -> a;',
    key: "routeTypeMismatch",
    says: "'device' is an integer and is compared with text",
    help: "write the number without quotes",
  },
  {
    rules: 'when number(station) == «"42"» -> a;',
    key: "routeTypeMismatch",
    says: "'number(station)' is an integer and is compared with text",
  },
  {
    rules: "when mark == «0x7E» -> a;",
    key: "routeTypeMismatch",
    says: "'mark' is bytes and is compared with a number",
  },
  {
    rules: 'when «device prefix "88"» -> a;',
    key: "routeTypeMismatch",
    says: "'device' is an integer and is compared with a prefix",
  },
  {
    rules: "when «number(device)» == 1 -> a;",
    key: "routeNumberOfNonText",
    says: "'device' is an integer",
    help: "leave it out: device is a number already",
  },
  {
    rules: "when «number(mark)» == 1 -> a;",
    key: "routeNumberOfNonText",
    says: "'mark' is bytes",
  },
  {
    rules: 'when «station < "B"» -> a;',
    key: "routeOrderOfBytes",
    says: "'<' orders numbers, and 'station' is not a number",
    help: 'write a range, station in "A000".."A999", or number(station) < …',
  },
  {
    rules: "when device == «limit» -> a;",
    key: "routeNotConstant",
    says: "'limit' is not a constant",
  },
  {
    rules: "when device == «9007199254740992» -> a;",
    key: "routeNumberRange",
    says: "no key can be 9007199254740992",
  },
  {
    rules: "when device in «NEGATIVE»..3 -> a;",
    key: "routeNumberRange",
    says: "no key can be -1",
  },
  {
    rules: "when device in «9..3» -> a;",
    key: "routeEmptyRange",
    says: "nothing lies in 9..3",
  },
  {
    rules: "when «device < 0» -> a;",
    key: "routeEmptyRange",
    says: "nothing lies in device < 0",
  },
  {
    rules: 'when station in ("x", «"B2".."A1"») -> a;',
    key: "routeEmptyRange",
    says: 'nothing lies in "B2".."A1"',
  },
  {
    rules: 'when station in «"1".."4999"» -> a;',
    key: "routeRangeLengths",
    says: "the bounds of this range are 1 and 4 bytes long",
    help: "pad them to one length, or compare digits by value: number(station) in 1..4999",
  },
  {
    rules: 'when client in («"10.0.0.256"», "10.0.0.0/8") -> a;',
    key: "routeBadAddress",
    says: '"10.0.0.256" is no address and no block of addresses',
  },
  {
    rules: 'when client in «"10.0.0.0/33"» -> a;',
    key: "routeBadAddress",
    says: "no address",
  },
  {
    rules: "when client in «10» -> a;",
    key: "routeBadAddress",
    says: "no address",
  },
  {
    rules: 'when client not in «"10.1.2.3/8"» -> a;',
    key: "routeBadAddress",
    says: '"10.1.2.3/8" has bits set beyond its prefix',
    help: 'write the block, "10.0.0.0/8", or the address without its prefix',
  },
  {
    rules: 'when «client == "10.0.0.1"» -> a;',
    key: "routeClientMisuse",
    says: "the client's address cannot be compared by ==",
  },
  {
    rules: 'when «client like "10.*"» -> a;',
    key: "routeClientMisuse",
    says: "cannot be matched by like",
  },
  {
    rules: 'when client in «"10.0.0.1".."10.0.0.9"» -> a;',
    key: "routeClientMisuse",
    says: "cannot be in a range",
  },
  {
    rules: "when missing «client» -> a;",
    key: "routeClientMisuse",
    says: "cannot be missing",
  },
  {
    rules: "when number(«client») == 1 -> a;",
    key: "routeClientMisuse",
    says: "cannot be read as a number",
  },
  {
    rules: "otherwise -> a by «client»;",
    key: "routeClientMisuse",
    says: "cannot be hashed",
  },
  {
    rules: "otherwise -> split «client» { 100% -> a; }",
    key: "routeClientMisuse",
    says: "cannot be split",
  },
  {
    rules: 'when client in «"10.0.0.0/8"» -> a;',
    key: "routeClientIsKey",
    says: "client is the key of protocol 'P' here: \"10.0.0.0/8\" is compared as text",
    keys: MQTT,
  },
  {
    rules: 'when client == «"::/0"» -> a;',
    key: "routeClientIsKey",
    says: "compared as text",
    keys: MQTT,
  },
  {
    rules: "otherwise -> «split user { 95% -> a; 6% -> b; }»",
    key: "routePercentSum",
    says: "these shares sum to 101%, not to 100%",
  },
  {
    rules: "otherwise -> split user { 95% -> a; «5» -> b; }",
    key: "routePercentUnit",
    says: "a share is a percentage, and '5' is none",
    help: "write 5% -> …;",
  },
  {
    rules: 'when «station» == "A" -> a; // open',
    key: "routeMissingUnhandled",
    says: "'station' may be missing, and no rule says what then",
    help: 'add a rule: when missing station -> reject "no station"; or end with otherwise',
  },
  {
    rules: "otherwise -> split «station» { 50% -> a; 50% -> b; }",
    key: "routeMissingUnhandled",
    says: "'station' may be missing",
  },
  {
    rules: 'otherwise -> a; «when user == "x" -> b;»',
    key: "routeAfterOtherwise",
    says: "no rule after otherwise is ever reached",
  },
  {
    rules: 'when user == "x" -> a; // open',
    key: "routeNoOtherwise",
    says: "router 'r' has no otherwise",
  },
  {
    rules: 'when user in ("x", «"x"») -> a;',
    key: "routeDuplicateValue",
    says: '"x" stands in this set twice',
  },
  {
    rules: "when device in (1, 2, «0x1») -> a;",
    key: "routeDuplicateValue",
    says: "1 stands in this set twice",
  },
  {
    rules: 'when client in ("10.0.0.0/8", «"::ffff:10.0.0.0/104"») -> a;',
    key: "routeDuplicateValue",
    says: '"10.0.0.0/8" stands in this set twice',
  },
  {
    rules: 'when user == «"123456789"» -> a;',
    key: "routeValueTooLong",
    says: "this is 9 bytes long, and 'user' has at most 8",
  },
  {
    rules: 'when user like «"12345678?*"» -> a;',
    key: "routeValueTooLong",
    says: "this is 9 bytes long",
  },
  {
    rules: 'when user suffix «"123456789"» -> a;',
    key: "routeValueTooLong",
    says: "this is 9 bytes long",
  },
  {
    rules: 'when user in «"000000000".."999999999"» -> a;',
    key: "routeValueTooLong",
    says: "this is 9 bytes long",
  },
  {
    rules: 'when user like «"abc"» -> a;',
    key: "routeLikeWithoutWildcard",
    says: 'this pattern has no wildcard: it matches "abc" alone',
    help: 'write user == "abc", or add a wildcard: * is any bytes, ? is one byte',
  },
  {
    rules: `when user like «"${"*".repeat(LIKE_PATTERN_MAX + 1)}"» -> a;`,
    key: "routePatternTooLong",
    says: "like takes at most 256",
  },
  {
    rules: 'when user prefix «""» -> a;',
    key: "routeEmptyPattern",
    says: "every key has an empty prefix",
  },
  {
    rules: 'when user in file «"vip.txt"» -> a;',
    key: "routeFileUnreadable",
    says: "the file 'vip.txt' cannot be read: no such file",
  },
  {
    rules: 'when user in file «""» -> a;',
    key: "routeFileUnreadable",
    says: "it is no path",
  },
  {
    rules: 'when user in file «"vip.txt"» -> a;',
    key: "routeFileUnreadable",
    says: "it is UTF-16 text: save it as UTF-8",
    files: { "vip.txt": Uint8Array.of(0xff, 0xfe, 0x41, 0) },
  },
  {
    rules: 'when user in file «"vip.txt"» -> a;',
    key: "routeFileTooLarge",
    says: "the file 'vip.txt' is too large: at most 64 MiB",
    files: { "vip.txt": new Uint8Array(LIST_FILE_BYTES_MAX + 1) },
  },
  {
    rules: 'when device in file «"ids.txt"» -> a;',
    key: "routeFileMalformed",
    says: "ids.txt:3: 'A7': it is no number from 0 to 2^53 - 1",
    files: { "ids.txt": "# ids\n7\nA7\n" },
  },
  {
    rules: 'when client in file «"nets.txt"» -> a;',
    key: "routeFileMalformed",
    says: "nets.txt:1: '10.1.2.3/8': bits beyond its prefix are set: it would be 10.0.0.0/8",
    files: { "nets.txt": "10.1.2.3/8\n::1" },
  },
  {
    rules: 'map user file «"map.csv"» -> pool;',
    key: "routeFileMalformed",
    says: "map.csv:2: 'B': a line is KEY,POOL",
    files: { "map.csv": "A,north\nB\n" },
  },
  {
    rules: 'map user file «"map.csv"» -> pool;',
    key: "routeFileMalformed",
    says: "map.csv:1: 'A,no pool': what follows the last comma cannot be the name of a pool",
    files: { "map.csv": "A,no pool\n" },
  },
  {
    rules: 'when user in file «"vip.txt"» -> a;',
    key: "routeFileMalformed",
    says: "its quotes or its digits are not complete",
    files: { "vip.txt": 'x"7"\n' },
  },
  {
    rules: 'when user in file «"vip.txt"» -> a;',
    key: "routeFileDuplicates",
    says: "vip.txt: 2 entries stand there twice, first line 4, which repeats line 2",
    files: { "vip.txt": "A\nB\nC\nB # again\nA\n" },
  },
  {
    rules: 'map device file «"map.csv"» -> pool;',
    key: "routeFileDuplicates",
    says: "map.csv: 1 entry stands there twice, first line 2, which repeats line 1",
    files: { "map.csv": "16,north\n0x10,south\n" },
  },
  {
    rules: 'when client in file «"nets.txt"» -> a;',
    key: "routeFileDuplicates",
    says: "nets.txt: 1 entry stands there twice, first line 2, which repeats line 1",
    files: { "nets.txt": "10.0.0.1\n10.0.0.1/32\n" },
  },
  {
    rules: 'when user in file «"vip.txt"» -> a;',
    key: "routeFileTooLong",
    says: "vip.txt: 1 entry is longer than the 8 bytes of 'user', first line 2",
    files: { "vip.txt": "A\n123456789\n" },
  },
  {
    rules: 'when user in file «"vip.txt"» -> a;',
    key: "routeFileEmpty",
    says: "the file 'vip.txt' has no entries",
    files: { "vip.txt": "# nobody yet\n\n" },
  },
  {
    rules: "when «missing user» -> a;",
    key: "routeNeverMissing",
    says: "'user' is never missing",
  },
  {
    rules: `otherwise -> ${"split user { 100% -> ".repeat(SPLIT_DEPTH_MAX)}«split user { 100% -> a; }»${"}".repeat(SPLIT_DEPTH_MAX)}`,
    key: "routeSplitTooDeep",
    says: "splits are nested more than 4 deep",
  },
];

describe("one finding each, with its span", () => {
  test.for(CASES)("$key: $rules", ({ rules, key, says, help, files, keys }) => {
    const { found, marked } = checkRules(rules, files, keys);
    expect(found.map(({ code, message }) => `${code} ${message}`)).toEqual([
      expect.stringContaining(`${catalog[key].code} `),
    ]);
    expect(found[0]?.message).toContain(says);
    expect(found[0]?.span).toMatchObject(marked ?? {});
    if (help !== undefined) expect(found[0]?.help).toBe(help);
  });
});

describe("several findings, and findings of the whole router", () => {
  test("malformed lines are shown one by one, then counted", () => {
    const files = { "ids.txt": "x\n".repeat(MALFORMED_KEPT + 2) };
    const { found } = checkRules('when device in file "ids.txt" -> a;', files);
    const ofLines = found.filter(({ code }) => code === routersCatalog.routeFileMalformed.code);
    expect(ofLines).toHaveLength(MALFORMED_KEPT);
    expect(found.at(-1)).toMatchObject({
      code: routersCatalog.routeFileMalformedMore.code,
      message: "ids.txt: 2 more lines mean nothing here",
    });
  });

  test("a file that two rules name is read and reported once", () => {
    const files = { "vip.txt": "A\nA\n" };
    const rules =
      'when user in file "vip.txt" and device == 1 -> a; when not user in file "vip.txt" -> b;';
    const { found, checked } = checkRules(rules, files);
    expect(found.map(({ code }) => code)).toEqual([routersCatalog.routeFileDuplicates.code]);
    expect(checked.files).toEqual(["/routes/vip.txt"]);
  });

  test("a router without rules", () => {
    const { found, marked } = checkSource("router «r» on P { }");
    expect(found).toMatchObject([{ code: routersCatalog.routeEmpty.code, span: marked }]);
  });

  test("more conditions than a rule may have", () => {
    const conjunction = Array.from({ length: 5 }, (_, index) => `device == ${index}`).join(" and ");
    const { found, marked } = checkRules(
      `when «${Array.from({ length: 210 }, () => `(${conjunction})`).join(" or ")}» -> a;`,
    );
    expect(found.map(({ code }) => code)).toEqual([routersCatalog.routeTooManyTests.code]);
    expect(found[0]?.span.start).toBe((marked?.start ?? 0) + 1);
  });

  test("conditions that no table finds, beyond what is cheap", () => {
    const rules = (count: number) =>
      Array.from({ length: count }, (_, index) => `when user like "*${index}*" -> a;`).join("\n");
    expect(checkRules(rules(RESIDUALS_MAX)).found).toEqual([]);
    const { found } = checkRules(rules(RESIDUALS_MAX + 6));
    expect(found).toMatchObject([
      {
        code: routersCatalog.routeManyResiduals.code,
        message: "70 conditions of this router can only be tried one by one; up to 64 are cheap",
      },
    ]);
  });

  test("rules that share one value and differ only in what no table finds", () => {
    const rules = Array.from(
      { length: 2 * RESIDUALS_MAX + 1 },
      (_, index) => `when device == 7 and user like "*${index}*" -> a;`,
    );
    const { found } = checkRules(rules.join("\n"));
    expect(found.map(({ code }) => code)).toEqual([routersCatalog.routeManyResiduals.code]);
    const selective = rules.map((rule, index) => rule.replace("== 7", `in ${index}..${index + 1}`));
    expect(checkRules(selective.join("\n")).found).toEqual([]);
  });

  test("both sides of a condition are looked at", () => {
    const { found } = checkRules('when statoin == "A" or not (devise == 1 and user == 2) -> a;');
    expect(found.map(({ code }) => code)).toEqual([
      routersCatalog.routeUnknownKey.code,
      routersCatalog.routeUnknownKey.code,
      routersCatalog.routeTypeMismatch.code,
    ]);
  });
});

test("every code of the catalogue is triggered here or in the tests beside", () => {
  const elsewhere: readonly CatalogKey[] = [
    "routeFileMalformedMore",
    "routeEmpty",
    "routeTooManyTests",
    "routeManyResiduals",
    "routeUnreachable",
    "routeOverlap",
    "routeNeverMatches",
    "routeNumberTooLarge",
    "routeValueTooShort",
  ];
  const triggered = new Set([...CASES.map(({ key }) => key), ...elsewhere]);
  expect([...triggered].sort()).toEqual(Object.keys(routersCatalog).sort());
});
