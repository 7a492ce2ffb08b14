// Makes whole configurations of the examples in the documentation: `yaml` is a whole file; `yaml part` is put beside
// the listeners and pools of one, `yaml listener` into its listener, `yaml pool` into its pool.
import type { Fence } from "./fences.ts";

const LISTENER = "  - name: devices\n    bind: 0.0.0.0:2048\n    router: devices.frame#stations\n";
const POOL = "  main:\n    backends: [10.0.0.1:9000]\n";
const SPARE = "  spare: { backends: [10.0.0.9:9000] }\n";

/** The text of a whole file that a block stands for. */
export function wholeConfiguration({ words, text, line }: Fence): string {
  switch (words[0]) {
    case undefined:
      return text;
    case "part":
      return `listeners:\n${LISTENER}pools:\n${POOL}${SPARE}${text}`;
    case "listener":
      return `listeners:\n${without(LISTENER, text)}${indented(text)}pools:\n${POOL}${SPARE}`;
    case "pool":
      return `listeners:\n${LISTENER}pools:\n${without(POOL, text)}${indented(text)}${SPARE}`;
    default:
      throw new Error(`line ${line}: an example stands in no ${words[0]}`);
  }
}

/** The members that the example has itself are left out. */
function without(base: string, example: string): string {
  const own = new Set([...example.matchAll(/^([a-z-]+):/gm)].map(([, key]) => key));
  return base
    .split("\n")
    .filter((row) => !own.has(/^ {4}([a-z]+):/.exec(row)?.[1] ?? ""))
    .join("\n");
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "    ");
}
