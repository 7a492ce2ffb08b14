// What the routing core runs: a compiled router as plain data and functions. Knows no engine, no
// pool and no file; the compiler's side and the hand-written unpack both end in this shape.

import type { UnpackModule } from "../../compiler/abi.ts";
import type { RoutePlan } from "../../compiler/execute.ts";

/** How another thread gets a module: as text of the generator, or from the file of a user's. */
export type ModuleOrigin =
  | { readonly kind: "generated"; readonly text: string; readonly name: string }
  | { readonly kind: "file"; readonly url: string; readonly source: string };

/** A module that can be had in another thread as well. */
export interface RunnableModule extends UnpackModule {
  readonly origin?: ModuleOrigin;
}

/** What `decide` goes by, where it is data: a plan, or always the first outcome. */
export type RouteData =
  | { readonly kind: "plan"; readonly plan: RoutePlan }
  | { readonly kind: "first" };

/** What a rule may look at. One object is reused for every decision; the table must not keep it. */
export interface RouteInput {
  buf: Buffer;
  /** Where the frame starts in `buf`: keys of source `wire` are relative to it. */
  start: number;
  /** The words `unpack` left: keys from `KEYS_AT`. */
  s: Int32Array;
  scratch: Uint8Array;
  /** The client's address, network byte order; 4 or 16 of its bytes count. */
  client: Uint8Array;
  /** 4 for IPv4, 16 for IPv6, 0 where it has none (a unix socket). */
  clientLength: number;
}

/** The rule that decided, as written. `line` counts from 1; 0 where no rule was written. */
export interface DecidingRule {
  readonly rank: number;
  readonly line: number;
  readonly text: string;
}

/** What becomes of a connection once its rule is known. `by`: index of the key the pool hashes, or -1. */
export type RouteOutcome =
  | {
      readonly kind: "pool";
      readonly rule: DecidingRule;
      readonly pool: string;
      readonly by: number;
    }
  | { readonly kind: "reject"; readonly rule: DecidingRule; readonly message: string };

/** Compiled rules: immutable, shared by every connection of a snapshot. */
export interface RouteTable {
  readonly outcomes: readonly RouteOutcome[];
  /** @returns the index into `outcomes` of the first rule that holds, or -1 where none does. */
  decide(input: RouteInput): number;
  /** Absent where it cannot be had in another thread. */
  readonly data?: RouteData;
}

/**
 * Protocols of which one may (or must) precede the frame, tried in order. A module's verdict is CONSUME;
 * its key `source` is the client's address as text or as 4 or 16 bytes, missing where it keeps the socket's.
 */
export interface PrefixStage {
  readonly modules: readonly RunnableModule[];
  readonly isRequired: boolean;
}

/** One router, ready to run. */
export interface RouterProgram {
  readonly router: string;
  readonly module: RunnableModule;
  /** In wire order: the listener's PROXY protocol first, then the protocol's own `prefix`. */
  readonly prefixes: readonly PrefixStage[];
  readonly routes: RouteTable;
}
