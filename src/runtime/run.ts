// The runtime's second door, for a process that runs a router: it leads to no compiler, no schema and no YAML, which are needed
// at a reload only and would stay in memory for ever.
// biome-ignore-all lint/performance/noBarrelFile: a door is made of re-exports, each of them named

export { thisMachine } from "./config/machine.ts";
export { type RunningRouter, startRouter } from "./router.ts";
export { handleSignals, ignoreInspectorSignal } from "./signals.ts";
