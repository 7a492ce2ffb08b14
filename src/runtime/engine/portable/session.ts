// One connection through the portable engine: its sockets, its stage, its counts, and how it ends. What is
// done with its bytes stands in first-bytes.ts, connect.ts and relay.ts.

import type { Socket } from "node:net";
import { type Attempts, releaseBackend, settleAttempt } from "../../pool/attempts.ts";
import type { ConnectionEnd, ConnectionRecord, ConnectionState } from "../../routing/journal.ts";
import type { ListenerPlan } from "../../routing/listener-plan.ts";
import type { RouteOutcome } from "../../routing/program.ts";
import type { Ending, Refusal } from "../../routing/refusals.ts";
import type { EngineContext } from "./context.ts";
import type { HeldBytes } from "./held-bytes.ts";
import type { ListenerSocket } from "./listener-socket.ts";

/** Where a socket's session hangs: handlers are shared functions, none is made for a connection. */
const SESSION = Symbol("session");
type SessionSocket = Socket & { [SESSION]?: Session | undefined };

export type Stage = "inspecting" | "connecting" | "forwarding" | "closing" | "closed";

/** What a client is called that has no address: one of a unix socket, and one that was gone before it was asked. */
export const UNIX_CLIENT = "unix";
const UNKNOWN_CLIENT = "unknown";

export class Session {
  readonly id: number;
  readonly context: EngineContext;
  readonly listener: ListenerSocket;
  /** Kept from accept on: a reload does not change how a connection is read. */
  readonly plan: ListenerPlan;
  readonly client: Socket;
  stage: Stage = "inspecting";

  /** What the core remembers, and the bytes it has not decided about; absent until some are incomplete. */
  row: Int32Array | undefined;
  held: HeldBytes | undefined;
  hasBytes = false;
  clientText = UNKNOWN_CLIENT;
  /** Under which it counts for limits.per-client; undefined while it does not. */
  clientKey: string | undefined;
  /** What the backend gets first: everything read up to the verdict, less what was dropped or consumed. */
  replay: Buffer | undefined;
  outcome: RouteOutcome | undefined;
  key: string | undefined;

  /** The backend's socket: connecting or connected. */
  backend: Socket | undefined;
  backendIdentity: string | undefined;
  attempts: Attempts | undefined;
  lastFailure: "connect-failed" | "connect-timeout" = "connect-failed";
  connectDeadlineMs = 0;
  cancelRetry: (() => void) | undefined;

  readonly acceptedMs: number;
  verdictMs: number | undefined;
  connectedMs: number | undefined;
  /** Last byte in either direction. */
  touchedMs: number;

  dropped = 0;
  consumed = 0;
  bytesToBackend = 0;
  bytesToClient = 0;
  hasClientEnded = false;
  hasBackendEnded = false;
  firstToEnd: "client" | "backend" | undefined;
  end: ConnectionEnd | undefined;
  #stateAtEnd: ConnectionState | undefined;

  constructor(
    context: EngineContext,
    listener: ListenerSocket,
    plan: ListenerPlan,
    client: Socket,
  ) {
    this.context = context;
    this.id = context.nextId();
    this.listener = listener;
    this.plan = plan;
    this.client = client;
    this.acceptedMs = context.clock.nowMs();
    this.touchedMs = this.acceptedMs;
  }

  get state(): ConnectionState {
    if (this.stage === "inspecting" || this.stage === "connecting") return this.stage;
    return this.hasClientEnded === this.hasBackendEnded ? "forwarding" : "half-closed";
  }

  /** The verdict is there: it no longer counts as undecided. */
  decided(): void {
    this.verdictMs = this.context.clock.nowMs();
    this.listener.undecided.delete(this);
    this.held = undefined;
    this.row = undefined;
  }

  /** Says why it ends; the first reason stays. */
  noteEnd(reason: Refusal | Ending, more: Partial<ConnectionEnd> = {}): void {
    if (this.end !== undefined) return;
    this.#stateAtEnd = this.state;
    this.end = { reason, detail: undefined, explanation: undefined, offset: undefined, ...more };
  }

  /** Ends it now: both sockets are closed, what they have not sent is lost. */
  cut(reason: Refusal | Ending, more: Partial<ConnectionEnd> = {}): void {
    if (this.stage === "closed") return;
    this.noteEnd(reason, more);
    this.#abandonConnect();
    this.stage = "closing";
    this.client.destroy();
    this.backend?.destroy();
    this.#finish();
  }

  /** The router shuts down: what both sockets hold is sent first; who has no backend yet is refused. */
  drain(): void {
    if (this.stage === "closing" || this.stage === "closed") return;
    if (this.stage !== "forwarding") {
      this.cut("draining");
      return;
    }
    this.noteEnd("drained");
    this.stage = "closing";
    this.client.destroySoon();
    this.backend?.destroySoon();
  }

  /** Whether bytes of one side have not been taken by the other side's socket yet. */
  get hasBytesOnTheirWay(): boolean {
    const { client, backend } = this;
    if (this.stage !== "forwarding") return false;
    return [client, backend].some(
      (socket) => socket !== undefined && socket.writableLength + socket.readableLength > 0,
    );
  }

  /** One of its sockets has closed. */
  socketClosed(): void {
    if (this.stage === "inspecting" || this.stage === "connecting") this.cut("client-gone");
    else if (this.client.destroyed && this.backend?.destroyed !== false) this.#finish();
  }

  toRecord(): ConnectionRecord {
    const { plan, outcome, attempts, acceptedMs, verdictMs, connectedMs } = this;
    return {
      id: this.id,
      listener: plan.name,
      router: plan.program.router,
      protocol: plan.program.module.meta.protocol,
      client: this.clientText,
      key: this.key,
      rule: outcome?.rule,
      pool: attempts?.pool.name,
      backend: this.backendIdentity,
      bytesToBackend: this.bytesToBackend,
      bytesToClient: this.bytesToClient,
      dropped: this.dropped,
      consumed: this.consumed,
      verdictMs: spanMs(acceptedMs, verdictMs),
      connectMs: spanMs(verdictMs, connectedMs),
      lifeMs: this.context.clock.nowMs() - acceptedMs,
      tries: attempts?.tried.length ?? 0,
      state: this.#stateAtEnd ?? this.state,
    };
  }

  /** A connect in progress, or a retry that waits, is given up. */
  #abandonConnect(): void {
    if (this.stage !== "connecting") return;
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    this.context.connecting.delete(this);
    if (this.attempts?.backend !== undefined) settleAttempt(this.attempts, false);
  }

  #finish(): void {
    if (this.stage === "closed") return;
    this.stage = "closed";
    this.noteEnd(this.firstToEnd ?? "client-gone");
    if (this.attempts !== undefined) releaseBackend(this.attempts);
    this.listener.release(this);
    this.context.sessions.delete(this);
    unbind(this.client);
    if (this.backend !== undefined) unbind(this.backend);
    this.held = undefined;
    if (this.end !== undefined) this.context.journal.ended(this.toRecord(), this.end);
  }
}

/** Handlers of `socket` find their session by it. */
export function bind(socket: Socket, session: Session): void {
  (socket as SessionSocket)[SESSION] = session;
}

/** The socket is forgotten: what it still has to say is nobody's. */
export function unbind(socket: Socket): void {
  (socket as SessionSocket)[SESSION] = undefined;
}

export function sessionOf(socket: Socket): Session | undefined {
  return (socket as SessionSocket)[SESSION];
}

function spanMs(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from;
}
