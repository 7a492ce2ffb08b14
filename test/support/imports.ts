// Finds the imports of a TypeScript file without a parser: the formatter fixes how they are written, so patterns do.
// Knows nothing of what may import what.

/** `import … from "x"` and `export … from "x"` as the formatter writes them: at the start of a line, over one or more. */
const fromClause =
  /^(?:import|export)\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\w+(?:,\s*\{[^}]*\})?|\{[^}]*\})\s+from\s+"([^"]+)"/gm;

/** `import "x"`, for its effect. */
const effectOnly = /^import\s+"([^"]+)"/gm;

/** `import("x")`, both the call and the type; also in a template without parts. */
const dynamic = /\bimport\(\s*["'`]([^"'`$]+)["'`]\s*[,)]/g;

/** `require("x")`, also of a `createRequire`. */
const required = /\brequire\(\s*["'`]([^"'`$]+)["'`]\s*\)/g;

/** An import of one module by another. */
export interface Import {
  /** As written: `node:net`, `zod`, `../base/assert.ts`. */
  readonly specifier: string;
  /** One-based. */
  readonly line: number;
}

/**
 * All imports of a file, in order. Line comments are ignored; an import in a block comment or at the start of a line
 * of a template counts as one.
 */
export function importsOf(source: string): readonly Import[] {
  const code = source.replace(/(^|\s)\/\/.*$/gm, "$1");
  return [fromClause, effectOnly, dynamic, required]
    .flatMap((pattern) => [...code.matchAll(pattern)])
    .sort((a, b) => a.index - b.index)
    .map((match) => ({
      specifier: match[1] ?? "",
      line: code.slice(0, match.index).split("\n").length,
    }));
}
