// Programs for tests: rules as plain functions over the first key.
import type { UnpackModule } from "../../../src/compiler/abi.ts";
import type {
  PrefixStage,
  RouteInput,
  RouteOutcome,
  RouterProgram,
} from "../../../src/runtime/routing/program.ts";

/** The first key as text, `undefined` where missing. */
function firstKey(input: RouteInput): string | undefined {
  if (input.s[6] === -1) return undefined;
  const at = input.start + (input.s[4] ?? 0);
  return input.buf.toString("latin1", at, at + (input.s[5] ?? 0)).trim();
}

/** Without `by` the pool hashes nothing. */
export function toPool(pool: string, by = -1): RouteOutcome {
  return { kind: "pool", rule: { rank: 0, line: 1, text: `otherwise -> ${pool}` }, pool, by };
}

export function toReject(message: string): RouteOutcome {
  return { kind: "reject", rule: { rank: 0, line: 2, text: `-> reject "${message}"` }, message };
}

export function makeProgram(
  module: UnpackModule,
  outcomes: readonly RouteOutcome[],
  decide: (key: string | undefined, input: RouteInput) => number = () => 0,
  prefixes: readonly PrefixStage[] = [],
): RouterProgram {
  return {
    router: "test",
    module,
    prefixes,
    routes: { outcomes, decide: (input) => decide(firstKey(input), input) },
  };
}
