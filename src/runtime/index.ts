// The runtime's one public door: what the command line may use of it, by name.
// biome-ignore-all lint/performance/noBarrelFile: a door is made of re-exports, each of them named

export type { Configuration } from "./config/configuration.ts";
export { type Machine, thisMachine } from "./config/machine.ts";
export { configurationJsonSchema } from "./config/schema.ts";
export { formatSize } from "./config/units.ts";
export type { BindFailure, ListenerAddress } from "./listeners.ts";
export type { LogDestination } from "./log/logger.ts";
export { createLoader } from "./reload/compiling-loader.ts";
export type { Estimate } from "./reload/estimate.ts";
export type { FrameLoad, LoadedRouter, Loader } from "./reload/loader.ts";
export { type Preparation, type Prepared, prepare } from "./reload/prepare.ts";
export type { Report } from "./reload/report.ts";
export {
  DRAIN_GRACE_MS,
  type DrainOptions,
  type ReloadResult,
  type RouterOptions,
  type RunningRouter,
  type StartResult,
  startRouter,
} from "./router.ts";
export { type BackendChoice, chooseBackend } from "./routing/choose-backend.ts";
export { ENDINGS, REFUSALS } from "./routing/refusals.ts";
export { handleSignals, ignoreInspectorSignal } from "./signals.ts";
