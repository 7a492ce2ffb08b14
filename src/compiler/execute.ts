// The compiler's second door, for threads that only run what was compiled: it leads to no parser, so that a worker starts in
// milliseconds and carries no grammar in its memory.
// biome-ignore-all lint/performance/noBarrelFile: a door is made of re-exports, each of them named

export { loadUnpackModule } from "./codegen/javascript/load.ts";
export { type AddressBlock, holdsAddress } from "./route/address-block.ts";
export { decideRoute } from "./route/match.ts";
export type { RoutePlan } from "./route/plan.ts";
