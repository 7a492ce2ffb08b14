// The compiler's one public door: what the runtime and the command line may use of it, by name.
// biome-ignore-all lint/performance/noBarrelFile: a door is made of re-exports, each of them named

export {
  DROP_CAUSE,
  KEY_SOURCE,
  KEYS_AT,
  type KeyType,
  MISSING,
  type RejectKind,
  type RejectReason,
  type Unpack,
  type UnpackMeta,
  type UnpackModule,
  VERDICT,
  WORDS_PER_KEY,
} from "./abi.ts";
export { generateJavaScript, type Making } from "./codegen/javascript/generate.ts";
export { loadUnpackModule } from "./codegen/javascript/load.ts";
export {
  type Compilation,
  type CompiledProtocol,
  type CompiledRouter,
  compileFrameFiles,
  compilePrefixes,
} from "./compile.ts";
export { type CodeExplanation, explainCode, listCodes } from "./diagnostics/catalog.ts";
export {
  type Collector,
  createCollector,
  hasErrors,
  report,
  sortedDiagnostics,
} from "./diagnostics/collector.ts";
export type { Diagnostic, RelatedPlace, Severity } from "./diagnostics/diagnostic.ts";
export { renderGithub, renderJson, renderText, type SourceFiles } from "./diagnostics/render.ts";
export { suggest } from "./diagnostics/suggest.ts";
export { type Examination, examine, type Refusal, routeExamined } from "./explain/examine.ts";
export { createFileReader, type FileReader } from "./files.ts";
export { type Formatting, formatPath } from "./format/format-path.ts";
export type { FieldTrace, KeyValue } from "./ir/interpret/outcome.ts";
export { showBytes } from "./ir/interpret/show.ts";
export type { Program } from "./ir/ir.ts";
export { printProgram } from "./ir/print.ts";
export {
  type AddressBlock,
  formatAddressBlock,
  holdsAddress,
  parseAddressBlock,
} from "./route/address-block.ts";
export type { ListFile, ReadListFile } from "./route/list-file.ts";
export { decideRoute, NO_ROUTE } from "./route/match.ts";
export type { RouteOutcome, RuleInfo } from "./route/outcome.ts";
export type { RoutePlan } from "./route/plan.ts";
export type { RouteInput } from "./route/route-input.ts";
export { libraryDirectory, libraryNames, readLibrary } from "./source/disk-reader.ts";
export { decodeSource, LIBRARY_PREFIX, type ReadResult, type ReadSource } from "./source/load.ts";
export { createSourceFile, positionAt, type SourceFile } from "./source/source-file.ts";
export type { Span } from "./source/span.ts";
export { runVectors, type VectorResult } from "./vectors/run-vectors.ts";
