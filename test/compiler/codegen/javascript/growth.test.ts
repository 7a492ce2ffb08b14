// How the work of generating a module grows with the fields of its description: counted by what is read of the program.
import { expect, test } from "vitest";
import { generateJavaScript } from "../../../../src/compiler/codegen/javascript/generate.ts";
import { compileFrameFiles } from "../../../../src/compiler/compile.ts";
import type { Program } from "../../../../src/compiler/ir/ir.ts";

/** Between so many fields and four times as many. */
const FIELDS = 30;
const TIMES = 4;

/** Linear work grows by `TIMES`; work that grows with the square by 16. */
const MOST_GROWTH = TIMES * 1.25;

const kinds: readonly (readonly [name: string, field: (number: number) => string])[] = [
  ["guarded", (at) => `u16 f${at} in 1..1000;`],
  ["with a length before them", (at) => `text[u8] f${at} max 20;`],
  ["up to a mark", (at) => `text f${at} until "," max 16;`],
  ["in blocks", (at) => `block[u16] b${at} { text[u8] name max 20; rest; }`],
  ["in branches", (at) => `u8 s${at}; if s${at} == 3 { u16 f${at}; }`],
  ["in arms", (at) => `u8 s${at}; switch s${at} { 1: u16 f${at}; 2: text[u8] f${at}; else: {} }`],
];

function programOf(text: string): Program {
  const { protocols } = compileFrameFiles({
    paths: ["grown.frame"],
    read: () => ({ kind: "text", text }),
    readList: (path) => ({ kind: "error", path, reason: "there are no lists here" }),
  });
  const program = protocols.get("P")?.program;
  if (program === undefined) throw new Error(`this does not compile: ${text}`);
  return program;
}

/** Properties that are read of the program, by every pass from it to the text. */
function workOf(program: Program): number {
  let reads = 0;
  const known = new WeakMap<object, object>();
  const counted = (data: object): object => {
    const proxy = known.get(data) ?? new Proxy(data, { get: (of, key) => read(of, key) });
    known.set(data, proxy);
    return proxy;
  };
  const read = (data: object, key: string | symbol): unknown => {
    reads += 1;
    const value: unknown = Reflect.get(data, key);
    const isRecord = Array.isArray(value) || Object.getPrototypeOf(value ?? 0) === Object.prototype;
    return isRecord ? counted(value as object) : value;
  };
  generateJavaScript(counted(program) as Program);
  return reads;
}

test.for(kinds)("fields %s", ([, field]) => {
  const work = (count: number) => {
    const fields = Array.from({ length: count }, (_, at) => field(at)).join("\n");
    return workOf(programOf(`protocol P { frame { max 1MiB; u8 id; ${fields} } key id = id; }`));
  };
  const growth = work(FIELDS * TIMES) / work(FIELDS);
  expect(growth).toBeLessThan(MOST_GROWTH);
});
