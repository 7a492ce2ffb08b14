// The listening sockets of a router: which ones a snapshot needs, which ones are there. New ones are bound
// before anything is changed; one whose bind stays configured is never closed.

import type { AddressInfo } from "node:net";
import { type Bind, formatBind } from "./config/endpoint.ts";
import type { BoundListener, Change, Engine, Service } from "./engine/engine.ts";
import { ListenError } from "./engine/listen-error.ts";
import { portHolder } from "./engine/port-holder.ts";
import type { Snapshot } from "./reload/snapshot.ts";

/** A listener that could not be bound. */
export interface BindFailure {
  readonly listener: string;
  readonly bind: string;
  /** An `errno` name. */
  readonly code: string;
  /** One line: `the listener 'devices' cannot take 0.0.0.0:2048: the address is in use (EADDRINUSE)` */
  readonly message: string;
}

export interface ListenerAddress {
  readonly listener: string;
  /** With the port that was taken: `127.0.0.1:40001`, `unix:/run/waybill.sock`. */
  readonly address: string;
}

export class Listeners {
  readonly #engine: Engine;
  readonly #sockets = new Map<string, BoundListener>();
  /** Of those, the ones that no snapshot has been served by yet. */
  readonly #fresh = new Set<string>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Binds what `snapshot` needs and is not there yet. @returns why not, and then nothing has changed */
  async bindNew(snapshot: Snapshot): Promise<readonly BindFailure[]> {
    const failures: BindFailure[] = [];
    for (const { bind, socketKey, plan } of snapshot.listeners) {
      if (this.#sockets.has(socketKey)) continue;
      try {
        this.#sockets.set(socketKey, await this.#engine.bind(bind));
        this.#fresh.add(socketKey);
      } catch (error) {
        if (!(error instanceof ListenError)) throw error;
        const text = formatBind(bind);
        const why = `${error.message}${holderText(bind, error.code)} (${error.code})`;
        const message = `the listener '${plan.name}' cannot take ${text}: ${why}`;
        failures.push({ listener: plan.name, bind: text, code: error.code, message });
      }
    }
    if (failures.length > 0) this.withdraw();
    return failures;
  }

  /** Nobody will serve what was bound last: clients must not wait there. */
  withdraw(): void {
    for (const key of this.#fresh) {
      const socket = this.#sockets.get(key);
      this.#sockets.delete(key);
      if (socket !== undefined) this.#engine.stop(socket);
    }
    this.#fresh.clear();
  }

  /** What makes every socket serve its part of `snapshot`, and those it has no part for accept no more. */
  changeTo(snapshot: Snapshot): Change {
    this.#fresh.clear();
    const serve: Service[] = [];
    const wanted = new Set<string>();
    for (const { socketKey, plan } of snapshot.listeners) {
      wanted.add(socketKey);
      const listener = this.#sockets.get(socketKey);
      if (listener !== undefined) serve.push({ listener, plan });
    }
    const stop: BoundListener[] = [];
    for (const [key, socket] of this.#sockets) {
      if (wanted.has(key)) continue;
      stop.push(socket);
      this.#sockets.delete(key);
    }
    return { serve, stop };
  }

  /** Where the listeners of `snapshot` accept, in its order. */
  addresses(snapshot: Snapshot): readonly ListenerAddress[] {
    return snapshot.listeners.map(({ socketKey, plan, bind }) => {
      const address = this.#sockets.get(socketKey)?.address;
      return { listener: plan.name, address: addressText(address) ?? formatBind(bind) };
    });
  }
}

/** `, held by process 4711 (nginx)` */
function holderText(bind: Bind, code: string): string {
  const holder = bind.kind === "tcp" && code === "EADDRINUSE" ? portHolder(bind.port) : undefined;
  return holder === undefined ? "" : `, held by ${holder}`;
}

function addressText(address: AddressInfo | string | null | undefined): string | undefined {
  if (address === null || address === undefined) return undefined;
  if (typeof address === "string") return `unix:${address}`;
  return formatBind({ kind: "tcp", host: address.address, port: address.port });
}
