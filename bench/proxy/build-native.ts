// Compiles the C and Go programs of `native/` into a temporary folder.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputOf } from "./process.ts";

/** Go's first build compiles its library too. */
const BUILD_MS = 180_000;

/** The repository: this file runs from its folder and, compiled, from below `.bench`. */
export const repository = nearestPackage(dirname(fileURLToPath(import.meta.url)));

/** The folder of the sources in C and Go. */
const sources = join(repository, "bench", "proxy", "native");

/** Compiles `native/NAME.c`. @returns the program's path, or undefined without gcc. Throws on an error in the source. */
export async function buildC(name: string, folder: string): Promise<string | undefined> {
  if ((await outputOf("gcc", ["--version"])) === undefined) return undefined;
  const program = join(folder, name);
  const args = ["-O2", "-Wall", "-Wextra", "-o", program, join(sources, `${name}.c`)];
  return await build("gcc", args, program);
}

/** Compiles `native/NAME.go`. @returns the program's path, or undefined without Go. Throws on an error in the source. */
export async function buildGo(name: string, folder: string): Promise<string | undefined> {
  if ((await outputOf("go", ["version"])) === undefined) return undefined;
  const program = join(folder, `${name}-go`);
  return await build("go", ["build", "-o", program, join(sources, `${name}.go`)], program);
}

async function build(compiler: string, args: readonly string[], program: string): Promise<string> {
  const output = await outputOf(compiler, args, BUILD_MS);
  if (output === undefined) throw new Error(`${compiler} ${args.join(" ")} failed`);
  return program;
}

function nearestPackage(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("no package.json above the benchmark");
  return nearestPackage(parent);
}
