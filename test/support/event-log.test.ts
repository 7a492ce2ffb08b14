// The hostile caller itself: it must catch what careless unpack functions do.
import { expect, test } from "vitest";
import {
  KEY_SOURCE,
  KEYS_AT,
  MISSING,
  type Unpack,
  type UnpackModule,
  VERDICT,
} from "../../src/compiler/abi.ts";
import { asModule } from "../../src/compiler/ir/interpret/module.ts";
import { metaOf } from "../../src/compiler/ir/meta.ts";
import { cutAt, eventsOf, outcomeOf, singleBytes } from "./event-log.ts";
import { key, programOf } from "./ir-build.ts";
import { starFrame, starProgram } from "./ir-programs.ts";

const meta = metaOf(programOf({ slots: [], body: [], keys: [key("k")] }), 1);
const input = Uint8Array.from([1, 2, 3, 4, 5, 6]);

function moduleOf(unpack: Unpack): UnpackModule {
  return { meta, scratch: Uint8Array.from([7, 8]), unpack };
}

function word(s: Int32Array, index: number): number {
  return s[index] ?? Number.NaN;
}

function setKey(s: Int32Array, first: number, second: number, source: number): void {
  s.set([first, second, source], KEYS_AT);
}

/** Frames of three bytes; the key counts the calls, by the word that is kept. */
const counting = moduleOf((_, start, end, s) => {
  s[meta.stateAt] = word(s, meta.stateAt) + 1;
  if (end - start < 3) {
    s[0] = 3 - (end - start);
    return VERDICT.need;
  }
  setKey(s, word(s, meta.stateAt), 0, KEY_SOURCE.integer);
  return 3;
});

test("state is kept on NEED and zero for a new frame", () => {
  const frames = eventsOf(counting, singleBytes(input)).filter(({ kind }) => kind === "frame");
  expect(frames.map((event) => "keys" in event && event.keys)).toEqual([
    [{ kind: "integer", value: 3 }],
    // The second frame is also asked for with nothing there.
    [{ kind: "integer", value: 4 }],
  ]);
});

test("a chunk that ends at a frame's end is followed by a call with nothing", () => {
  const lengths: number[] = [];
  const noting = moduleOf((buf, start, end, s) => {
    lengths.push(end - start);
    return counting.unpack(buf, start, end, s);
  });
  expect(eventsOf(noting, cutAt(input, [3])).at(-1)).toEqual({ kind: "need", at: 6, missing: 3 });
  expect(lengths).toEqual([3, 0, 3, 0]);
});

test("what lies behind the end differs from call to call, so whoever looks at it gives itself away", () => {
  const careless = moduleOf((buf, _, end, s) => {
    s[0] = 0;
    s[1] = (buf[end] ?? 0) % 64;
    return VERDICT.reject;
  });
  const offsets = [1, 2, 3, 4, 5, 6].map((cut) => {
    const [event] = eventsOf(careless, Array(cut).fill(Uint8Array.of(1)));
    return event?.kind === "reject" ? event.offset : -1;
  });
  expect(new Set(offsets).size).toBeGreaterThan(1);
});

test.for<readonly [string, Unpack, RegExp]>([
  [
    "writes into the caller's buffer",
    (buf, start) => {
      buf[start] = 0xee;
      return 3;
    },
    /wrote into/,
  ],
  [
    "writes behind its words",
    (_, __, ___, s) => {
      s[meta.words] = 1;
      return 3;
    },
    /behind its words/,
  ],
  ["returns 0", () => 0, /returned 0/],
  ["returns no verdict", () => -9, /returned -9/],
  ["leaves a key unset", () => 3, /a key has the source/],
  [
    "has a key outside of the frame's bytes",
    (_, __, ___, s) => {
      setKey(s, 4, 3, KEY_SOURCE.wire);
      return 3;
    },
    /a key lies at 4, 3 bytes long, of 6/,
  ],
  [
    "has a key outside of scratch",
    (_, __, ___, s) => {
      setKey(s, 0, 3, KEY_SOURCE.scratch);
      return 3;
    },
    /3 bytes long, of 2/,
  ],
])("a function that %s is caught", ([, unpack, message]) => {
  expect(() => outcomeOf(moduleOf(unpack), input)).toThrow(message);
});

test.for<readonly [string, readonly [number, number, number], object]>([
  ["missing", [-1, 0, MISSING], { kind: "missing" }],
  ["an integer", [5, 0, KEY_SOURCE.integer], { kind: "integer", value: 5 }],
  ["a negative integer", [-5, -1, KEY_SOURCE.integer], { kind: "integer", value: -5 }],
  ["2^53 − 1", [-1, 2 ** 21 - 1, KEY_SOURCE.integer], { kind: "integer", value: 2 ** 53 - 1 }],
  [
    "bytes of the wire",
    [1, 2, KEY_SOURCE.wire],
    { kind: "bytes", source: "wire", offset: 1, length: 2, bytes: Uint8Array.of(2, 3) },
  ],
  [
    "bytes of scratch",
    [1, 1, KEY_SOURCE.scratch],
    { kind: "bytes", source: "scratch", offset: 1, length: 1, bytes: Uint8Array.of(8) },
  ],
])("a key that is %s", ([, words, value]) => {
  const module = moduleOf((_, __, ___, s) => {
    setKey(s, ...words);
    return 3;
  });
  expect(outcomeOf(module, input)).toEqual({ kind: "frame", length: 3, keys: [value] });
});

test.for<readonly [number, readonly number[], object]>([
  [VERDICT.need, [4], { kind: "need", missing: 4 }],
  [VERDICT.drop, [2, 0, 9], { kind: "drop", bytes: 2, cause: "junk", reason: null }],
  [VERDICT.drop, [1, 1, 9], { kind: "drop", bytes: 1, cause: "falseStart", reason: 9 }],
  [VERDICT.drop, [3, 2, 9], { kind: "drop", bytes: 3, cause: "ignored", reason: null }],
  [VERDICT.reject, [3, 17, 0], { kind: "reject", reason: 3, offset: 17 }],
])("the verdict %i with %j", ([result, words, outcome]) => {
  const module = moduleOf((_, __, ___, s) => {
    s.set(words);
    return result;
  });
  expect(outcomeOf(module, input)).toEqual(outcome);
});

test("the interpreter behind the contract says what it says in front of it", () => {
  const module = asModule(starProgram());
  expect(module.meta).toMatchObject({ stateWords: 0, words: 7, keys: ["station"], needMin: 35 });
  const event = eventsOf(module, [starFrame("A000000000000001", 0)])[0];
  expect(event).toMatchObject({
    kind: "frame",
    at: 0,
    length: 35,
    keys: [{ offset: 19, length: 16 }],
  });
});

test("cuts", () => {
  expect(cutAt(input, [4, 1, 4, 0, 6, 99]).map((chunk) => chunk.length)).toEqual([1, 3, 2]);
  expect(cutAt(new Uint8Array(), [0])).toHaveLength(1);
});
