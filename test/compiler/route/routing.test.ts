// From a router's text to its decisions: by the plan and by the naive evaluation alike.

import { describe, expect, test } from "vitest";
import { KEY_SOURCE } from "../../../src/compiler/abi.ts";
import { buildRoutePlan } from "../../../src/compiler/route/build-plan.ts";
import type { CheckedRouter } from "../../../src/compiler/route/checked-router.ts";
import { evaluateNaively } from "../../../src/compiler/route/evaluate-naive.ts";
import { decideRoute } from "../../../src/compiler/route/match.ts";
import { RULE_TEXT_MAX } from "../../../src/compiler/route/outcome.ts";
import { inputOf, type KeyState } from "./arbitrary-router.ts";
import { checkRules, KEYS } from "./router-source.ts";

interface Frame {
  readonly station?: string;
  readonly device?: number;
  readonly mark?: Uint8Array;
  readonly user?: string;
  readonly client?: readonly number[];
}

function stateOf(value: string | number | Uint8Array | undefined): KeyState {
  if (value === undefined) return { kind: "missing" };
  if (typeof value === "number") return { kind: "integer", value };
  return { kind: "bytes", source: KEY_SOURCE.wire, bytes: Buffer.from(value) };
}

/** Where a frame goes: the pool, `!message` of a refusal, or "none". */
function route(checked: CheckedRouter, frame: Frame): string {
  const states = [frame.station, frame.device, frame.mark, frame.user].map(stateOf);
  const input = inputOf(states, frame.client ?? [127, 0, 0, 1], 3);
  const plan = buildRoutePlan(checked);
  const decided = decideRoute(plan, input);
  expect(decided).toBe(evaluateNaively(checked, input));
  const outcome = plan.outcomes[decided];
  if (outcome === undefined) return "none";
  return outcome.kind === "pool" ? outcome.pool : `!${outcome.message}`;
}

interface Decision {
  readonly rules: string;
  readonly frames: readonly (readonly [Frame, string])[];
  readonly files?: Readonly<Record<string, string>>;
}

const DECISIONS: readonly Decision[] = [
  {
    rules: 'when station in "A0001".."A4999" -> inside; otherwise -> outside;',
    frames: [
      [{ station: "A0001" }, "inside"],
      [{ station: "A4999" }, "inside"],
      [{ station: "A5000" }, "outside"],
      [{ station: "A0000" }, "outside"],
      [{ station: "A001" }, "outside"],
      [{ station: "A00010" }, "outside"],
      [{ station: "" }, "outside"],
      [{}, "outside"],
    ],
  },
  {
    rules:
      "when number(station) in 1..4999 -> inside; when not number(station) in 1..4999 -> outside; otherwise -> unknown;",
    frames: [
      [{ station: "1" }, "inside"],
      [{ station: "004999" }, "inside"],
      [{ station: "5000" }, "outside"],
      [{ station: "0" }, "outside"],
      [{ station: "4x" }, "unknown"],
      [{ station: "" }, "unknown"],
      [{ station: "-4" }, "unknown"],
      [{ station: "9007199254740991" }, "outside"],
      [{ station: "9007199254740992" }, "unknown"],
      [{}, "unknown"],
    ],
  },
  {
    rules:
      'when station == "a" -> is; when not station == "a" -> other; when missing station -> missing;',
    frames: [
      [{ station: "a" }, "is"],
      [{ station: "b" }, "other"],
      [{ station: "" }, "other"],
      [{}, "missing"],
    ],
  },
  {
    rules:
      'when station == "a" or device == 1 -> either; when station == "a" and device == 2 or not (station == "b" or device == 3) -> second; otherwise -> rest;',
    frames: [
      [{ device: 1 }, "either"],
      [{ device: 2 }, "rest"],
      [{ station: "c", device: 2 }, "second"],
      [{ station: "b", device: 2 }, "rest"],
      [{ station: "c", device: 3 }, "rest"],
    ],
  },
  {
    rules:
      "when device < 10 -> small; when device >= 4294967296 -> large; when device != 100 -> other; when device == LIMIT -> hundred; // open",
    frames: [
      [{ device: 9 }, "small"],
      [{ device: 10 }, "other"],
      [{ device: 4294967295 }, "other"],
      [{ device: 4294967296 }, "large"],
      [{ device: Number.MAX_SAFE_INTEGER }, "large"],
      [{ device: 100 }, "hundred"],
    ],
  },
  {
    rules:
      'when user like "88*" -> head; when user like "*-e?" -> tail; when user like "a*b*c" -> inner; when user suffix "*" -> star; when user like "?" -> one; otherwise -> rest;',
    frames: [
      [{ user: "88" }, "head"],
      [{ user: "8" }, "one"],
      [{ user: "x-eu" }, "tail"],
      [{ user: "-eux" }, "rest"],
      [{ user: "abbcc" }, "inner"],
      [{ user: "ac" }, "rest"],
      [{ user: "x*" }, "star"],
      [{ user: "" }, "rest"],
    ],
  },
  {
    rules:
      'when client in ("10.0.0.0/8", "2001:db8::/32") -> inside; when client not in "0.0.0.0/0" -> six; otherwise -> rest;',
    frames: [
      [{ client: [10, 255, 255, 255] }, "inside"],
      [{ client: [11, 0, 0, 0] }, "rest"],
      [{ client: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1] }, "inside"],
      [{ client: [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] }, "inside"],
      [{ client: [0x20, 1, 0x0d, 0xb9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] }, "six"],
      [{ client: [] }, "rest"],
    ],
  },
  {
    rules:
      'when user in file "vip" -> vip; when device in file "ids" -> ids; when client in file "nets" -> nets; when mark in file "marks" -> marks; otherwise -> rest;',
    files: {
      vip: '\uFEFF# important\r\n  ann \t# the boss\r\n\r\n"b ""o"" b"\r\na#b',
      ids: "7\n0x10\n",
      nets: "10.0.0.0/8\n::1",
      marks: 'x"00 FF"\n',
    },
    frames: [
      [{ user: "ann" }, "vip"],
      [{ user: "a#b" }, "vip"],
      [{ user: 'b "o" b' }, "vip"],
      [{ user: "# important" }, "rest"],
      [{ device: 7 }, "ids"],
      [{ device: 16 }, "ids"],
      [{ client: [10, 9, 9, 9] }, "nets"],
      [{ client: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] }, "nets"],
      [{ mark: Uint8Array.of(0, 255) }, "marks"],
      [{ mark: Uint8Array.of(0) }, "rest"],
    ],
  },
  {
    rules:
      'when user == "x" -> first; map user file "devices.csv" -> pool by user; map device file "ids.csv" -> pool; otherwise -> rest;',
    files: { "devices.csv": 'ann,north-1\nbob , south\n"a,b",north-1\n', "ids.csv": "7,seven\n" },
    frames: [
      [{ user: "x", device: 7 }, "first"],
      [{ user: "ann", device: 7 }, "north-1"],
      [{ user: "bob" }, "south"],
      [{ user: "a,b" }, "north-1"],
      [{ user: "cid", device: 7 }, "seven"],
      [{ user: "cid", device: 8 }, "rest"],
    ],
  },
  {
    rules:
      'when station == "a" -> split user { 100% -> only; 0% -> never; } when missing station -> reject "no \\"station\\""; otherwise -> rest;',
    frames: [
      [{ station: "a", user: "u" }, "only"],
      [{ station: "a" }, "rest"],
      [{ user: "u" }, '!no "station"'],
    ],
  },
  {
    rules: "when station == NORTH -> north; otherwise -> rest;",
    frames: [
      [{ station: "A0001" }, "north"],
      [{ station: "A000" }, "rest"],
    ],
  },
];

describe("decisions", () => {
  test.for(DECISIONS)("$rules", ({ rules, frames, files }) => {
    const { checked, found } = checkRules(rules, files, KEYS);
    expect(found.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(frames.map(([frame]) => route(checked, frame))).toEqual(frames.map(([, to]) => to));
  });
});

describe("what a plan tells", () => {
  const rules = `
    when station in ("a",   // first
      "b // c")  -> north by device;
    otherwise -> split user { 95% -> reject "busy"; 5% -> south; }`;

  test("outcomes with the rules as written, pools and files", () => {
    const { checked } = checkRules(rules);
    const plan = buildRoutePlan(checked);
    const first = { rank: 0, line: 3, text: 'when station in ("a", "b // c") -> north by device' };
    const last = {
      rank: 1,
      line: 5,
      text: 'otherwise -> split user { 95% -> reject "busy"; 5% -> south; }',
    };
    expect(plan.outcomes).toEqual([
      { kind: "pool", rule: first, pool: "north", by: 1 },
      { kind: "reject", rule: last, message: "busy" },
      { kind: "pool", rule: last, pool: "south", by: -1 },
    ]);
    expect(plan.pools).toEqual(["north", "south"]);
    expect(plan.keys).toEqual(["station", "device", "mark", "user"]);
    expect(plan).toMatchObject({ router: "r", protocol: "P", files: [] });
  });

  test("where each pool is named first, also by a file", () => {
    const files = { "map.csv": "# key,pool\nann,north\nbob,south\ncid,north\n" };
    const { checked, marked } = checkRules(
      'when user == "x" -> «north»; map user file "map.csv" -> pool; otherwise -> rest;',
      files,
    );
    expect(checked.pools).toMatchObject([
      { pool: "north", span: marked, listLine: undefined },
      { pool: "south", listLine: "map.csv:3" },
      { pool: "rest", listLine: undefined },
    ]);
    expect(checked.files).toEqual(["/routes/map.csv"]);
  });

  test("a long rule is cut", () => {
    const { checked } = checkRules(`when user in (${'"a", '.repeat(200)}"b") -> x;`);
    const text = checked.outcomes[0]?.rule.text ?? "";
    expect(text).toHaveLength(RULE_TEXT_MAX + 1);
    expect(text.endsWith("…")).toBe(true);
  });

  test("memory grows with the entries, at a known price", () => {
    const list = (count: number) =>
      Array.from({ length: count }, (_, index) => `A${String(index).padStart(7, "0")}`).join("\n");
    const bytes = (count: number) =>
      buildRoutePlan(checkRules('when user in file "f" -> x;', { f: list(count) }).checked)
        .memoryBytes;
    expect(bytes(20_000) / 20_000).toBeLessThan(64);
    expect(bytes(20_000)).toBeGreaterThan(10 * bytes(1_000));
  });
});
