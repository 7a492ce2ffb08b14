// Every description that the properties have to hold for: the library's files and those that use constructs it does not.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Compilation, compileFrameFiles } from "../../src/compiler/compile.ts";
import type { ReadListFile } from "../../src/compiler/route/list-file.ts";
import type { ReadSource } from "../../src/compiler/source/load.ts";

const root = join(import.meta.dirname, "../..");
const LIBRARY = "library:";

/** Reads files below the repository; `library:NAME` is `protocols/NAME.frame`. */
export const readRepository: ReadSource = (path) => {
  const file = path.startsWith(LIBRARY) ? `protocols/${path.slice(LIBRARY.length)}.frame` : path;
  try {
    return { kind: "text", text: readFileSync(join(root, file), "utf8") };
  } catch (error) {
    return { kind: "error", code: "missing", message: String(error) };
  }
};

const noLists: ReadListFile = (path) => ({
  kind: "error",
  path,
  reason: "there are no lists here",
});

/** Paths of all descriptions, from the repository's root. */
export function descriptionPaths(): readonly string[] {
  const library: string[] = readdirSync(join(root, "protocols"))
    .filter((name) => name.endsWith(".frame"))
    .map((name) => `protocols/${name}`);
  const frames = readdirSync(join(root, "test/frames")).map((name) => `test/frames/${name}`);
  return [...library, ...frames];
}

/** One description with what it imports. */
export function compileDescription(path: string): Compilation {
  return compileFrameFiles({ paths: [path], read: readRepository, readList: noLists });
}
