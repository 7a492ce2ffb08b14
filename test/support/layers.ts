// The import table of src/ and the judge that applies it. A layer that is not in the table does not exist: a new
// folder has to be entered here, with what it may see.
import { dirname, join } from "node:path/posix";

/** One layer: a file (`….ts`), a folder (`…/*`) or a whole subtree (`…/**`), and the names of the layers it may import. */
export interface Layer {
  readonly name: string;
  readonly path: string;
  readonly sees: readonly string[];
}

const syntaxAndBelow = ["base", "source", "diagnostics", "syntax"];
const subsystems = [
  ...["base", "clock", "compiler", "config", "balance", "pool", "routing", "log", "metrics"],
  ...["engine", "engine/choose", "engine/portable", "reload"],
];
const irAndBelow = [...syntaxAndBelow, "check", "ir"];

/** The table. Order matters to readers only; a layer always sees itself, and every layer of src/ sees `abi`. */
export const layers: readonly Layer[] = [
  { name: "base", path: "src/base/**", sees: [] },
  { name: "abi", path: "src/compiler/abi.ts", sees: [] },

  { name: "source", path: "src/compiler/source/**", sees: ["base"] },
  { name: "diagnostics", path: "src/compiler/diagnostics/**", sees: ["base", "source"] },
  { name: "syntax", path: "src/compiler/syntax/**", sees: ["base", "source", "diagnostics"] },
  { name: "format", path: "src/compiler/format/**", sees: syntaxAndBelow },
  { name: "check", path: "src/compiler/check/**", sees: syntaxAndBelow },
  { name: "ir", path: "src/compiler/ir/**", sees: [...syntaxAndBelow, "check"] },
  { name: "route", path: "src/compiler/route/**", sees: irAndBelow },
  { name: "codegen", path: "src/compiler/codegen/*", sees: irAndBelow },
  {
    name: "codegen/javascript",
    path: "src/compiler/codegen/javascript/**",
    sees: [...irAndBelow, "codegen"],
  },
  { name: "files", path: "src/compiler/files.ts", sees: ["base", "source", "route"] },
  {
    name: "compile",
    path: "src/compiler/compile.ts",
    sees: [...irAndBelow, "route", "codegen", "codegen/javascript"],
  },
  { name: "explain", path: "src/compiler/explain/**", sees: [...irAndBelow, "route", "compile"] },
  {
    name: "vectors",
    path: "src/compiler/vectors/**",
    sees: [...irAndBelow, "route", "compile", "explain"],
  },
  {
    name: "compiler",
    path: "src/compiler/index.ts",
    sees: [
      ...irAndBelow,
      "format",
      "route",
      "codegen/javascript",
      "files",
      "compile",
      "explain",
      "vectors",
    ],
  },

  { name: "findings", path: "src/compiler/findings.ts", sees: ["source", "diagnostics"] },
  {
    name: "execute",
    path: "src/compiler/execute.ts",
    sees: ["base", "route", "codegen/javascript"],
  },

  // The routing core decides and does no I/O. It states what it needs of others as interfaces (a journal, for
  // instance), which log, metrics and the engines fulfil: they see it, it sees none of them.
  { name: "clock", path: "src/runtime/clock.ts", sees: [] },
  { name: "balance", path: "src/runtime/balance/**", sees: ["base"] },
  { name: "pool", path: "src/runtime/pool/**", sees: ["base", "balance"] },
  { name: "routing", path: "src/runtime/routing/**", sees: ["base", "execute", "pool"] },
  { name: "config", path: "src/runtime/config/**", sees: ["base", "compiler", "balance"] },
  { name: "log", path: "src/runtime/log/**", sees: ["base", "findings", "routing"] },
  { name: "metrics", path: "src/runtime/metrics/**", sees: ["base", "routing"] },
  {
    name: "engine/choose",
    path: "src/runtime/engine/choose-engine.ts",
    sees: ["routing", "engine", "engine/linux"],
  },
  { name: "engine", path: "src/runtime/engine/*", sees: ["base", "routing"] },
  {
    name: "engine/portable",
    path: "src/runtime/engine/portable/**",
    sees: ["base", "clock", "pool", "routing", "engine"],
  },
  {
    name: "engine/linux/kernel",
    path: "src/runtime/engine/linux/kernel/**",
    sees: ["base"],
  },
  {
    name: "engine/linux",
    path: "src/runtime/engine/linux/**",
    sees: [...["base", "execute", "balance", "pool", "routing", "engine"], "engine/linux/kernel"],
  },
  {
    name: "reload",
    path: "src/runtime/reload/**",
    sees: ["base", "clock", "compiler", "config", "pool", "routing"],
  },

  // Where the subsystems meet.
  { name: "signals", path: "src/runtime/signals.ts", sees: ["log"] },
  {
    name: "listeners",
    path: "src/runtime/listeners.ts",
    sees: ["base", "config", "engine", "reload"],
  },
  { name: "router", path: "src/runtime/router.ts", sees: [...subsystems, "listeners"] },
  {
    name: "runtime",
    path: "src/runtime/index.ts",
    sees: [...subsystems, "listeners", "signals", "router"],
  },

  {
    name: "run",
    path: "src/runtime/run.ts",
    sees: ["config", "signals", "router"],
  },

  {
    name: "cli",
    path: "src/cli/**",
    sees: ["base", "compiler", "findings", "runtime", "run"],
  },
];

/** Packages and Node modules of limited use: who may import them. What is not here, everyone may. */
const reserved: readonly {
  readonly specifier: RegExp;
  readonly allowed: RegExp;
  readonly why: string;
}[] = [
  {
    specifier: /^(?:koffi|ffi-napi|node:ffi)\b/,
    allowed: /^src\/runtime\/engine\/linux\/kernel\//,
    why: "only src/runtime/engine/linux/kernel touches foreign functions",
  },
  {
    specifier: /^node:(?:net|http|https|tls|dgram|dns|child_process|worker_threads|cluster)\b/,
    allowed: /^src\/(?:runtime\/(?!routing\/|balance\/)|cli\/)/,
    why: "the compiler and the routing core do no network or process I/O",
  },
  {
    specifier: /^node:fs\b/,
    allowed: /^src\/(?:compiler\/source\/|runtime\/(?!routing\/|balance\/)|cli\/)/,
    why: "files are read through the compiler's injected reader, and not by the routing core",
  },
  {
    specifier: /^chevrotain$/,
    allowed: /^src\/compiler\/syntax\//,
    why: "only the syntax knows the parser library",
  },
  {
    specifier: /^commander$/,
    allowed: /^src\/cli\//,
    why: "only the command line parses arguments",
  },
];

/** The layer of a file of src/ (path from the repository's root, with `/`), or undefined: it belongs to none. */
export function layerOf(file: string): Layer | undefined {
  return layers.find(({ path }) => {
    if (path.endsWith("/**")) return file.startsWith(path.slice(0, -2));
    if (path.endsWith("/*")) return dirname(file) === path.slice(0, -2);
    return file === path;
  });
}

/** Why `file` may not import `specifier`, or undefined: it may. */
export function importFault(file: string, specifier: string): string | undefined {
  const from = layerOf(file);
  if (from === undefined) return `${file} is in no known layer`;
  if (!specifier.startsWith(".")) {
    const rule = reserved.find((entry) => entry.specifier.test(specifier));
    return rule === undefined || rule.allowed.test(file) ? undefined : rule.why;
  }
  const target = join(dirname(file), specifier);
  const to = layerOf(target);
  if (to === undefined) return `${target} is in no known layer`;
  if (to === from || to.name === "abi" || from.sees.includes(to.name)) return undefined;
  return `layer ${from.name} must not see ${to.name} (it sees ${from.sees.join(", ") || "nothing"})`;
}
