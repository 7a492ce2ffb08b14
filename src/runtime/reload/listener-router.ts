// The program of one listener: a router of a `.frame` file or a hand-written unpack, behind the PROXY header
// where the listener asks for it. What is wrong is said at the listener.

import {
  type Collector,
  report,
  type SourceFile,
  type Span,
  suggest,
} from "../../compiler/index.ts";
import type { ListenerConfiguration } from "../config/configuration.ts";
import { locate } from "../config/locate.ts";
import type { YamlValue } from "../config/yaml-tree.ts";
import { handWrittenProgram } from "../routing/hand-written.ts";
import type { PrefixStage, RouterProgram } from "../routing/program.ts";
import type { ListenerRouter } from "./check-routers.ts";
import type { FrameLoad, Loader } from "./loader.ts";

export interface RouterContext {
  readonly root: YamlValue;
  readonly loader: Loader;
  /** By path, their files as numbered in the joined report; one that could not be read is absent. */
  readonly frames: ReadonlyMap<string, FrameLoad>;
  readonly collector: Collector;
}

interface Found {
  readonly program: RouterProgram;
  readonly source: SourceFile | undefined;
}

/** @returns undefined where it cannot be had, and a report says why */
export async function loadListenerRouter(
  listener: ListenerConfiguration,
  index: number,
  context: RouterContext,
): Promise<ListenerRouter | undefined> {
  const { span } = locate(context.root, ["listeners", index, "router"]);
  const loaded =
    listener.router.kind === "module"
      ? await loadModule(listener, span, context)
      : findRouter(listener.router.path, listener.router.router, span, context);
  const prefix = await loadPrefix(listener, index, context);
  if (loaded === undefined || prefix === undefined) return undefined;
  const program: RouterProgram = {
    ...loaded.program,
    prefixes: [...prefix, ...loaded.program.prefixes],
  };
  return { listener, index, program, source: loaded.source, holdMax: holdMaxOf(program) };
}

function findRouter(
  path: string,
  router: string,
  span: Span,
  { loader, frames, collector }: RouterContext,
): Found | undefined {
  const frame = frames.get(path);
  if (frame === undefined) {
    const read = loader.read(path);
    const reason = read.kind === "error" ? read.message : "it has changed while it was read";
    report(collector, "routerFileUnreadable", span, { file: path, reason });
    return undefined;
  }
  const found = frame.routers.get(router);
  if (found !== undefined) {
    return { program: found.program, source: frame.report.sources[found.source] };
  }
  // A router that did not compile is not unknown: its own findings say what is wrong.
  if (frame.report.diagnostics.some(({ severity }) => severity === "error")) return undefined;
  const known = [...frame.routers.keys()];
  const meant = suggest(router, known);
  const args = { router, file: path, known };
  report(collector, "listenerRouterUnknown", span, meant === undefined ? args : { ...args, meant });
  return undefined;
}

async function loadModule(
  listener: ListenerConfiguration,
  span: Span,
  { loader, collector }: RouterContext,
): Promise<Found | undefined> {
  const { path } = listener.router;
  const loaded = await loader.loadModule(path);
  if (loaded.kind === "failed") {
    report(collector, "unpackModuleUnusable", span, { file: path, reason: loaded.reason });
    return undefined;
  }
  const program = handWrittenProgram(loaded.unpack, path, listener.pool ?? "", loaded.url);
  return { program, source: undefined };
}

/** @returns no stage where the listener does not ask for the header */
async function loadPrefix(
  listener: ListenerConfiguration,
  index: number,
  { root, loader, collector }: RouterContext,
): Promise<readonly PrefixStage[] | undefined> {
  const { proxyProtocol } = listener;
  if (proxyProtocol === undefined) return [];
  const loaded = await loader.loadProxyProtocol();
  if (loaded.kind === "failed") {
    const { keySpan } = locate(root, ["listeners", index, "proxy-protocol"]);
    report(collector, "missingProxyProtocol", keySpan, { reason: loaded.reason });
    return undefined;
  }
  const { v1, v2 } = loaded;
  const modules = { any: [v1, v2], v1: [v1], v2: [v2] }[proxyProtocol.version];
  return [{ modules, isRequired: true }];
}

/** A prefix is gone before the frame is held. */
function holdMaxOf({ module, prefixes }: RouterProgram): number {
  const modules = [module, ...prefixes.flatMap((stage) => stage.modules)];
  return Math.max(...modules.map(({ meta }) => meta.holdMax));
}
