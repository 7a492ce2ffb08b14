// Recorded clients through the library: what their bytes come to is in the table, their keys are those that an independent
// dissector read, and nothing depends on how the bytes were split: neither by the reference nor by the generated module.
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { UnpackModule } from "../../src/compiler/abi.ts";
import { compilePrefixes } from "../../src/compiler/compile.ts";
import { asModule } from "../../src/compiler/ir/interpret/module.ts";
import type { KeyValue } from "../../src/compiler/ir/interpret/outcome.ts";
import { interpretStream, type StreamEvent } from "../../src/compiler/ir/interpret/stream.ts";
import type { Program } from "../../src/compiler/ir/ir.ts";
import {
  clientBytes,
  describeCaptures,
  readCapture,
  readCaptures,
  textFact,
} from "../support/captures.ts";
import { cutAt, eventsOf, singleBytes } from "../support/event-log.ts";
import { captureTable, type Recorded } from "./capture-table.ts";
import { compileLibraryFile, generatedModule, libraryProgram } from "./compile-library.ts";
import { factsOf, lengthsOf } from "./facts.ts";

/** Of what is refused or decided early, so many bytes are split. */
const SPLIT_TAIL_MAX = 300;

/** Longer frames are split at every place in so many first bytes, and at every 61st behind them. */
const SPLIT_FRAME_MAX = 1024;
const SPLIT_STRIDE = 61;

describeCaptures("recorded clients", () => {
  describe.for(Object.entries(captureTable))("%s", ([folder, { library, protocol, files }]) => {
    const program = libraryProgram(library, protocol);
    const generated = generatedModule(program);

    test("every file is in the table, and nothing else is", () => {
      const names = readCaptures(folder).map(({ name }) => basename(name));
      expect(Object.keys(files).sort()).toEqual(names);
    });

    describe.for(Object.entries(files))("%s", ([file, recorded]) => {
      const capture = readCapture(`${folder}/${file}`);
      const bytes = clientBytes(capture);
      const events = interpretStream(program, bytes);

      test("comes to what the table says", () => {
        expect(summaryOf(program, events)).toEqual({ frames: recorded.frames, end: recorded.end });
        expect(recorded.why !== undefined).toBe(isPeculiar(recorded));
        expect(events.filter(({ kind }) => kind === "drop")).toEqual([]);
      });

      test("has the keys that the dissector read", () => {
        const facts = factsOf[folder]?.(capture, recorded.frames);
        expect(keysOf(program, events)).toMatchObject(recorded.frames === 0 ? {} : { ...facts });
        expect(facts).toBeDefined();
      });

      test("has frames of the lengths that the dissector read", () => {
        const lengths = lengthsOf[folder]?.(capture);
        if (lengths === undefined || recorded.frames === 0) return;
        expect(frameLengths(events)).toEqual(lengths.slice(0, recorded.frames));
      });

      test.for([
        ["the reference", asModule(program)],
        ["generated code", generated],
      ] as const)("is the same at every split, byte by byte and as recorded: %s", ([, module]) => {
        expectSameEvents(program, module, capture.client, events);
      });
    });
  });

  test("a folder of the table for each protocol of the library that was recorded", () => {
    const root = fileURLToPath(new URL("../../../shared/captures", import.meta.url));
    const recorded = readdirSync(root).filter((name) => !name.endsWith(".md"));
    const described = readdirSync("protocols").map((name) => basename(name, ".frame"));
    const shared = recorded.filter((folder) => described.includes(folder));
    expect(shared.length).toBeGreaterThan(5);
    expect(shared.filter((folder) => !(folder in captureTable))).toEqual([]);
  });

  test("a PROXY line is consumed at every split, and the hello behind it routed", () => {
    const capture = readCapture("haproxy/ndpi-haproxy-s0");
    const bytes = clientBytes(capture);
    const [line] = compilePrefixes(compileLibraryFile("proxy"), ["ProxyV1"]);
    const hello = libraryProgram("tls", "TLS");
    if (line === undefined) throw new Error("ProxyV1 has no form that is consumed");
    for (const module of [asModule(line), generatedModule(line)]) {
      for (const cut of bytes.keys()) {
        const [consumed] = eventsOf(module, cutAt(bytes, [cut]));
        expect(consumed).toMatchObject({ kind: "consume", at: 0, length: 51 });
      }
    }
    const behind = bytes.subarray(51);
    const events = interpretStream(hello, behind);
    expect(keysOf(hello, events)).toMatchObject({ sni: [textFact(capture, "sni")], alpn: [] });
    expectSameEvents(hello, generatedModule(hello), [behind], events);
  });
});

/** Needs a word of explanation: it is refused, decided early, or no client was recorded. */
function isPeculiar({ frames, end }: Recorded): boolean {
  return frames === 0 || end !== "need";
}

/** A frame begins anew wherever the one before it ends, so each is split by itself; then the whole stream, in small pieces. */
function expectSameEvents(
  program: Program,
  module: UnpackModule,
  stream: readonly Buffer[],
  events: readonly StreamEvent[],
): void {
  const bytes = Buffer.concat(stream);
  for (const event of events) {
    const part = bytes.subarray(event.at, endOf(event, bytes.length));
    const expected = interpretStream(program, part);
    expect(expected[0]).toEqual({ ...event, at: 0 });
    for (const cut of cutsOf(part.length)) {
      const found = eventsOf(module, cutAt(part, [cut]));
      if (!isSame(found, expected)) expect(found, `${event.at}, cut at ${cut}`).toEqual(expected);
    }
  }
  expect(eventsOf(module, singleBytes(bytes)), "byte by byte").toEqual(events);
  expect(eventsOf(module, stream), "as recorded").toEqual(events);
}

function endOf(event: StreamEvent, length: number): number {
  const end = event.kind === "frame" ? event.at + event.length : event.at + SPLIT_TAIL_MAX;
  return Math.min(end, length);
}

function cutsOf(length: number): readonly number[] {
  const cuts = Array.from({ length }, (_, cut) => cut);
  return cuts.filter((cut) => cut > 0 && (cut < SPLIT_FRAME_MAX || cut % SPLIT_STRIDE === 0));
}

/** Cheaper than a matcher at thousands of splits. */
function isSame(left: readonly StreamEvent[], right: readonly StreamEvent[]): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function summaryOf(program: Program, events: readonly StreamEvent[]) {
  const frames = events.filter(({ kind }) => kind === "frame" || kind === "key").length;
  const last = events.at(-1);
  if (last?.kind !== "reject") return { frames, end: last?.kind };
  const reason = program.reasons[last.reason];
  return { frames, end: `${reason?.kind}:${reason?.field}` };
}

function frameLengths(events: readonly StreamEvent[]): readonly number[] {
  return events.flatMap((event) => (event.kind === "frame" ? [event.length] : []));
}

/** The values of each key that are there, in order of the frames. */
function keysOf(program: Program, events: readonly StreamEvent[]) {
  const values = (index: number) =>
    events.flatMap((event) => {
      const key = "keys" in event ? event.keys[index] : undefined;
      return key === undefined || key.kind === "missing" ? [] : [plainValue(key)];
    });
  return Object.fromEntries(program.keys.map(({ name }, index) => [name, values(index)]));
}

function plainValue(key: Exclude<KeyValue, { kind: "missing" }>): string | number {
  return key.kind === "integer" ? key.value : Buffer.from(key.bytes).toString("utf8");
}
