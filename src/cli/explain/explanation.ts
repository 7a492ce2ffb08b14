// What `explain` has to say, as data: the verdict after each chunk, the route and its backend. Formats nothing.

import {
  type CompiledProtocol,
  type CompiledRouter,
  type Examination,
  examine,
  type KeyValue,
  type RouteOutcome,
  routeExamined,
} from "../../compiler/index.ts";
import type { BackendChoice } from "../../runtime/index.ts";

/** A client's address in network byte order; `length` 4 or 16 of its bytes count. */
export interface ClientAddress {
  readonly text: string;
  readonly address: Uint8Array;
  readonly length: number;
}

/** Asks a configuration which backend a pool gives; `key` is `undefined` where the rule gives none or it is missing. */
export type ChooseBackend = (pool: string, key: KeyValue | undefined) => BackendChoice;

/** What was found after so many bytes. */
export interface Step {
  /** Bytes that have come, this chunk included. */
  readonly bytes: number;
  readonly examination: Examination;
}

export interface Route {
  readonly router: string;
  /** Null: no rule matches. */
  readonly outcome: RouteOutcome | null;
  /** Null: the connection is refused, or there is no configuration to ask. */
  readonly backend: BackendChoice | null;
}

export interface Explanation {
  readonly protocol: CompiledProtocol;
  /** All bytes that have come by the last step. */
  readonly bytes: Uint8Array;
  /** One for each chunk up to the verdict; at least one. */
  readonly steps: readonly [Step, ...Step[]];
  /** The last step's. */
  readonly examination: Examination;
  /** Chunks behind the verdict, which nobody looks at. */
  readonly unseenChunks: number;
  /** Null without a verdict or without a router. */
  readonly route: Route | null;
}

export interface Question {
  readonly protocol: CompiledProtocol;
  readonly router: CompiledRouter | undefined;
  readonly chunks: readonly Uint8Array[];
  readonly client: ClientAddress;
  readonly chooseBackend: ChooseBackend | undefined;
}

/** Answers what becomes of a connection that sends these chunks. */
export function explain(question: Question): Explanation {
  const { protocol, router, chunks } = question;
  let step = stepAt(protocol, chunks, Math.min(1, chunks.length));
  const steps: [Step, ...Step[]] = [step];
  let seen = Math.min(1, chunks.length);
  while (step.examination.verdict === "need" && seen < chunks.length) {
    seen += 1;
    step = stepAt(protocol, chunks, seen);
    steps.push(step);
  }
  const bytes = Buffer.concat(chunks.slice(0, seen));
  const { examination } = step;
  const isDecided = examination.verdict === "frame" || examination.verdict === "key";
  const route =
    isDecided && router !== undefined ? routeOf(question, router, examination, bytes) : null;
  return { protocol, bytes, steps, examination, unseenChunks: chunks.length - seen, route };
}

function stepAt(protocol: CompiledProtocol, chunks: readonly Uint8Array[], seen: number): Step {
  const bytes = Buffer.concat(chunks.slice(0, seen));
  return { bytes: bytes.length, examination: examine(protocol, bytes) };
}

function routeOf(
  question: Question,
  router: CompiledRouter,
  examination: Examination,
  bytes: Uint8Array,
): Route {
  const outcome = routeExamined(router, examination, bytes, question.client);
  if (outcome?.kind !== "pool" || question.chooseBackend === undefined)
    return { router: router.name, outcome, backend: null };
  const key = outcome.by < 0 ? undefined : examination.keys[outcome.by]?.value;
  const present = key?.kind === "missing" ? undefined : key;
  return { router: router.name, outcome, backend: question.chooseBackend(outcome.pool, present) };
}
