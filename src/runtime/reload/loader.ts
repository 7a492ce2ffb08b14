// How routers come into a snapshot: injected, so that the runtime knows neither the compiler's passes nor
// the disk.

import type { ReadSource, UnpackModule } from "../../compiler/index.ts";
import type { HandWrittenUnpack } from "../routing/hand-written.ts";
import type { RouterProgram } from "../routing/program.ts";
import type { Report } from "./report.ts";

/** A router that compiled. */
export interface LoadedRouter {
  readonly program: RouterProgram;
  /** Number of the file that declares it, in the sources of the load's report. */
  readonly source: number;
}

/** A `.frame` file with all it imports. */
export interface FrameLoad {
  /** Errors mean that some routers are missing. */
  readonly report: Report;
  readonly routers: ReadonlyMap<string, LoadedRouter>;
  /** Files it was read from, lists included: a change of one asks for a reload. */
  readonly files: readonly string[];
}

export type ModuleLoad =
  /** `url`: where another thread can import it from. */
  | { readonly kind: "ok"; readonly unpack: HandWrittenUnpack; readonly url?: string }
  | { readonly kind: "failed"; readonly reason: string };

/** The two versions of the PROXY header, each with the verdict CONSUME. */
export type ProxyProtocolLoad =
  | { readonly kind: "ok"; readonly v1: UnpackModule; readonly v2: UnpackModule }
  | { readonly kind: "failed"; readonly reason: string };

export interface Loader {
  readonly read: ReadSource;
  loadFrame(path: string): Promise<FrameLoad>;
  loadModule(path: string): Promise<ModuleLoad>;
  loadProxyProtocol(): Promise<ProxyProtocolLoad>;
}
