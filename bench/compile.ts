// What the compiler costs: the largest description of the library, and checking a file of 10,000 lines.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateJavaScript } from "../src/compiler/codegen/javascript/generate.ts";
import { compileFrameFiles } from "../src/compiler/compile.ts";
import { createFileReader } from "../src/compiler/files.ts";

const LIBRARY = "protocols";
/** The built command line. */
const MAIN = "dist/cli/main.js";
const LINES = 10_000;
const REPEATS = 15;

/** A duration and its target, in milliseconds. */
export interface CompileCost {
  readonly what: string;
  /** In a process that has compiled nothing before. */
  readonly firstMs: number;
  /** The median of repetitions. */
  readonly medianMs: number;
  readonly targetMs: number;
}

/** Paths count from the working directory, the repository's root. */
export function benchCompile(): readonly CompileCost[] {
  const largest = largestDescription();
  return [
    { what: `compile ${largest}`, ...timesOf(() => compileOne(largest)), targetMs: 100 },
    {
      what: `validate ${LINES} lines, process and all`,
      ...timesOf(validateLarge(), 3),
      targetMs: 3000,
    },
  ];
}

function largestDescription(): string {
  const paths = readdirSync(LIBRARY).map((name) => join(LIBRARY, name));
  const [largest] = paths.sort((left, right) => statSync(right).size - statSync(left).size);
  if (largest === undefined) throw new Error("the library is empty");
  return largest;
}

function compileOne(path: string): void {
  const { protocols, hasErrors } = compileFrameFiles({ paths: [path], ...createFileReader() });
  if (hasErrors) throw new Error(`${path} does not compile`);
  for (const { program } of protocols.values()) generateJavaScript(program);
}

/** Runs the command line on a file of many protocols, each with a router and tests. */
function validateLarge(): () => void {
  return () => {
    const folder = mkdtempSync(join(tmpdir(), "waybill-bench-"));
    try {
      const path = join(folder, "large.frame");
      writeFileSync(path, largeDescription());
      const run = spawnSync(process.execPath, [MAIN, "validate", path], { encoding: "utf8" });
      if (run.status !== 0) throw new Error(run.stdout + run.stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

function largeDescription(): string {
  const parts: string[] = [];
  for (let lines = 0, index = 0; lines < LINES; index += 1) {
    const part = description(index);
    parts.push(part);
    lines += part.split("\n").length - 1;
  }
  return parts.join("");
}

function description(index: number): string {
  const name = `P${index}`;
  return `/// Protocol number ${index}.
protocol ${name} {
  frame {
    u8 type = ${index % 200};
    u16 length max 4096;
    block[length] {
      u8 version in 1..3;
      bits u8 flags { first, second, third:2, fourth:4 }
      if flags.first {
        u32 sequence;
        text[u8] tag;
      }
      switch version {
        1: { u16 code; }
        2..3: { u32 code; }
      }
      repeat items filling u16 max 16 {
        u8 kind;
        text[u8] value;
      }
      text[u8] station max 32;
      rest;
    }
  }
  key station = station nonempty;
  key first = items where kind == 7 take value lower;
}

router r${index} on ${name} {
  when station in "A000".."A499" -> north;
  when station like "B*" -> east;
  when missing station -> reject "no station number";
  otherwise -> main by station;
}

`;
}

function timesOf(run: () => void, repeats = REPEATS): { firstMs: number; medianMs: number } {
  const [first = Number.NaN, ...others] = Array.from({ length: repeats + 1 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  const sorted = others.sort((left, right) => left - right);
  return { firstMs: first, medianMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN };
}

/** Rows of a Markdown table: what, milliseconds of the first time and of the median, the target. */
export function compileRows(costs: readonly CompileCost[]): readonly string[] {
  return costs.map(({ what, firstMs, medianMs, targetMs }) => {
    const cells = [what, firstMs.toFixed(0), medianMs.toFixed(0), `≤ ${targetMs}`];
    return `| ${cells.join(" | ")} |`;
  });
}
