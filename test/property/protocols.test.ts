// What LANGUAGE.md promises of every protocol file, over frames that are made from the description itself, mutated ones and
// random bytes. Numbers in the titles are those of its list of properties.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type UnpackModule, VERDICT } from "../../src/compiler/abi.ts";
import type { Symbols } from "../../src/compiler/check/symbols.ts";
import { generateJavaScript } from "../../src/compiler/codegen/javascript/generate.ts";
import { loadUnpackModule } from "../../src/compiler/codegen/javascript/load.ts";
import { asModule } from "../../src/compiler/ir/interpret/module.ts";
import { interpretStream, type StreamEvent } from "../../src/compiler/ir/interpret/stream.ts";
import { interpret, trace } from "../../src/compiler/ir/interpret.ts";
import type { Program } from "../../src/compiler/ir/ir.ts";
import { verifyProgram } from "../../src/compiler/ir/verify.ts";
import type { ProtocolDeclaration } from "../../src/compiler/syntax/ast.ts";
import { countReads } from "../support/counting-buffer.ts";
import { compileDescription, descriptionPaths } from "../support/descriptions.ts";
import { cutAt, eventsOf, outcomeOf, singleBytes } from "../support/event-log.ts";
import { buildOracle } from "./binary-parser-oracle.ts";
import { makeFrame } from "./make-frame.ts";
import { createRandom } from "./random.ts";

/** fast-check prints the seed of a failing run; `WAYBILL_SEED` sets it. */
const seed = Number(process.env["WAYBILL_SEED"] ?? Date.now() & 0x7fffffff);
const numRuns = Number(process.env["WAYBILL_RUNS"] ?? 40);
const settings = { seed, numRuns };

/** Of the seeds tried, so many must give a valid frame: a generator that makes none proves nothing. */
const VALID_SHARE_MIN = 0.6;
const SEEDS = 60;

interface Subject {
  readonly title: string;
  readonly declaration: ProtocolDeclaration;
  readonly program: Program;
  readonly module: UnpackModule;
  readonly symbols: Symbols;
  readonly frames: readonly Uint8Array[];
}

const subjects: readonly Subject[] = descriptionPaths().flatMap((path) => {
  const compilation = compileDescription(path);
  const problems = compilation.diagnostics.filter((each) => each.severity === "error");
  if (problems.length > 0)
    throw new Error(`${path}: ${problems.map((each) => each.message).join("; ")}`);
  return compilation.entryProtocols.map((name) => {
    const protocol = compilation.protocols.get(name);
    if (protocol === undefined) throw new Error(`${path}: ${name} did not compile`);
    const { program, declaration } = protocol;
    const made = Array.from({ length: SEEDS }, (_, index) =>
      makeFrame(declaration, compilation.symbols, seed + index),
    );
    const frames = made.filter(
      (frame): frame is Uint8Array => frame !== undefined && isValid(program, frame),
    );
    const text = generateJavaScript(program);
    const module = loadUnpackModule(text, `${name}.mjs`);
    const { symbols } = compilation;
    return { title: `${path} ${name}`, declaration, program, module, symbols, frames };
  });
});

/** Whether junk before a frame is looked over: it begins with a mark that may come later. */
function hasResync(declaration: ProtocolDeclaration): boolean {
  return declaration.items.some(
    (item) =>
      item.kind === "frame" &&
      item.body.some((statement) => statement.kind === "start" && !statement.atConnection),
  );
}

function isValid(program: Program, frame: Uint8Array): boolean {
  const outcome = interpret(program, frame);
  if (outcome.kind === "key") return true;
  return (
    (outcome.kind === "frame" || outcome.kind === "consume") && outcome.length === frame.length
  );
}

test("there is something to test", () => {
  console.info(`properties: seed ${seed}, ${subjects.length} protocols`);
  expect(subjects.length).toBeGreaterThan(20);
});

describe.for(subjects.map((subject) => [subject.title, subject] as const))(
  "%s",
  ([, { declaration, program, module, frames }]) => {
    const resyncs = hasResync(declaration);
    const reference = asModule(program);
    const frame = fc.constantFrom(...(frames.length === 0 ? [new Uint8Array(1)] : frames));
    const cuts = fc.array(fc.nat(200), { maxLength: 6 });

    test("the generator makes valid frames", () => {
      expect(frames.length / SEEDS).toBeGreaterThanOrEqual(VALID_SHARE_MIN);
    });

    test("the verifier finds nothing", () => {
      expect(verifyProgram(program)).toEqual([]);
    });

    test("1: any split gives the same events as the whole", () => {
      fc.assert(
        fc.property(frame, cuts, (bytes, places) => {
          const whole = interpretStream(program, bytes);
          expect(eventsOf(module, [bytes])).toEqual(whole);
          expect(eventsOf(module, cutAt(bytes, places))).toEqual(whole);
          expect(eventsOf(module, singleBytes(bytes))).toEqual(whole);
        }),
        settings,
      );
    });

    test("2: frames after one another give the union of their events", () => {
      fc.assert(
        fc.property(frame, frame, (first, second) => {
          const events = eventsOf(module, [Buffer.concat([first, second])]);
          const [head] = interpretStream(program, first);
          const rest = interpretStream(program, second).map((event) => moved(event, first.length));
          expect(events).toEqual(head?.kind === "key" ? [head] : [head, ...rest]);
        }),
        settings,
      );
    });

    test("3: junk is dropped before a frame, and recovered from within the bound", () => {
      if (!resyncs) return;
      fc.assert(
        fc.property(fc.uint8Array({ minLength: 1, maxLength: 24 }), frame, (junk, bytes) => {
          const opening = bytes[0] ?? 0;
          const plain = junk.map((byte) => (byte === opening ? byte ^ 0xff : byte));
          const events = eventsOf(module, [Buffer.concat([plain, bytes])]);
          const last = events.find((event) => event.kind !== "drop");
          expect(last).toMatchObject({ kind: "frame", at: plain.length, length: bytes.length });
          const total = dropped(events);
          expect(total).toBe(plain.length);
        }),
        settings,
      );
    });

    test("3: any junk is recovered from within the bound", () => {
      if (!resyncs) return;
      fc.assert(
        fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), frame, (junk, bytes) => {
          // Junk may hold a start that swallows a frame, but no more than one largest frame of them.
          const frames = Math.ceil(program.frameMax / bytes.length) + 2;
          if (frames > 400) return;
          const input = Buffer.concat([junk, ...Array.from({ length: frames }, () => bytes)]);
          const events = eventsOf(module, [input]);
          const isDecided = events.some((event) => event.kind !== "drop" && event.kind !== "need");
          expect(isDecided).toBe(true);
        }),
        settings,
      );
    });

    test("4: NEED equals the interpreter's, and no shorter continuation is accepted", () => {
      fc.assert(
        fc.property(frame, fc.nat(), (bytes, cut) => {
          const prefix = bytes.subarray(0, cut % bytes.length);
          const expected = interpret(program, prefix);
          expect(outcomeOf(module, prefix)).toEqual(expected);
          if (expected.kind !== "need") return;
          expect(expected.missing).toBeGreaterThanOrEqual(1);
          const until = bytes.length - prefix.length;
          const isEarly = interpret(program, bytes).kind === "key";
          if (!isEarly) expect(expected.missing).toBeLessThanOrEqual(until);
          for (let more = 1; more < Math.min(expected.missing, until); more += 1) {
            const outcome = interpret(program, bytes.subarray(0, prefix.length + more));
            expect(["need", "drop"]).toContain(outcome.kind);
          }
        }),
        settings,
      );
    });

    test("5: work stays within the stated bound under chunks of one byte", () => {
      fc.assert(
        fc.property(frame, (bytes) => {
          const counting = countReads(bytes);
          const s = new Int32Array(module.meta.words);
          let verdict: number = VERDICT.need;
          for (let end = 1; end <= bytes.length && verdict === VERDICT.need; end += 1)
            verdict = module.unpack(counting.buffer, 0, end, s);
          expect(verdict).not.toBe(VERDICT.need);
          expect(counting.reads()).toBeLessThanOrEqual(program.workPerByte * bytes.length);
        }),
        settings,
      );
    });

    test("6: every byte of a stream is in a frame, dropped, or still wanted", () => {
      fc.assert(
        fc.property(fc.array(frame, { minLength: 1, maxLength: 4 }), cuts, (list, places) => {
          const input = Buffer.concat(list);
          const events = eventsOf(module, cutAt(input, places));
          let at = 0;
          for (const event of events) {
            expect(event.at).toBe(at);
            if (event.kind === "frame" || event.kind === "consume") at += event.length;
            if (event.kind === "drop") at += event.bytes;
          }
          if (events.every((event) => event.kind !== "key")) expect(at).toBe(input.length);
        }),
        settings,
      );
    });

    test("7: generated code equals the interpreter on mutated frames, at any split", () => {
      fc.assert(
        fc.property(frame, fc.nat(), cuts, (bytes, mutation, places) => {
          const input = mutated(bytes, mutation);
          const expected = eventsOf(reference, [input]);
          expect(eventsOf(module, [input])).toEqual(expected);
          expect(eventsOf(module, cutAt(input, places))).toEqual(expected);
          expect(eventsOf(module, singleBytes(input))).toEqual(expected);
        }),
        { ...settings, numRuns: 3 * numRuns },
      );
    });

    test("7, 8: and on random bytes, within the memory it states", () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 80 }), cuts, (input, places) => {
          const expected = eventsOf(reference, [input]);
          expect(eventsOf(module, [input])).toEqual(expected);
          expect(eventsOf(module, cutAt(input, places))).toEqual(expected);
        }),
        settings,
      );
    });

    test("8: no verdict needs more bytes than it states", () => {
      fc.assert(
        fc.property(frame, fc.nat(), (bytes, mutation) => {
          const input = mutated(bytes, mutation);
          const outcome = interpret(program, input);
          if (outcome.kind === "need") expect(input.length).toBeLessThan(program.holdMax);
          if (outcome.kind === "frame")
            expect(outcome.length).toBeLessThanOrEqual(program.frameMax);
        }),
        settings,
      );
    });
  },
);

test("9: a parser built with binary-parser reads the same values", () => {
  const whole: string[] = [];
  let compared = 0;
  for (const { title, declaration, program, frames, symbols } of subjects) {
    const frame = declaration.items.find((item) => item.kind === "frame");
    if (frame?.kind !== "frame") continue;
    const endian = declaration.items.find((item) => item.kind === "endian");
    const isLittle = endian?.kind === "endian" && endian.order === "little";
    const oracle = buildOracle(frame.body, symbols, isLittle ? "little" : "big");
    if (oracle.isWhole) whole.push(title);
    for (const bytes of frames) {
      const fields = new Map(trace(program, bytes).fields.map((field) => [field.path, field]));
      for (const [path, value] of oracle.read(bytes)) {
        const field = fields.get(path);
        // A frame that is decided at its key ends before its last fields.
        if (field === undefined && interpret(program, bytes).kind === "key") continue;
        const read =
          typeof value === "number"
            ? Number(field?.value)
            : Buffer.from(field?.bytes ?? []).toString("hex");
        expect(`${title} ${path}: ${read}`).toBe(`${title} ${path}: ${value}`);
        compared += 1;
      }
    }
  }
  console.info(`binary-parser read ${compared} fields; whole frames of ${whole.join(", ")}`);
  expect(whole.length).toBeGreaterThanOrEqual(4);
  expect(compared).toBeGreaterThan(2_000);
});

function moved(event: StreamEvent, by: number): StreamEvent {
  return { ...event, at: event.at + by };
}

function dropped(events: readonly StreamEvent[]): number {
  return events.reduce((sum, event) => (event.kind === "drop" ? sum + event.bytes : sum), 0);
}

/** A frame with a few bytes changed, cut off, doubled or put in. */
function mutated(bytes: Uint8Array, mutation: number): Uint8Array {
  const random = createRandom(mutation);
  let current = Uint8Array.from(bytes);
  for (let count = random.between(1, 3); count > 0; count -= 1) {
    const at = random.between(0, Math.max(0, current.length - 1));
    const what = random.between(0, 4);
    if (what === 0) current[at] = random.between(0, 255);
    if (what === 1) current[at] = (current[at] ?? 0) ^ (1 << random.between(0, 7));
    if (what === 2) current = current.slice(0, at);
    if (what === 3)
      current = Uint8Array.from([
        ...current.slice(0, at),
        ...random.bytes(2),
        ...current.slice(at),
      ]);
    if (what === 4) current = Uint8Array.from([...current, ...current.slice(0, at)]);
  }
  return current;
}
