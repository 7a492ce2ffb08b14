// What an engine tells of its connections, and whom it tells. The engine makes no log lines and no counters:
// it hands over records.

import type { DecidingRule, RouteInput, RouteOutcome, RouterProgram } from "./program.ts";
import type { Ending, Refusal } from "./refusals.ts";

/** How far a connection got. */
export type ConnectionState = "inspecting" | "connecting" | "forwarding" | "half-closed";

/** One connection as it stands; durations in milliseconds. */
export interface ConnectionRecord {
  readonly id: number;
  readonly listener: string;
  readonly router: string;
  readonly protocol: string;
  /** Canonical text of the client's address; `unix` where it has none. */
  readonly client: string;
  /** As `Journal.routed` answered. */
  readonly key: string | undefined;
  readonly rule: DecidingRule | undefined;
  readonly pool: string | undefined;
  /** Identity of the backend. */
  readonly backend: string | undefined;
  readonly bytesToBackend: number;
  readonly bytesToClient: number;
  readonly dropped: number;
  readonly consumed: number;
  /** From accept to the verdict, from the verdict to the connected backend, from accept to the end. */
  readonly verdictMs: number | undefined;
  readonly connectMs: number | undefined;
  readonly lifeMs: number;
  /** Backends tried. */
  readonly tries: number;
  readonly state: ConnectionState;
}

/** Why a connection ended. `detail` is the part after the colon: `reject:guard:version`, `local:EMFILE`. */
export interface ConnectionEnd {
  readonly reason: Refusal | Ending;
  readonly detail: string | undefined;
  /** In the reader's words: the protocol's rule that was broken, the message of a rule, what was thrown. */
  readonly explanation: string | undefined;
  /** Offset of the fault from the frame's start. */
  readonly offset: number | undefined;
}

/** A connect that failed; `code` is an `errno` name or `timeout`. */
export interface FailedConnect {
  readonly pool: string;
  readonly backend: string;
  readonly address: string;
  readonly code: string;
}

/** What connections that have no record of their own have moved, in bytes. */
export interface UntoldBytes {
  readonly bytesToBackend: number;
  readonly bytesToClient: number;
  readonly dropped: number;
  readonly consumed: number;
}

export interface Journal {
  accepted(listener: string, count: number): void;
  /** Called at the verdict, while the key words are valid. @returns the key as logs show it, where they do */
  routed(input: RouteInput, program: RouterProgram, outcome: RouteOutcome): string | undefined;
  /** Whether `connected` is to be called; otherwise such connections may be told by `connectedUntold`. */
  readonly wantsConnected: boolean;
  connected(record: ConnectionRecord): void;
  /** So many connections have got a backend and are told of in no other way. */
  connectedUntold(pool: string, backend: string, count: number): void;
  connectFailed(connect: FailedConnect): void;
  /** Whether `ended` is to be called for every connection; otherwise for refused ones, and the others by `endedUntold`. */
  readonly wantsEnded: boolean;
  ended(record: ConnectionRecord, end: ConnectionEnd): void;
  /** So many connections have ended for one reason and are told of in no other way; `untoldBytes` says what they moved. */
  endedUntold(reason: Refusal | Ending, count: number): void;
  untoldBytes(bytes: UntoldBytes): void;
  /** The listener could not accept; `code` is an `errno` name. */
  acceptFailed(listener: string, code: string): void;
}

/** `reject:guard:version`, `idle` */
export function reasonText({ reason, detail }: ConnectionEnd): string {
  return detail === undefined ? reason : `${reason}:${detail}`;
}

/** A journal that tells both; the first one's text of the key counts. */
export function joinJournals(first: Journal, second: Journal): Journal {
  return {
    accepted(listener, count) {
      first.accepted(listener, count);
      second.accepted(listener, count);
    },
    routed: (input, program, outcome) =>
      first.routed(input, program, outcome) ?? second.routed(input, program, outcome),
    get wantsConnected() {
      return first.wantsConnected || second.wantsConnected;
    },
    connected(record) {
      first.connected(record);
      second.connected(record);
    },
    connectedUntold(pool, backend, count) {
      first.connectedUntold(pool, backend, count);
      second.connectedUntold(pool, backend, count);
    },
    connectFailed(connect) {
      first.connectFailed(connect);
      second.connectFailed(connect);
    },
    get wantsEnded() {
      return first.wantsEnded || second.wantsEnded;
    },
    ended(record, end) {
      first.ended(record, end);
      second.ended(record, end);
    },
    endedUntold(reason, count) {
      first.endedUntold(reason, count);
      second.endedUntold(reason, count);
    },
    untoldBytes(bytes) {
      first.untoldBytes(bytes);
      second.untoldBytes(bytes);
    },
    acceptFailed(listener, code) {
      first.acceptFailed(listener, code);
      second.acceptFailed(listener, code);
    },
  };
}
