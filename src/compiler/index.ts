// The compiler's one public door: what the runtime and the command line may use of it, by name.
// biome-ignore-all lint/performance/noBarrelFile: a door is made of re-exports, each of them named

export {
  type Collector,
  createCollector,
  hasErrors,
  report,
  sortedDiagnostics,
} from "./diagnostics/collector.ts";
export type { Diagnostic, RelatedPlace, Severity } from "./diagnostics/diagnostic.ts";
export { renderText } from "./diagnostics/render.ts";
export { suggest } from "./diagnostics/suggest.ts";
export {
  type AddressBlock,
  formatAddressBlock,
  holdsAddress,
  parseAddressBlock,
} from "./route/address-block.ts";
export type { ReadResult, ReadSource } from "./source/load.ts";
export { createSourceFile, type SourceFile } from "./source/source-file.ts";
export type { Span } from "./source/span.ts";
