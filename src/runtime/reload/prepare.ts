// Reads and compiles everything a configuration names and checks that the parts fit: the same for `validate`,
// for the start and for a reload. Binds nothing.

import {
  type Collector,
  createCollector,
  createSourceFile,
  hasErrors,
  report,
  type SourceFile,
  sortedDiagnostics,
} from "../../compiler/index.ts";
import type { Configuration } from "../config/configuration.ts";
import { loadConfiguration } from "../config/load-configuration.ts";
import type { Machine } from "../config/machine.ts";
import type { RouterProgram } from "../routing/program.ts";
import { checkRouters, type ListenerRouter } from "./check-routers.ts";
import { type Estimate, estimateWorstCase, warnBeyondMachine } from "./estimate.ts";
import { loadListenerRouter } from "./listener-router.ts";
import type { FrameLoad, Loader } from "./loader.ts";
import { hasErrorsIn, type Report, renumber } from "./report.ts";

/** What a snapshot is built from: everything read, compiled and found right. */
export interface Prepared {
  readonly configuration: Configuration;
  /** Of each listener, in order. */
  readonly programs: readonly RouterProgram[];
  readonly estimate: Estimate;
}

export interface Preparation {
  /** Everything found, in all files; the configuration is the first source. */
  readonly report: Report;
  /** Absent where the report has an error. */
  readonly prepared: Prepared | undefined;
  /** Files that were read or would have been: a change of one may mend what is wrong. */
  readonly files: readonly string[];
}

/** @param path of the configuration */
export async function prepare(
  path: string,
  loader: Loader,
  machine: Machine,
): Promise<Preparation> {
  const collector = createCollector();
  const source = readConfiguration(path, loader, collector);
  const loaded = hasErrors(collector) ? undefined : loadConfiguration(source, machine, collector);
  if (loaded === undefined) {
    return { report: ownReport(source, collector), prepared: undefined, files: [path] };
  }
  const { configuration, root } = loaded;
  const frames = await loadFrames(configuration, loader);
  const routers: ListenerRouter[] = [];
  for (const [index, listener] of configuration.listeners.entries()) {
    const router = await loadListenerRouter(listener, index, { root, loader, frames, collector });
    if (router !== undefined) routers.push(router);
  }
  checkRouters(configuration, routers, root, collector);
  const estimate = estimateWorstCase(configuration, routers);
  warnBeyondMachine(estimate, machine, root, collector);
  const report = joinFindings(source, frames, collector);
  const programs = routers.map(({ program }) => program);
  return {
    report,
    prepared: hasErrorsIn(report) ? undefined : { configuration, programs, estimate },
    files: [path, ...namedFiles(configuration, frames)],
  };
}

function readConfiguration(path: string, loader: Loader, collector: Collector): SourceFile {
  const read = loader.read(path);
  const source = createSourceFile(0, path, read.kind === "text" ? read.text : "");
  if (read.kind === "error") {
    const span = { file: 0, start: 0, end: 0 };
    const isText = read.code !== "encoding";
    report(collector, "configurationUnreadable", span, { path, reason: read.message, isText });
  }
  return source;
}

function ownReport(source: SourceFile, collector: Collector): Report {
  return { sources: [source], diagnostics: sortedDiagnostics(collector) };
}

/** Every `.frame` file once, however many listeners name it; numbered on from the configuration's own 0. */
async function loadFrames(
  configuration: Configuration,
  loader: Loader,
): Promise<ReadonlyMap<string, FrameLoad>> {
  const frames = new Map<string, FrameLoad>();
  let next = 1;
  for (const { router } of configuration.listeners) {
    if (router.kind !== "frame" || frames.has(router.path)) continue;
    if (loader.read(router.path).kind === "error") continue;
    const load = await loader.loadFrame(router.path);
    frames.set(router.path, { ...load, report: renumber(load.report, next) });
    next += load.report.sources.length;
  }
  return frames;
}

/** The configuration's findings, then those of each file. */
function joinFindings(
  source: SourceFile,
  frames: ReadonlyMap<string, FrameLoad>,
  collector: Collector,
): Report {
  const reports = [
    ownReport(source, collector),
    ...[...frames.values()].map(({ report }) => report),
  ];
  return {
    sources: reports.flatMap(({ sources }) => sources),
    diagnostics: reports.flatMap(({ diagnostics }) => diagnostics),
  };
}

function namedFiles(
  { listeners }: Configuration,
  frames: ReadonlyMap<string, FrameLoad>,
): readonly string[] {
  const named = listeners.map(({ router }) => router.path);
  return [...new Set([...named, ...[...frames.values()].flatMap(({ files }) => files)])];
}
