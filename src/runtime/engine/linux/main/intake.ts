// Turns workers' records into what the journal is told. Rows carry numbers; the plans main keeps give them their names.

import { formatIpAddress } from "../../../../base/ip-address.ts";
import { KEYS_AT, MISSING, WORDS_PER_KEY } from "../../../../compiler/abi.ts";
import type { Pool } from "../../../pool/pool.ts";
import type { ConnectionEnd, ConnectionRecord, Journal } from "../../../routing/journal.ts";
import type { ListenerPlan } from "../../../routing/listener-plan.ts";
import type { RouteInput, RouteOutcome, RunnableModule } from "../../../routing/program.ts";
import { errnoName } from "../kernel/errno.ts";
import { HALF_CLOSED, reasonOf, STATES } from "../relay/reasons.ts";
import { RECORD } from "../relay/records.ts";
import { KEY_BYTES, SESSION, STAGE, TIME, timesOf } from "../relay/table.ts";

/** A plan as main keeps it for as long as rows name it. */
export interface KeptPlan {
  readonly plan: ListenerPlan;
  readonly pools: readonly Pool[];
  readonly epoch: number;
}

const UNIX_CLIENT = "unix";
const UNKNOWN_CLIENT = "unknown";
const INTEGER = 3;

const address = new Uint8Array(16);
const keyBytes = new Uint8Array(KEY_BYTES);

/** Tells `journal` what one record says. */
export function takeRecord(words: Int32Array, kept: KeptPlan | undefined, journal: Journal): void {
  const { plan } = kept ?? {};
  const errno = words[SESSION.errno] ?? 0;
  switch (words[SESSION.kind]) {
    case RECORD.acceptFailed:
      journal.acceptFailed(plan?.name ?? "", errnoName(errno));
      return;
    case RECORD.connectFailed: {
      const { pool, backend } = placesOf(words, kept);
      if (pool === undefined || backend === undefined) return;
      const code = errno === 0 ? "timeout" : errnoName(errno);
      const { identity, address } = backend;
      journal.connectFailed({ pool: pool.name, backend: identity, address, code });
      return;
    }
    case RECORD.connected:
      if (kept !== undefined) journal.connected(toRecord(words, kept, journal, false));
      return;
    default:
      if (kept === undefined) return;
      journal.ended(toRecord(words, kept, journal, true), toEnd(words, kept));
  }
}

function toRecord(
  words: Int32Array,
  kept: KeptPlan,
  journal: Journal,
  isEnd: boolean,
): ConnectionRecord {
  const { plan } = kept;
  const times = timesOf(words);
  const accepted = times[TIME.acceptedMs] ?? 0;
  const verdict = times[TIME.verdictMs] ?? 0;
  const connected = times[TIME.connectedMs] ?? 0;
  const end = isEnd ? (times[TIME.endedMs] ?? 0) : connected;
  const { pool, backend } = placesOf(words, kept);
  const outcome = plan.program.routes.outcomes[words[SESSION.outcome] ?? -1];
  return {
    id: times[TIME.id] ?? 0,
    listener: plan.name,
    router: plan.program.router,
    protocol: plan.program.module.meta.protocol,
    client: clientText(words),
    key: outcome === undefined ? undefined : keyText(words, plan, outcome, journal),
    rule: outcome?.rule,
    pool: pool?.name,
    backend: connected === 0 ? undefined : backend?.identity,
    bytesToBackend: times[TIME.toBackend] ?? 0,
    bytesToClient: times[TIME.toClient] ?? 0,
    dropped: words[SESSION.dropped] ?? 0,
    consumed: words[SESSION.consumed] ?? 0,
    verdictMs: verdict === 0 ? undefined : verdict - accepted,
    connectMs: connected === 0 ? undefined : connected - verdict,
    lifeMs: end - accepted,
    tries: words[SESSION.tries] ?? 0,
    state: STATES[stateOf(words, isEnd)] ?? "inspecting",
  };
}

function stateOf(words: Int32Array, isEnd: boolean): number {
  if (!isEnd) return STAGE.forwarding;
  const state = words[SESSION.stateAtEnd] ?? 0;
  return state === HALF_CLOSED ? HALF_CLOSED : state;
}

function placesOf(words: Int32Array, kept: KeptPlan | undefined) {
  const pool = kept?.pools[words[SESSION.pool] ?? -1];
  return { pool, backend: pool?.backends[words[SESSION.backend] ?? -1] };
}

function clientText(words: Int32Array): string {
  const length = words[SESSION.clientLength] ?? 0;
  if (length < 0) return UNIX_CLIENT;
  if (length === 0) return UNKNOWN_CLIENT;
  for (let at = 0; at < length; at++) {
    address[at] = (words[SESSION.client + (at >> 2)] ?? 0) >>> (24 - 8 * (at & 3));
  }
  return formatIpAddress(address, length);
}

/** As the journal shows it: the record's one key is put where the core would have left it. */
function keyText(
  words: Int32Array,
  plan: ListenerPlan,
  outcome: RouteOutcome,
  journal: Journal,
): string | undefined {
  const source = words[SESSION.keySource] ?? 0;
  const { keys } = plan.program.module.meta;
  const s = new Int32Array(KEYS_AT + WORDS_PER_KEY * keys.length);
  for (let key = 0; key < keys.length; key++) s[KEYS_AT + WORDS_PER_KEY * key + 2] = MISSING;
  const at = KEYS_AT + WORDS_PER_KEY * (words[SESSION.keyIndex] ?? 0);
  if (source === INTEGER) {
    s[at] = words[SESSION.key] ?? 0;
    s[at + 1] = words[SESSION.key + 1] ?? 0;
    s[at + 2] = INTEGER;
  } else if (source !== 0) {
    keyBytes.set(new Uint8Array(words.buffer, words.byteOffset + 4 * SESSION.key, KEY_BYTES));
    s[at] = 0;
    s[at + 1] = Math.min(KEY_BYTES, words[SESSION.keyLength] ?? 0);
    s[at + 2] = source;
  }
  const input: RouteInput = {
    buf: Buffer.from(keyBytes.buffer),
    start: 0,
    s,
    scratch: keyBytes,
    client: address,
    clientLength: 0,
  };
  const text = journal.routed(input, plan.program, outcome);
  const isCut = source !== INTEGER && (words[SESSION.keyLength] ?? 0) > KEY_BYTES;
  return isCut && text !== undefined ? `${text}…` : text;
}

/** The text that stands where a key otherwise does. */
function textOf(words: Int32Array): string {
  const from = words.byteOffset + 4 * SESSION.key;
  const length = words[SESSION.keyLength] ?? 0;
  return Buffer.from(words.buffer as ArrayBuffer, from, length).toString("utf8");
}

function toEnd(words: Int32Array, { plan }: KeptPlan): ConnectionEnd {
  const reason = reasonOf(words[SESSION.reason] ?? 0);
  const offset = words[SESSION.offset] ?? -1;
  const base = { reason, detail: undefined, explanation: undefined };
  const at = offset < 0 ? undefined : offset;
  switch (reason) {
    case "reject": {
      const modules: readonly RunnableModule[] = [
        plan.program.module,
        ...plan.program.prefixes.flatMap(({ modules }) => modules),
      ];
      const module = modules[words[SESSION.refusedBy] ?? 0];
      const why = module?.meta.reasons[words[SESSION.reasonIndex] ?? -1];
      if (why === undefined) {
        // A refusal of a module written by hand, which only the worker that called it knows.
        const rule = "a refusal of the module";
        return { reason, detail: `guard:${textOf(words)}`, explanation: rule, offset: at };
      }
      return { reason, detail: `${why.kind}:${why.field}`, explanation: why.rule, offset: at };
    }
    case "rule-reject": {
      const outcome = plan.program.routes.outcomes[words[SESSION.outcome] ?? -1];
      const explanation = outcome?.kind === "reject" ? outcome.message : undefined;
      return { ...base, explanation, offset: undefined };
    }
    case "unpack-threw":
      return { ...base, explanation: textOf(words), offset: undefined };
    case "local":
      return { ...base, detail: errnoName(words[SESSION.errno] ?? 0), offset: undefined };
    default:
      return { ...base, offset: at };
  }
}
