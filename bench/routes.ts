// What a routing decision costs with 10 and with 100,000 entries of each kind. Prints nanoseconds and their ratio.

import { pathToFileURL } from "node:url";
import { Bench } from "tinybench";
import { KEY_SOURCE, KEYS_AT, WORDS_PER_KEY } from "../src/compiler/abi.ts";
import { parseAddressBlock } from "../src/compiler/route/address-block.ts";
import { buildRoutePlan } from "../src/compiler/route/build-plan.ts";
import { packEntries } from "../src/compiler/route/byte-entries.ts";
import type { CheckedRouter, CheckedTest } from "../src/compiler/route/checked-router.ts";
import { decideRoute } from "../src/compiler/route/match.ts";
import type { RouteInput } from "../src/compiler/route/route-input.ts";

const FEW = 10;
const MANY = 100_000;
/** Decisions of one task: each asks for another entry, in no order, so that caches are as cold as in a router. */
const ROUND = 4096;

/** A kind of rule: the tests of `count` entries, and the key (or address) that asks for entry `index`. */
interface Subject {
  readonly name: string;
  readonly tests: (count: number) => readonly CheckedTest[];
  readonly ask: (index: number) => { key?: Uint8Array; integer?: number; client?: Uint8Array };
}

export interface RouteCost {
  readonly name: string;
  readonly fewNs: number;
  readonly manyNs: number;
  readonly ratio: number;
}

const SUBJECTS: readonly Subject[] = [
  {
    name: "set of texts",
    tests: (count) => [
      { kind: "bytes-in", key: 0, entries: packEntries(numbered(count).map(station)) },
    ],
    ask: (index) => ({ key: station(index) }),
  },
  {
    name: "set of numbers",
    tests: (count) => [
      { kind: "number-in", key: 0, values: Float64Array.from(numbered(count).map(deviceNumber)) },
    ],
    ask: (index) => ({ integer: deviceNumber(index) }),
  },
  {
    name: "ranges of texts",
    tests: (count) =>
      numbered(count).map((index) => ({
        kind: "bytes-range",
        key: 0,
        from: station(10 * index),
        to: station(10 * index + 5),
      })),
    ask: (index) => ({ key: station(10 * index + 3) }),
  },
  {
    name: "prefixes",
    tests: (count) =>
      numbered(count).map((index) => ({ kind: "prefix", key: 0, pattern: prefix(index) })),
    ask: (index) => ({ key: Buffer.concat([prefix(index), Buffer.from("-tail")]) }),
  },
  {
    name: "blocks of addresses",
    tests: (count) => [{ kind: "client-in", blocks: numbered(count).map(block) }],
    ask: (index) => ({ client: block(index).bytes }),
  },
];

/** Measures every kind; the two sizes of a kind run in one bench. */
export async function benchRoutes(): Promise<readonly RouteCost[]> {
  const costs: RouteCost[] = [];
  for (const subject of SUBJECTS) {
    const bench = new Bench({ time: 300, warmupTime: 100 });
    for (const count of [FEW, MANY]) {
      const plan = buildRoutePlan(routerOf(subject.tests(count)));
      const asked = Array.from({ length: ROUND }, (_, turn) =>
        subject.ask((Math.imul(turn, 2_654_435_761) >>> 0) % count),
      );
      const { input, turnTo } = inputOf(asked);
      bench.add(String(count), () => {
        for (let turn = 0; turn < ROUND; turn++) {
          turnTo(turn);
          const outcome = decideRoute(plan, input);
          if (outcome < 0) throw new Error(`${subject.name}: entry not found`);
        }
      });
    }
    await bench.run();
    const [fewNs = Number.NaN, manyNs = Number.NaN] = bench.tasks.map(nanosecondsOf);
    costs.push({ name: subject.name, fewNs, manyNs, ratio: manyNs / fewNs });
  }
  return costs;
}

function nanosecondsOf(task: Bench["tasks"][number]): number {
  const { result } = task;
  if (result.state !== "completed") throw new Error(`${task.name}: ${result.state}`);
  return (result.latency.p50 * 1e6) / ROUND;
}

function routerOf(tests: readonly CheckedTest[]): CheckedRouter {
  const rules = tests.map((test, rank) => ({
    kind: "when" as const,
    info: { rank, line: rank + 1, text: "" },
    span: { file: 0, start: 0, end: 0 },
    condition: test,
    action: { kind: "outcome" as const, outcome: rank },
  }));
  return {
    router: "bench",
    protocol: "P",
    keys: [
      { name: "key", type: "text", minBytes: 0, maxBytes: 64, maxNumber: 0, mayBeMissing: true },
    ],
    rules,
    outcomes: rules.map(({ info }) => ({ kind: "pool", rule: info, pool: "p", by: -1 })),
    pools: [],
    files: [],
  };
}

/** One input for all that is asked, as a router has one: `turnTo` puts the words of the next frame in place. */
function inputOf(asked: readonly ReturnType<Subject["ask"]>[]): {
  input: RouteInput;
  turnTo: (turn: number) => void;
} {
  const words = new Int32Array(WORDS_PER_KEY * asked.length);
  const keys: Uint8Array[] = [];
  let at = 0;
  for (const [turn, { key = new Uint8Array(), integer, client }] of asked.entries()) {
    const bytes = client ?? key;
    keys.push(bytes);
    words.set(
      integer === undefined
        ? [at, bytes.length, KEY_SOURCE.wire]
        : [integer | 0, Math.floor(integer / 2 ** 32), KEY_SOURCE.integer],
      WORDS_PER_KEY * turn,
    );
    at += bytes.length;
  }
  const buf = Buffer.concat(keys);
  const hasClient = asked[0]?.client !== undefined;
  const client = new Uint8Array(4);
  const s = new Int32Array(KEYS_AT + WORDS_PER_KEY);
  const input = { buf, start: 0, s, scratch: buf, client, clientLength: client.length };
  const turnTo = (turn: number) => {
    const word = WORDS_PER_KEY * turn;
    for (let index = 0; index < WORDS_PER_KEY; index++)
      s[KEYS_AT + index] = words[word + index] ?? 0;
    if (!hasClient) return;
    for (let index = 0; index < client.length; index++) client[index] = buf[4 * turn + index] ?? 0;
  };
  return { input, turnTo };
}

function numbered(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Sixteen bytes, as long as most station numbers are. */
function station(index: number): Uint8Array {
  return Buffer.from(`CN${String(index).padStart(14, "0")}`);
}

function deviceNumber(index: number): number {
  return index * 1_000_003;
}

/** No prefix is one of another. */
function prefix(index: number): Uint8Array {
  return Buffer.from(`${index.toString(36)}:`);
}

/** Every second network, so that no two blocks join. */
function block(index: number): { bytes: Uint8Array; prefixBits: number } {
  const at = 2 * index;
  const parsed = parseAddressBlock(`${at >> 16}.${(at >> 8) & 255}.${at & 255}.0/24`);
  if (parsed.kind !== "block") throw new Error("no block");
  return parsed.block;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const { name, fewNs, manyNs, ratio } of await benchRoutes()) {
    const line = `${name.padEnd(22)} ${FEW}: ${fewNs.toFixed(1)} ns, ${MANY}: ${manyNs.toFixed(1)} ns`;
    process.stdout.write(`${line}, ratio ${ratio.toFixed(2)}\n`);
  }
}
