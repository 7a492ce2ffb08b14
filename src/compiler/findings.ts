// The compiler's third door, for threads that only show what it found: it leads to no parser and no catalogue.
// biome-ignore-all lint/performance/noBarrelFile: a door is made of re-exports, each of them named

export type { Diagnostic, RelatedPlace } from "./diagnostics/diagnostic.ts";
export { renderGithub, renderJson, renderText } from "./diagnostics/render.ts";
export { createSourceFile, positionAt, type SourceFile } from "./source/source-file.ts";
export type { Span } from "./source/span.ts";
