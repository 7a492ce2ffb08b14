// Test files that call Linux by themselves, found by what they import: elsewhere not even their loading works.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";

/** Whatever imports it, however far away, calls functions that other systems do not have. */
const DOOR = "src/runtime/engine/linux/kernel/library.ts";
/** `import type` is gone once a file is loaded; `import(…)` is done later, if at all. */
const typesOnly = /^(?:import|export) type [^;]*;/gm;
const imports = /^(?:import|export|\}) ?[^;"']*?"(\.[^"]+\.ts)";/gm;

/** Paths of such files below `root`, in order. */
export function linuxOnlyTests(root: string): readonly string[] {
  const seen = new Map<string, readonly string[]>();
  return readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join("test", name))
    .filter((file) => reaches(file, root, seen))
    .sort();
}

function reaches(file: string, root: string, seen: Map<string, readonly string[]>): boolean {
  const visited = new Set([file]);
  for (const one of visited) {
    if (one === DOOR) return true;
    const imported = seen.get(one) ?? importedBy(one, root);
    seen.set(one, imported);
    for (const next of imported) visited.add(next);
  }
  return false;
}

function importedBy(file: string, root: string): readonly string[] {
  const text = readFileSync(join(root, file), "utf8").replace(typesOnly, "");
  return [...text.matchAll(imports)].map(([, specifier = ""]) => join(dirname(file), specifier));
}
