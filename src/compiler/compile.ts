// The pipeline from source texts to programs and plans: the only file that knows the order of the passes. Reads through what
// it is given and writes nothing.

import { dirname, isAbsolute, join } from "node:path";
import { checkConstants } from "./check/check-constants.ts";
import { checkPrefix } from "./check/check-prefix.ts";
import { checkProtocol } from "./check/check-protocol.ts";
import { declaredNames, withoutConsequences } from "./check/consequences.ts";
import { constantOf } from "./check/constants.ts";
import { collectSymbols, type Symbols } from "./check/symbols.ts";
import { filesCatalog } from "./diagnostics/catalog/files.ts";
import {
  type Collector,
  createCollector,
  forward,
  hasErrors,
  MAX_DIAGNOSTICS,
  report,
  sortedDiagnostics,
} from "./diagnostics/collector.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { suggest } from "./diagnostics/suggest.ts";
import type { Program } from "./ir/ir.ts";
import { lowerProtocol } from "./ir/lower/lower.ts";
import { buildRoutePlan } from "./route/build-plan.ts";
import { checkRouter } from "./route/check-router.ts";
import type { CheckedRouter } from "./route/checked-router.ts";
import type { ReadListFile } from "./route/list-file.ts";
import type { RoutePlan } from "./route/plan.ts";
import { LIBRARY_PREFIX, type ReadSource } from "./source/load.ts";
import type { SourceFile } from "./source/source-file.ts";
import type { Span } from "./source/span.ts";
import type {
  PrefixDeclaration,
  ProtocolDeclaration,
  RouterDeclaration,
  TestDeclaration,
} from "./syntax/ast.ts";
import { loadFrameFiles } from "./syntax/load-files.ts";

/** How texts and lists are read; paths are as written, relative ones resolved against the file that names them. */
export interface CompileInput {
  /** Files the user names; imports follow. */
  readonly paths: readonly string[];
  readonly read: ReadSource;
  readonly readList: ReadListFile;
}

/** A protocol that compiled. */
export interface CompiledProtocol {
  readonly name: string;
  readonly declaration: ProtocolDeclaration;
  readonly program: Program;
  /** Protocols read before each frame and not forwarded; null: none. */
  readonly prefix: CompiledPrefix | null;
}

export interface CompiledPrefix {
  /** Tried in order. */
  readonly programs: readonly Program[];
  readonly isRequired: boolean;
}

/** A router that compiled, with the protocol it stands on. */
export interface CompiledRouter {
  readonly name: string;
  readonly declaration: RouterDeclaration;
  readonly protocol: CompiledProtocol;
  readonly checked: CheckedRouter;
  readonly plan: RoutePlan;
}

export interface Compilation {
  /** In order of file and place. */
  readonly diagnostics: readonly Diagnostic[];
  readonly hasErrors: boolean;
  /** Every file that was read, by number: what renderers need, and what to watch besides the routers' lists. */
  readonly sources: readonly SourceFile[];
  /** What compiled, of all files; those of the named files come first. */
  readonly protocols: ReadonlyMap<string, CompiledProtocol>;
  readonly routers: ReadonlyMap<string, CompiledRouter>;
  /** Names declared in the named files, not in imported ones. */
  readonly entryProtocols: readonly string[];
  readonly entryRouters: readonly string[];
  readonly tests: readonly TestDeclaration[];
  readonly symbols: Symbols;
  /** Where the test runner leaves its findings too. */
  readonly collector: Collector;
}

interface Compiling {
  readonly input: CompileInput;
  readonly collector: Collector;
  readonly sources: readonly SourceFile[];
  readonly symbols: Symbols;
  /** Errors of reading and parsing: what they stand in is not looked at further, it is not what was meant. */
  readonly broken: readonly Diagnostic[];
  /** Constants without a value, which was reported: what uses them has nothing more to say. */
  readonly valueless: ReadonlySet<string>;
  readonly protocols: Map<string, CompiledProtocol>;
}

/** Compiles files with all they import. Never throws; whatever has no error is in the result. */
export function compileFrameFiles(input: CompileInput): Compilation {
  const collector = createCollector();
  const { files, sources } = loadFrameFiles(input.paths, input.read, collector);
  const broken = collector.found.filter(({ severity }) => severity === "error");
  const symbols = collectSymbols(
    files.map((file) => file.tree),
    collector,
  );
  const protocols = new Map<string, CompiledProtocol>();
  const valueless = hasFileErrors(broken) ? new Set<string>() : checkConstants(symbols, collector);
  const compiling: Compiling = {
    input,
    collector,
    sources,
    symbols,
    broken,
    valueless,
    protocols,
  };
  const programs = lowerAll(compiling);
  for (const [name, declaration] of symbols.protocols) {
    const program = programs.get(name);
    const prefix = compilePrefix(compiling, declaration);
    if (program !== undefined && prefix !== undefined)
      protocols.set(name, { name, declaration, program, prefix });
  }
  const routers = new Map<string, CompiledRouter>();
  for (const declaration of symbols.routers.values()) {
    const router = compileRouter(compiling, declaration);
    if (router !== undefined) routers.set(router.name, router);
  }
  const isEntry = (span: Span): boolean => files[span.file]?.isEntry === true;
  return {
    diagnostics: sortedDiagnostics(collector),
    hasErrors: hasErrors(collector),
    sources,
    protocols,
    routers,
    entryProtocols: namesIn(symbols.protocols, isEntry),
    entryRouters: namesIn(symbols.routers, isEntry),
    tests: symbols.tests.filter(({ span }) => isEntry(span) && !isBroken(compiling, span)),
    symbols,
    collector,
  };
}

function namesIn(
  declared: ReadonlyMap<string, ProtocolDeclaration | RouterDeclaration>,
  isEntry: (span: Span) => boolean,
): readonly string[] {
  return [...declared].flatMap(([name, { span }]) => (isEntry(span) ? [name] : []));
}

/** Whether reading or parsing failed within the span. */
function isBroken({ broken }: Compiling, { file, start, end }: Span): boolean {
  if (broken.length >= MAX_DIAGNOSTICS) return true;
  return broken.some(({ span }) => span.file === file && span.start >= start && span.start <= end);
}

function lowerAll(compiling: Compiling): ReadonlyMap<string, Program> {
  const programs = new Map<string, Program>();
  for (const [name, protocol] of compiling.symbols.protocols) {
    if (isBroken(compiling, protocol.span)) continue;
    const own = createCollector();
    const program = checkProtocol(protocol, own)
      ? lowerOne(compiling, protocol, own, "frame")
      : undefined;
    forwardCauses(compiling, protocol, own);
    if (program !== undefined) programs.set(name, program);
  }
  return programs;
}

/** What was found of a protocol, without what only follows from something else that was found. */
function forwardCauses(compiling: Compiling, protocol: ProtocolDeclaration, own: Collector): void {
  const frames = protocol.items.filter((item) => item.kind === "frame");
  const found = own.found.filter(
    ({ span }) => !compiling.valueless.has(textOf(compiling.sources, span)),
  );
  const causes = withoutConsequences(found, {
    declared: declaredNames(frames.flatMap((frame) => frame.body)),
    isInFrame: ({ span }) =>
      frames.some((frame) => frame.span.start <= span.start && span.end <= frame.span.end),
    lacksFiles: lacksFiles(compiling),
    textOf: ({ span }) => textOf(compiling.sources, span),
  });
  // Who imports a library protocol cannot mend it: its warnings are for those who name its file.
  const severities = isImportedLibrary(compiling, protocol.span)
    ? (["error"] as const)
    : (["error", "warning"] as const);
  for (const cause of causes)
    if (severities.some((severity) => severity === cause.severity))
      forward(compiling.collector, cause);
  // What was counted only: there is more wrong than is kept.
  for (const severity of severities) {
    const kept = own.found.filter((each) => each.severity === severity).length;
    compiling.collector.counts[severity] += own.counts[severity] - kept;
  }
}

function isImportedLibrary({ input, sources }: Compiling, span: Span): boolean {
  const path = sources[span.file]?.path ?? "";
  return path.startsWith(LIBRARY_PREFIX) && !input.paths.includes(path);
}

/** Whether an import failed: what is not known may be declared there. */
function lacksFiles({ broken }: Compiling): boolean {
  return hasFileErrors(broken);
}

function hasFileErrors(broken: readonly Diagnostic[]): boolean {
  return broken.some(({ code }) => FILE_CODES.has(code));
}

const FILE_CODES: ReadonlySet<string> = new Set(
  Object.values(filesCatalog).map(({ code }) => code),
);

function lowerOne(
  compiling: Compiling,
  protocol: ProtocolDeclaration,
  collector: Collector,
  verdict: "frame" | "consume",
): Program | undefined {
  const source = compiling.sources[protocol.span.file];
  return lowerProtocol({
    protocol,
    symbols: compiling.symbols,
    collector,
    source: source?.path ?? "",
    sourceText: (span) => textOf(compiling.sources, span),
    verdict,
  });
}

/** A span's text on one line. */
function textOf(sources: readonly SourceFile[], span: Span): string {
  const text = sources[span.file]?.text ?? "";
  return text.slice(span.start, span.end).replace(/\s+/g, " ").trim();
}

/** A protocol's prefix; null where it has none, undefined where it cannot be compiled (reported). */
function compilePrefix(
  compiling: Compiling,
  protocol: ProtocolDeclaration,
): CompiledPrefix | null | undefined {
  const item = protocol.items.find((each): each is PrefixDeclaration => each.kind === "prefix");
  if (item === undefined) return null;
  const programs: Program[] = [];
  for (const name of item.protocols) {
    const declaration = compiling.symbols.protocols.get(name.text);
    if (declaration === undefined) {
      if (lacksFiles(compiling)) return undefined;
      report(compiling.collector, "unknownName", name.span, {
        kind: "protocol",
        name: name.text,
        suggestion: suggest(name.text, compiling.symbols.protocols.keys()),
      });
      return undefined;
    }
    if (!checkPrefix(declaration, name.span, compiling.collector)) return undefined;
    // What is wrong with it was said where it was lowered as a protocol of its own.
    const quiet = createCollector();
    if (!checkProtocol(declaration, quiet)) return undefined;
    const program = lowerOne(compiling, declaration, quiet, "consume");
    if (program === undefined) return undefined;
    programs.push(program);
  }
  return { programs, isRequired: item.isRequired };
}

/** The consume-form of protocols, for listeners that read a prefix by configuration. */
export function compilePrefixes(
  compilation: Compilation,
  names: readonly string[],
): readonly Program[] {
  const compiling: Compiling = {
    input: { paths: [], read: unreadable, readList: unlisted },
    collector: createCollector(),
    sources: compilation.sources,
    symbols: compilation.symbols,
    broken: [],
    valueless: new Set(),
    protocols: new Map(),
  };
  return names.flatMap((name) => {
    const declaration = compilation.symbols.protocols.get(name);
    if (declaration === undefined) return [];
    return lowerOne(compiling, declaration, createCollector(), "consume") ?? [];
  });
}

const unreadable: ReadSource = () => ({ kind: "error", code: "missing", message: "not read" });
const unlisted: ReadListFile = (path) => ({ kind: "error", path, reason: "not read" });

function compileRouter(
  compiling: Compiling,
  declaration: RouterDeclaration,
): CompiledRouter | undefined {
  const { collector, symbols } = compiling;
  const name = declaration.protocol.text;
  if (isBroken(compiling, declaration.span)) return undefined;
  if (!symbols.protocols.has(name)) {
    if (lacksFiles(compiling)) return undefined;
    report(collector, "unknownName", declaration.protocol.span, {
      kind: "protocol",
      name,
      suggestion: suggest(name, symbols.protocols.keys()),
    });
    return undefined;
  }
  const protocol = compiling.protocols.get(name);
  const source = compiling.sources[declaration.span.file];
  if (protocol === undefined || source === undefined) return undefined;
  const before = collector.counts.error;
  const checked = checkRouter(declaration, {
    keys: protocol.program.keys,
    constantOf: (expression) => {
      const constant = constantOf(expression, symbols);
      return constant?.kind === "bytes" ? constant.bytes : constant?.value;
    },
    readFile: (path) => compiling.input.readList(besideSource(source.path, path)),
    source,
    collector,
  });
  if (collector.counts.error > before) return undefined;
  const plan = buildRoutePlan(checked);
  return { name: declaration.name.text, declaration, protocol, checked, plan };
}

/** A list's path as the file that names it means it. */
function besideSource(source: string, path: string): string {
  if (isAbsolute(path) || source.startsWith(LIBRARY_PREFIX)) return path;
  return join(dirname(source), path);
}
