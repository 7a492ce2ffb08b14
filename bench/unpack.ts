// What unpacking costs: a whole frame in one chunk, against the same by hand and with parser packages; and byte by byte.
import { type Unpack, VERDICT } from "../src/compiler/abi.ts";
import { type FrameSet, frameSet, starFrame } from "./unpack/frames.ts";
import { type Competitor, type Effort, measure, type Timing } from "./unpack/measure.ts";
import { generatedModule, type Rival, type Subject, unpackSubjects } from "./unpack/subjects.ts";

/** Different frames of one protocol; a power of two. */
const FRAMES = 1024;
/** Words enough for any of the measured functions. */
const WORDS = 256;

/** One protocol, measured. The first timing is the generated code's, the second that by hand. */
interface UnpackCost {
  readonly protocol: string;
  readonly timings: readonly Timing[];
  readonly rivals: readonly Rival[];
}

async function benchUnpack(effort: Effort): Promise<readonly UnpackCost[]> {
  const costs: UnpackCost[] = [];
  for (const subject of unpackSubjects()) {
    const timings = await measure(competitorsOf(subject), effort);
    costs.push({ protocol: subject.protocol, timings, rivals: subject.rivals });
  }
  return costs;
}

function competitorsOf({ module, handWritten, rivals, frame }: Subject): readonly Competitor[] {
  const frames = frameSet(Array.from({ length: FRAMES }, (_, index) => frame(index)));
  return [
    { name: "generated", calls: FRAMES, run: eachFrame(module.unpack, frames) },
    { name: "by hand", calls: FRAMES, run: eachFrame(handWritten, frames) },
    ...rivals.map(({ name, parse }) => ({ name, calls: FRAMES, run: eachView(parse, frames) })),
  ];
}

/** A loop of its own for each competitor, so that no call site serves two. It returns what it read: nothing is left out. */
function eachFrame(unpack: Unpack, { buffer, starts, ends }: FrameSet): () => unknown {
  const make = new Function(
    "unpack",
    "buffer",
    "starts",
    "ends",
    "s",
    `return () => {
      let sum = 0;
      for (let i = 0; i < starts.length; i++) sum += unpack(buffer, starts[i], ends[i], s) + s[4];
      return sum;
    };`,
  );
  return make(unpack, buffer, starts, ends, new Int32Array(WORDS)) as () => number;
}

function eachView(parse: Rival["parse"], { views }: FrameSet): () => unknown {
  return () => {
    let keys = 0;
    for (const view of views) if (parse(view) !== undefined) keys += 1;
    return keys;
  };
}

/** Byte by byte: nanoseconds a byte for a small and for a large frame. */
interface DripCost {
  readonly name: string;
  readonly smallNs: number;
  readonly largeNs: number;
}

/** Frames of 1 KiB and 64 KiB (the protocol's largest), one call for each byte that arrives. */
async function benchDrip(effort: Effort): Promise<readonly DripCost[]> {
  const star = generatedModule("star.frame", "Star");
  const http = generatedModule("http1.frame", "HTTP1");
  const subjects = [
    { name: "Star", module: star, frames: [1024, 65_536].map((size) => starFrame(1, size - 35)) },
    { name: "HTTP/1", module: http, frames: [1024, 32_768].map(request) },
  ];
  const costs: DripCost[] = [];
  for (const { name, module, frames } of subjects) {
    const bytes = Math.max(...frames.map((frame) => frame.length));
    // As many bytes a run for both: a longer run would be interrupted more often.
    const competitors = frames.map((frame, index) => ({
      name: `${index}`,
      calls: bytes,
      run: drip(module.unpack, frame, bytes / frame.length, module.meta),
    }));
    const [small, large] = await measure(competitors, effort);
    if (small === undefined || large === undefined) throw new Error("nothing was measured");
    costs.push({ name, smallNs: small.medianNs, largeNs: large.medianNs });
  }
  return costs;
}

function drip(
  unpack: Unpack,
  frame: Buffer,
  times: number,
  { words, stateAt }: { readonly words: number; readonly stateAt: number },
): () => unknown {
  const s = new Int32Array(words);
  return () => {
    for (let time = 0; time < times; time += 1) {
      s.fill(0, stateAt);
      let verdict: number = VERDICT.need;
      for (let end = 1; end <= frame.length; end += 1) verdict = unpack(frame, 0, end, s);
      if (verdict !== frame.length) throw new Error(`the frame's verdict is ${verdict}`);
    }
  };
}

/** A request of that size with one long header. */
function request(size: number): Buffer {
  const head = "GET / HTTP/1.1\r\nHost: example.org\r\nX-Padding: ";
  return Buffer.from(`${head.padEnd(size - 4, "x")}\r\n\r\n`, "latin1");
}

/** Rows of a Markdown table: protocol, way, median, least and most nanoseconds a frame, times the generated code's. */
function unpackRows(costs: readonly UnpackCost[]): readonly string[] {
  return costs.flatMap(({ protocol, timings, rivals }) => {
    const own = timings[0]?.medianNs ?? Number.NaN;
    return timings.map(({ name, medianNs, leastNs, mostNs }) => {
      const target = rivals.find((rival) => rival.name === name)?.target ?? null;
      const goal = name === "by hand" ? "≥ 0.83" : target === null ? "" : `≥ ${target}`;
      const cells = [protocol, name, ...[medianNs, leastNs, mostNs].map((ns) => ns.toFixed(1))];
      return `| ${[...cells, (medianNs / own).toFixed(2), name === "generated" ? "" : goal].join(" | ")} |`;
    });
  });
}

/** Rows of a Markdown table: protocol, nanoseconds a byte of the small and of the large frame, their ratio. */
function dripRows(costs: readonly DripCost[]): readonly string[] {
  return costs.map(({ name, smallNs, largeNs }) => {
    const ratio = (largeNs / smallNs).toFixed(2);
    return `| ${[name, smallNs.toFixed(1), largeNs.toFixed(1), ratio, "≤ 1.5"].join(" | ")} |`;
  });
}

/** Measures and prints both tables. */
export async function printUnpack(write: (line: string) => void, effort: Effort): Promise<void> {
  write("| protocol | way | ns a frame | least | most | × generated | target |");
  write("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
  for (const row of unpackRows(await benchUnpack(effort))) write(row);
  write("");
  write("| byte by byte | ns a byte, 1 KiB | ns a byte, largest | ratio | target |");
  write("| --- | ---: | ---: | ---: | ---: |");
  for (const row of dripRows(await benchDrip(effort))) write(row);
}
