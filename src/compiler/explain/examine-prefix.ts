// What stands before the frame and is not forwarded (PROXY protocol), by the reference interpreter: as the runtime reads
// it, which may name another client. Does no I/O.

import { parseIpAddress, unmapIpv4 } from "../../base/ip-address.ts";
import type { CompiledPrefix } from "../compile.ts";
import type { KeyValue } from "../ir/interpret/outcome.ts";
import { interpret } from "../ir/interpret.ts";
import type { Program } from "../ir/ir.ts";

/** The key of a prefix that names the client's address. */
const SOURCE_KEY = "source";

/** An address in network byte order, 4 or 16 bytes. */
export type ClientBytes = Uint8Array;

export type PrefixExamination =
  /** `client`: who the prefix says it is; null where it says nothing, or there is no prefix. */
  | { readonly kind: "consumed"; readonly bytes: number; readonly client: ClientBytes | null }
  | { readonly kind: "need"; readonly missing: number }
  /** No prefix of the protocol: the reason that lies furthest is what its author meant. */
  | {
      readonly kind: "refused";
      readonly reason: number;
      readonly by: Program;
      readonly offset: number;
    }
  /** It names a client that is no address. */
  | { readonly kind: "no-address" };

/** The first of the prefix's protocols that takes the bytes; an optional one that none takes is absent. */
export function examinePrefix(prefix: CompiledPrefix, bytes: Uint8Array): PrefixExamination {
  let furthest: Extract<PrefixExamination, { kind: "refused" }> | undefined;
  for (const program of prefix.programs) {
    const outcome = interpret(program, bytes);
    if (outcome.kind === "need") return { kind: "need", missing: outcome.missing };
    if (outcome.kind === "consume") {
      const client = clientOf(program, outcome.keys);
      if (client === undefined) return { kind: "no-address" };
      return { kind: "consumed", bytes: outcome.length, client };
    }
    if (outcome.kind !== "reject") continue;
    const { reason, offset } = outcome;
    if (furthest === undefined || offset > furthest.offset)
      furthest = { kind: "refused", reason, by: program, offset };
  }
  const absent = { kind: "consumed", bytes: 0, client: null } as const;
  if (furthest === undefined) return absent;
  return mayBeAbsent(prefix, furthest) ? absent : furthest;
}

/** An optional prefix is absent where its first bytes differ; one that began and is malformed is refused. */
function mayBeAbsent(
  prefix: CompiledPrefix,
  {
    reason,
    by,
    offset,
  }: { readonly reason: number; readonly by: Program; readonly offset: number },
): boolean {
  return !prefix.isRequired && (offset === 0 || by.reasons[reason]?.kind === "mark");
}

/** Null: it names nobody. Undefined: it names what is no address. */
function clientOf(program: Program, keys: readonly KeyValue[]): ClientBytes | null | undefined {
  const index = program.keys.findIndex(({ name }) => name === SOURCE_KEY);
  const key = keys[index];
  if (key === undefined || key.kind === "missing") return null;
  if (key.kind === "integer") return undefined;
  const address = new Uint8Array(16);
  if (program.keys[index]?.type === "text") {
    const length = parseIpAddress(Buffer.from(key.bytes).toString("latin1"), address);
    return length === 0 ? undefined : address.slice(0, length);
  }
  const { length } = key.bytes;
  if (length !== 4 && length !== 16) return undefined;
  address.set(key.bytes);
  return address.slice(0, unmapIpv4(address, length));
}
