// From the files a user names to every file they need, parsed: follows imports, each file once. Does no I/O of its own,
// and resolves no names inside the files.

import { type Collector, report } from "../diagnostics/collector.ts";
import {
  identityOf,
  MAX_SOURCE_FILES,
  type ReadErrorCode,
  type ReadSource,
  resolveImport,
} from "../source/load.ts";
import { createSourceFile, type SourceFile } from "../source/source-file.ts";
import type { Span } from "../source/span.ts";
import type { FrameFile, ImportDeclaration } from "./ast.ts";
import { parseFrameFile } from "./parse.ts";

/** A file as loaded; `source.number` is its index in `LoadedFiles.files`. */
export interface LoadedFile {
  readonly source: SourceFile;
  readonly tree: FrameFile;
  /** Numbers of the files it imports directly, in order, each once. */
  readonly imports: readonly number[];
  /** The user named it; others were imported. */
  readonly isEntry: boolean;
}

export interface LoadedFiles {
  /** Indexed by number; entries first come first. A file that could not be read is there, empty. */
  readonly files: readonly LoadedFile[];
  /** What renderers of diagnostics need. */
  readonly sources: readonly SourceFile[];
  /** Numbers so that every file comes after those it imports; within a cycle any order. */
  readonly order: readonly number[];
}

interface Loading {
  readonly read: ReadSource;
  readonly collector: Collector;
  readonly files: MutableFile[];
  readonly numbers: Map<string, number>;
  readonly order: number[];
}

interface MutableFile {
  readonly source: SourceFile;
  readonly tree: FrameFile;
  readonly imports: number[];
  isEntry: boolean;
}

/** A file whose imports are being followed. */
interface Visit {
  readonly number: number;
  readonly pending: ImportDeclaration[];
}

/** Loads and parses `paths` and all they import. What is wrong is reported; whatever can be parsed is returned. */
export function loadFrameFiles(
  paths: readonly string[],
  read: ReadSource,
  collector: Collector,
): LoadedFiles {
  const loading: Loading = { read, collector, files: [], numbers: new Map(), order: [] };
  for (const path of paths) {
    const known = loading.numbers.get(identityOf(path));
    const number = known ?? loadFile(loading, path);
    const file = loading.files[number];
    if (file !== undefined) file.isEntry = true;
    if (known === undefined) followImports(loading, number);
  }
  const { files, order } = loading;
  reportEmpty(files, collector);
  return { files, sources: files.map((file) => file.source), order };
}

/** Whoever names a file means that something is in it; one with errors has said so. */
function reportEmpty(files: readonly LoadedFile[], collector: Collector): void {
  for (const { source, tree, isEntry } of files) {
    if (!isEntry || tree.declarations.length > 0) continue;
    const isBroken = collector.found.some(({ span }) => span.file === source.number);
    if (!isBroken) report(collector, "emptyDescription", tree.span, { path: source.path });
  }
}

/** Depth first, without recursion: a chain of imports is as long as there may be files. */
function followImports(loading: Loading, entry: number): void {
  const stack: Visit[] = [visitOf(loading, entry)];
  for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
    const next = visit.pending.shift();
    if (next === undefined) {
      loading.order.push(visit.number);
      stack.pop();
      continue;
    }
    const imported = followImport(loading, stack, next);
    if (imported !== undefined) stack.push(visitOf(loading, imported));
  }
}

/** The number of a file that is new; `undefined`: known already, or not to be had. */
function followImport(
  loading: Loading,
  stack: readonly Visit[],
  declaration: ImportDeclaration,
): number | undefined {
  const importer = loading.files[declaration.path.span.file];
  if (importer === undefined) return undefined;
  const { span, bytes } = declaration.path;
  const target = Buffer.from(bytes).toString("utf8");
  const path = resolveImport(importer.source.path, target);
  if (path === undefined) {
    report(loading.collector, "badImportPath", span, { path: target });
    return undefined;
  }
  const known = loading.numbers.get(identityOf(path));
  if (known !== undefined) {
    reportCycle(loading, stack, known, span);
    noteImport(importer, known);
    return undefined;
  }
  if (loading.files.length >= MAX_SOURCE_FILES) {
    report(loading.collector, "tooManyFiles", span, { limit: MAX_SOURCE_FILES });
    return undefined;
  }
  const number = loadFile(loading, path, span);
  noteImport(importer, number);
  return number;
}

function noteImport(importer: MutableFile, number: number): void {
  if (!importer.imports.includes(number)) importer.imports.push(number);
}

function visitOf(loading: Loading, number: number): Visit {
  const declarations = loading.files[number]?.tree.declarations ?? [];
  return { number, pending: declarations.filter((declaration) => declaration.kind === "import") };
}

function reportCycle(loading: Loading, stack: readonly Visit[], known: number, span: Span): void {
  const from = stack.findIndex((visit) => visit.number === known);
  if (from < 0) return;
  const numbers = [...stack.slice(from).map((visit) => visit.number), known];
  const chain = numbers.map((number) => loading.files[number]?.source.path ?? "");
  report(loading.collector, "importCycle", span, { chain });
}

/** Reads and parses; what cannot be read becomes an empty file, reported at `place`, or at itself for an entry. */
function loadFile(loading: Loading, path: string, place?: Span): number {
  const number = loading.files.length;
  const result = loading.read(path);
  const source = createSourceFile(number, path, result.kind === "text" ? result.text : "");
  loading.numbers.set(identityOf(path), number);
  loading.files.push({
    source,
    tree: parseFrameFile(source, loading.collector),
    imports: [],
    isEntry: place === undefined,
  });
  if (result.kind === "error") {
    const at = place ?? { file: number, start: 0, end: 0 };
    reportUnread(loading.collector, at, path, result.code, result.message);
  }
  return number;
}

/** Says why a file could not be read, at `span`. */
export function reportUnread(
  collector: Collector,
  span: Span,
  path: string,
  code: ReadErrorCode,
  reason: string,
): void {
  switch (code) {
    case "missing":
      report(collector, "fileMissing", span, { path });
      break;
    case "unreadable":
      report(collector, "fileUnreadable", span, { path, reason });
      break;
    case "directory":
      report(collector, "fileIsDirectory", span, { path });
      break;
    case "too-large":
      report(collector, "fileTooLarge", span, { path, reason });
      break;
    case "encoding":
      report(collector, "fileNotUtf8", span, { path });
      break;
  }
}
