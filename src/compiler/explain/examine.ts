// What a protocol makes of some bytes, by the reference interpreter: for `explain`, test vectors and people. Within the
// limits that an engine keeps too. Does no I/O and formats nothing.

import { KEYS_AT, type RejectReason, WORDS_PER_KEY } from "../abi.ts";
import type { CompiledProtocol, CompiledRouter } from "../compile.ts";
import { asModule } from "../ir/interpret/module.ts";
import type { FieldTrace, KeyValue } from "../ir/interpret/outcome.ts";
import { trace } from "../ir/interpret.ts";
import type { Program } from "../ir/ir.ts";
import { evaluateNaively } from "../route/evaluate-naive.ts";
import type { RouteOutcome } from "../route/outcome.ts";
import { examinePrefix, type PrefixExamination } from "./examine-prefix.ts";

/**
 * Refusals that the caller of `unpack` decides, not the protocol: more bytes dropped or false starts than it allows, a
 * prefix whose client is no address.
 */
export type LimitReason = "junk" | "resync" | "proxy-protocol";

/** Why bytes are not a frame, and where it was seen, from the beginning of the bytes given. */
export interface Refusal {
  readonly reason: RejectReason | LimitReason;
  readonly offset: number;
  /** The checksum of the bytes that came, where it differs from the one that was sent. */
  readonly computed?: number;
}

/** False starts that are told of; of further ones, nothing. */
const FALSE_STARTS_TOLD = 8;

export interface Examination {
  readonly verdict: "frame" | "need" | "reject" | "key";
  /** Where the frame begins in the bytes given: behind what was dropped and consumed. */
  readonly offset: number;
  /** The frame's length where it is known. */
  readonly length: number | null;
  /** Bytes dropped before the frame, and bytes of a prefix that is not forwarded. */
  readonly dropped: number;
  readonly consumed: number;
  /** Who the prefix says the client is, 4 or 16 bytes; null: the socket's own address counts. */
  readonly client: Uint8Array | null;
  /** Why marks among the dropped bytes began no frame, the first ones; `offset` is that of the mark. */
  readonly falseStarts: readonly Refusal[];
  /** NEED: bytes still missing, at least. */
  readonly missing: number | null;
  /** Fields decoded, in order; offsets count from the beginning of the bytes given. */
  readonly fields: readonly FieldTrace[];
  /** In order of the protocol's keys; empty without a verdict. */
  readonly keys: readonly { readonly name: string; readonly value: KeyValue }[];
  /** REJECT: why and where, from the beginning of the bytes given. */
  readonly reject: Refusal | null;
}

/** What becomes of a connection that sends exactly `bytes` first. */
export function examine(protocol: CompiledProtocol, bytes: Uint8Array): Examination {
  const prefix = protocol.prefix === null ? null : examinePrefix(protocol.prefix, bytes);
  if (prefix !== null && prefix.kind !== "consumed") return endedByPrefix(prefix);
  const consumed = prefix?.bytes ?? 0;
  const client = prefix?.client ?? null;
  const { program } = protocol;
  let at = consumed;
  let dropped = 0;
  let count = 0;
  const falseStarts: Refusal[] = [];
  for (;;) {
    const { outcome, fields, checksum } = trace(program, bytes.subarray(at));
    const found = {
      offset: at,
      dropped,
      consumed,
      client,
      falseStarts,
      fields: moveFields(fields, at),
    };
    switch (outcome.kind) {
      case "need":
        return { ...EMPTY, ...found, verdict: "need", missing: outcome.missing };
      case "reject":
        return {
          ...EMPTY,
          ...found,
          verdict: "reject",
          reject: refusalOf(program, outcome.reason, at + outcome.offset, checksum),
        };
      case "frame":
      case "consume":
        return {
          ...EMPTY,
          ...found,
          verdict: "frame",
          length: outcome.length,
          keys: named(program, outcome.keys),
        };
      case "key":
        return {
          ...EMPTY,
          ...found,
          verdict: "key",
          length: outcome.length,
          keys: named(program, outcome.keys),
        };
      case "drop": {
        if (outcome.cause === "falseStart") {
          count += 1;
          if (outcome.reason !== null && count <= FALSE_STARTS_TOLD)
            falseStarts.push(refusalOf(program, outcome.reason, at, checksum));
        }
        at += outcome.bytes;
        dropped += outcome.bytes;
        const limit = exceeded(program, dropped, count);
        if (limit !== null)
          return {
            ...EMPTY,
            offset: at,
            dropped,
            consumed,
            client,
            falseStarts,
            verdict: "reject",
            reject: { reason: limit, offset: at },
          };
      }
    }
  }
}

const EMPTY: Examination = {
  verdict: "need",
  offset: 0,
  length: null,
  dropped: 0,
  consumed: 0,
  client: null,
  falseStarts: [],
  missing: null,
  fields: [],
  keys: [],
  reject: null,
};

function exceeded(program: Program, dropped: number, falseStarts: number): LimitReason | null {
  if (dropped > program.dropMax) return "junk";
  const most = program.falseStartsMax;
  return most > 0 && falseStarts > most ? "resync" : null;
}

/** What a prefix that does not let the frame be read makes of the connection. */
function endedByPrefix(found: Exclude<PrefixExamination, { kind: "consumed" }>): Examination {
  switch (found.kind) {
    case "need":
      return { ...EMPTY, missing: found.missing };
    case "no-address":
      return { ...EMPTY, verdict: "reject", reject: { reason: "proxy-protocol", offset: 0 } };
    case "refused": {
      const reason = reasonOf(found.by, found.reason);
      return { ...EMPTY, verdict: "reject", reject: { reason, offset: found.offset } };
    }
  }
}

function refusalOf(
  program: Program,
  reasonNumber: number,
  offset: number,
  checksum: number | null,
): Refusal {
  const reason = reasonOf(program, reasonNumber);
  return reason.kind === "check" && checksum !== null
    ? { reason, offset, computed: checksum }
    : { reason, offset };
}

function reasonOf(program: Program, reason: number): RejectReason {
  return program.reasons[reason] ?? { kind: "guard", field: "", rule: "" };
}

function moveFields(fields: readonly FieldTrace[], by: number): readonly FieldTrace[] {
  return by === 0 ? fields : fields.map((field) => ({ ...field, offset: field.offset + by }));
}

function named(program: Program, keys: readonly KeyValue[]) {
  return keys.map((value, index) => ({ name: program.keys[index]?.name ?? "", value }));
}

/**
 * Where an examined frame goes by a router's rules; null: no rule matches.
 * @param client the socket's; one that the prefix names counts instead
 */
export function routeExamined(
  router: CompiledRouter,
  examination: Examination,
  bytes: Uint8Array,
  client: { readonly address: Uint8Array; readonly length: number },
): RouteOutcome | null {
  const module = asModule(router.protocol.program);
  const s = new Int32Array(Math.max(module.meta.words, KEYS_AT + WORDS_PER_KEY));
  const frame = Buffer.from(bytes.subarray(examination.offset));
  module.unpack(frame, 0, frame.length, s);
  const outcome = evaluateNaively(router.checked, {
    buf: frame,
    start: 0,
    s,
    scratch: module.scratch,
    client: examination.client ?? client.address,
    clientLength: examination.client?.length ?? client.length,
  });
  return router.checked.outcomes[outcome] ?? null;
}
