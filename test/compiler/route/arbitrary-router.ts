// Random checked routers and inputs over a small alphabet, so that rules often match, share entries and hide each
// other. Knows nothing of plans.

import fc from "fast-check";
import { KEY_SOURCE, KEYS_AT, MISSING, WORDS_PER_KEY } from "../../../src/compiler/abi.ts";
import { type AddressBlock, parseAddressBlock } from "../../../src/compiler/route/address-block.ts";
import { packEntries } from "../../../src/compiler/route/byte-entries.ts";
import type {
  CheckedAction,
  CheckedCondition,
  CheckedRouter,
  CheckedRule,
  CheckedTest,
  RouteKey,
} from "../../../src/compiler/route/checked-router.ts";
import type { RouteOutcome } from "../../../src/compiler/route/outcome.ts";
import type { RouteInput } from "../../../src/compiler/route/route-input.ts";

/** Two of bytes, one of digits, one integer. Any of them may be missing, and any may come in any source. */
const KEYS: readonly RouteKey[] = [
  { name: "station", type: "text", minBytes: 0, maxBytes: 8, maxNumber: 0, mayBeMissing: true },
  { name: "model", type: "bytes", minBytes: 0, maxBytes: 8, maxNumber: 0, mayBeMissing: true },
  { name: "number", type: "text", minBytes: 0, maxBytes: 8, maxNumber: 0, mayBeMissing: true },
  {
    name: "device",
    type: "integer",
    minBytes: 0,
    maxBytes: 8,
    maxNumber: Number.MAX_SAFE_INTEGER,
    mayBeMissing: true,
  },
];

const BYTES_KEYS = [0, 1, 2];
const NUMBER_KEYS = [2, 3];
const BLOCKS = [
  "0.0.0.0/0",
  "10.0.0.0/8",
  "10.1.0.0/16",
  "10.1.2.0/24",
  "10.1.2.3",
  "10.1.2.4/30",
  "::/0",
  "2001:db8::/32",
  "2001:db8::1",
  "::ffff:10.1.0.0/112",
];
const CLIENTS = [
  [],
  [10, 1, 2, 3],
  [10, 1, 2, 5],
  [10, 2, 0, 0],
  [11, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3],
  [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
  [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
];

const letter = fc.constantFrom(0x61, 0x62, 0x00, 0xfe, 0xff, 0x30, 0x31);
const bytes = fc.array(letter, { maxLength: 4 }).map((list) => Uint8Array.from(list));
const digits = fc.array(fc.constantFrom(0x30, 0x31, 0x39), { minLength: 1, maxLength: 3 });
const keyBytes = fc.oneof(
  bytes,
  digits.map((list) => Uint8Array.from(list)),
);
const number = fc.oneof(
  fc.nat(20),
  fc.nat(200),
  fc.constantFrom(2 ** 32 - 1, 2 ** 32, 2 ** 32 + 7, Number.MAX_SAFE_INTEGER),
);

const test: fc.Arbitrary<CheckedTest> = fc.oneof(
  fc.record({ kind: fc.constant("missing" as const), key: fc.nat(KEYS.length - 1) }),
  fc.record({
    kind: fc.constant("bytes-in" as const),
    key: fc.constantFrom(...BYTES_KEYS),
    entries: fc.array(keyBytes, { maxLength: 5 }).map(packEntries),
  }),
  fc
    .tuple(fc.constantFrom(...BYTES_KEYS), fc.integer({ min: 1, max: 3 }))
    .chain(([key, length]) => bytesRange(key, length)),
  fc.record({
    kind: fc.constant("number-in" as const),
    key: fc.constantFrom(...NUMBER_KEYS),
    values: fc.array(number, { maxLength: 20 }).map((list) => Float64Array.from(list)),
  }),
  fc.tuple(fc.constantFrom(...NUMBER_KEYS), number, number).map(([key, left, right]) => ({
    kind: "number-range" as const,
    key,
    from: Math.min(left, right),
    to: Math.max(left, right),
  })),
  fc.record({
    kind: fc.constantFrom("prefix" as const, "suffix" as const),
    key: fc.constantFrom(...BYTES_KEYS),
    pattern: bytes,
  }),
  fc.record({
    kind: fc.constant("like" as const),
    key: fc.constantFrom(...BYTES_KEYS),
    pattern: fc
      .array(fc.oneof(letter, fc.constantFrom(0x2a, 0x2a, 0x3f)), { maxLength: 5 })
      .map((list) => Uint8Array.from(list)),
  }),
  fc.record({
    kind: fc.constant("client-in" as const),
    blocks: fc.array(fc.constantFrom(...BLOCKS).map(blockOf), { minLength: 1, maxLength: 3 }),
  }),
);

const { condition } = fc.letrec<{ condition: CheckedCondition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthIdentifier: "condition" },
    { weight: 3, arbitrary: test },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom("and" as const, "or" as const),
        left: tie("condition"),
        right: tie("condition"),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("not" as const), operand: tie("condition") }),
    },
  ),
}));

/** An action before its outcomes are numbered: how many it needs decides the numbers of all after it. */
type Shape =
  | "pool"
  | { readonly key: number; readonly percents: readonly number[]; readonly inner: boolean };

const shape: fc.Arbitrary<Shape> = fc.oneof(
  { weight: 4, arbitrary: fc.constant("pool" as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      key: fc.nat(KEYS.length - 1),
      percents: fc.nat(100).map((first) => [first, 100 - first]),
      inner: fc.boolean(),
    }),
  },
);

type RuleShape =
  | { readonly kind: "when"; readonly condition: CheckedCondition; readonly shape: Shape }
  | { readonly kind: "map"; readonly key: number; readonly groups: readonly CheckedTest[] };

const always: CheckedCondition = { kind: "always" };
const rule: fc.Arbitrary<RuleShape> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("when" as const), condition, shape }) },
  { weight: 1, arbitrary: fc.constantFrom(...BYTES_KEYS).chain(bytesMap) },
  { weight: 1, arbitrary: fc.constantFrom(...NUMBER_KEYS).chain(numberMap) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("when" as const),
      condition: fc.constant(always),
      shape,
    }),
  },
);

/** Any router that the checker could make, and more: rules after `otherwise`, empty sets. */
export const checkedRouter: fc.Arbitrary<CheckedRouter> = fc
  .array(rule, { minLength: 1, maxLength: 12 })
  .map(numbered);

/** Any state of the keys and the client. */
export const routeInput: fc.Arbitrary<RouteInput> = fc
  .tuple(fc.tuple(...KEYS.map(() => keyState())), fc.constantFrom(...CLIENTS), fc.nat(5))
  .map(([states, client, start]) => inputOf(states, client, start));

export type KeyState =
  | { readonly kind: "missing" }
  | { readonly kind: "bytes"; readonly source: number; readonly bytes: Uint8Array }
  | { readonly kind: "integer"; readonly value: number };

function keyState(): fc.Arbitrary<KeyState> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("missing" as const) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("bytes" as const),
        source: fc.constantFrom(KEY_SOURCE.wire, KEY_SOURCE.scratch),
        bytes: keyBytes,
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("integer" as const), value: number }) },
  );
}

/** The words and buffers as `unpack` would leave them. */
export function inputOf(
  states: readonly KeyState[],
  client: readonly number[],
  start: number,
): RouteInput {
  const s = new Int32Array(KEYS_AT + WORDS_PER_KEY * states.length);
  const wire: number[] = new Array<number>(start).fill(0xaa);
  const scratch: number[] = [0xbb];
  for (const [index, state] of states.entries()) {
    const at = KEYS_AT + WORDS_PER_KEY * index;
    if (state.kind === "missing") s.set([MISSING, 0, MISSING], at);
    else if (state.kind === "integer") {
      s.set([state.value | 0, Math.floor(state.value / 2 ** 32), KEY_SOURCE.integer], at);
    } else {
      const isWire = state.source === KEY_SOURCE.wire;
      const target = isWire ? wire : scratch;
      s.set([target.length - (isWire ? start : 0), state.bytes.length, state.source], at);
      target.push(...state.bytes);
    }
  }
  return {
    buf: Uint8Array.from([...wire, 0xaa]),
    start,
    s,
    scratch: Uint8Array.from([...scratch, 0xbb]),
    client: Uint8Array.from(client),
    clientLength: client.length,
  };
}

function bytesRange(key: number, length: number): fc.Arbitrary<CheckedTest> {
  const bound = fc
    .array(letter, { minLength: length, maxLength: length })
    .map((list) => Uint8Array.from(list));
  return fc.tuple(bound, bound).map(([left, right]) => {
    const [from, to] = Buffer.compare(left, right) <= 0 ? [left, right] : [right, left];
    return { kind: "bytes-range", key, from, to };
  });
}

function bytesMap(key: number): fc.Arbitrary<RuleShape> {
  return fc
    .uniqueArray(keyBytes, { maxLength: 6, selector: (entry) => entry.join() })
    .map((list) => ({
      kind: "map",
      key,
      groups: [list.slice(0, 3), list.slice(3)].map((group) => ({
        kind: "bytes-in",
        key,
        entries: packEntries(group),
      })),
    }));
}

function numberMap(key: number): fc.Arbitrary<RuleShape> {
  return fc.uniqueArray(number, { maxLength: 6 }).map((list) => ({
    kind: "map",
    key,
    groups: [list.slice(0, 3), list.slice(3)].map((group) => ({
      kind: "number-in",
      key,
      values: Float64Array.from(group),
    })),
  }));
}

function numbered(shapes: readonly RuleShape[]): CheckedRouter {
  const outcomes: RouteOutcome[] = [];
  const rules = shapes.map((ruleShape, rank): CheckedRule => {
    const info = { rank, line: rank + 1, text: `rule ${rank}` };
    const span = { file: 0, start: rank, end: rank + 1 };
    const add = () => outcomes.push({ kind: "pool", rule: info, pool: "p", by: -1 }) - 1;
    if (ruleShape.kind === "map") {
      const groups = ruleShape.groups.map((group) => ({ test: group, outcome: add() }));
      return { kind: "map", info, span, groups };
    }
    const action = actionOf(ruleShape.shape, 0, add);
    return { kind: "when", info, span, condition: ruleShape.condition, action };
  });
  return { router: "r", protocol: "P", keys: KEYS, rules, outcomes, pools: [], files: [] };
}

function actionOf(from: Shape, depth: number, add: () => number): CheckedAction {
  if (from === "pool") return { kind: "outcome", outcome: add() };
  const { key, percents, inner } = from;
  const nested: Shape = inner ? { key, percents: [50, 50], inner: false } : "pool";
  return {
    kind: "split",
    key,
    depth,
    shares: percents.map((percent) => ({ percent, action: actionOf(nested, depth + 1, add) })),
  };
}

function blockOf(text: string): AddressBlock {
  const parsed = parseAddressBlock(text);
  if (parsed.kind !== "block") throw new Error(text);
  return parsed.block;
}
