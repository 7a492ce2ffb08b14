// `npm run bench -- NAME`: measures one thing and prints its tables as Markdown, for docs/benchmarks.md.
import { benchCompile, compileRows } from "./compile.ts";
import { benchRoutes } from "./routes.ts";
import { printUnpack } from "./unpack.ts";

/** Rounds enough for medians that repeat to a few per cent on a machine that does other things too. */
const EFFORT = { rounds: 15, milliseconds: 40 };

const BENCHES: Readonly<Record<string, (write: (line: string) => void) => Promise<void>>> = {
  unpack: (write) => printUnpack(write, EFFORT),
  routes: printRoutes,
  compile: printCompile,
};

async function printRoutes(write: (line: string) => void): Promise<void> {
  write("| routes | ns, 10 entries | ns, 100,000 entries | ratio | target |");
  write("| --- | ---: | ---: | ---: | ---: |");
  for (const { name, fewNs, manyNs, ratio } of await benchRoutes()) {
    const cells = [name, fewNs.toFixed(1), manyNs.toFixed(1), ratio.toFixed(2), "≤ 3"];
    write(`| ${cells.join(" | ")} |`);
  }
}

async function printCompile(write: (line: string) => void): Promise<void> {
  write("| compiler | ms, first | ms, median | target |");
  write("| --- | ---: | ---: | ---: |");
  for (const row of compileRows(benchCompile())) write(row);
}

const name = process.argv[2] ?? "";
const bench = BENCHES[name];
if (bench === undefined) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(BENCHES).join(" | ")}\n`);
  process.exitCode = 2;
} else {
  process.stdout.write(`Node ${process.version}, ${process.platform} ${process.arch}\n\n`);
  await bench((line) => process.stdout.write(`${line}\n`));
}
