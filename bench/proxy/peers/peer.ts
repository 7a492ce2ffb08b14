// What can be measured: something that relays by the key of the first frame. Knows nothing of loads and results.
import type { Launch, RunningProcess } from "../process.ts";

/** Where a peer is to listen and whom it relays to. */
export interface Place {
  /** For its files; temporary, of its own. */
  readonly folder: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** The first of four ports in a row: the backend of key number n is at `backendPort + n % 4`. */
  readonly backendPort: number;
  /** Connections it must be able to hold at a time. */
  readonly connections: number;
}

export interface Peer {
  readonly name: string;
  readonly title: string;
  /** Whether it is ours; the chart shows it in another colour. */
  readonly isOurs: boolean;
  /** Writes its files. @returns how to start it, or why it cannot be */
  prepare(place: Place): Promise<Launch | Missing>;
  /** Once it listens: why it is not what was asked for, or undefined. */
  disowns?(program: RunningProcess): Promise<string | undefined>;
}

/** The peer cannot run here. */
export interface Missing {
  readonly missing: string;
}

/** Backends, and keys, that the generator uses; as in `native/wire.h`. */
export const BACKENDS = 4;
const KEYS = 1000;

/** Every key that is sent, with the number of its backend. */
export function keysWithBackends(): readonly (readonly [key: string, backend: number])[] {
  return Array.from({ length: KEYS }, (_, n) => [
    `key${String(n).padStart(13, "0")}`,
    n % BACKENDS,
  ]);
}

/** The numbers of the backends. */
export const backendNumbers: readonly number[] = Array.from({ length: BACKENDS }, (_, n) => n);
