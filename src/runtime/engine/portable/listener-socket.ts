// One listening socket and the connections that came through it. It outlives reloads for as long as its bind
// is configured; the plan it serves is exchanged.

import type { Server, Socket } from "node:net";
import { formatIpAddress, parseIpAddress } from "../../../base/ip-address.ts";
import { isTrustedPeer, type ListenerPlan } from "../../routing/listener-plan.ts";
import type { Refusal } from "../../routing/refusals.ts";
import { setRowClient } from "../../routing/row.ts";
import { AcceptRate } from "./accept-rate.ts";
import type { EngineContext } from "./context.ts";
import { clientEndedUndecided, receiveFirstBytes } from "./first-bytes.ts";
import { clientDrained, clientEnded, clientFailed, forwardToBackend } from "./relay.ts";
import { bind, Session, sessionOf, UNIX_CLIENT } from "./session.ts";

/** Connections that may wait between the bind of a new listener and the reload that puts it to use. */
const WAITING_MAX = 1024;
/** IPv6 clients count by their network of so many bytes: one station usually has a whole /64. */
const IPV6_NETWORK_BYTES = 8;

const address = new Uint8Array(16);

export class ListenerSocket {
  readonly #context: EngineContext;
  readonly #server: Server;
  readonly #isUnix: boolean;
  readonly #acceptRate: AcceptRate;
  readonly #perClient = new Map<string, number>();
  #plan: ListenerPlan | undefined;
  #waiting: Socket[] = [];
  #open = 0;
  isStopped = false;
  /** Oldest first. */
  readonly undecided = new Set<Session>();

  /** @param server already listening; connections wait until `serve` */
  constructor(context: EngineContext, server: Server) {
    this.#context = context;
    this.#server = server;
    this.#isUnix = typeof server.address() === "string";
    this.#acceptRate = new AcceptRate(context.clock);
    server.on("connection", (socket: Socket) => this.#accept(socket));
    server.on("error", (error: NodeJS.ErrnoException) => {
      context.journal.acceptFailed(this.#plan?.name ?? "", error.code ?? "unknown");
    });
  }

  /** Connections from now on are served by `plan`. */
  serve(plan: ListenerPlan): void {
    this.#plan = plan;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const socket of waiting) this.#accept(socket);
  }

  /** Accepts no more; its descriptor is closed and its file removed. Connections that are open go on. */
  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    for (const socket of this.#waiting) socket.destroy();
    this.#waiting = [];
    this.#server.close();
  }

  /** Where it listens: the port is known once bound. */
  get address(): ReturnType<Server["address"]> {
    return this.#server.address();
  }

  /** Counts a session's client for limits.per-client. @returns false where it has too many already */
  admitClient(session: Session): boolean {
    const most = session.plan.limits.perClient;
    if (most === 0 || session.clientKey !== undefined) return true;
    const key = clientKeyOf(session.clientText);
    if (key === undefined) return true;
    const open = this.#perClient.get(key) ?? 0;
    if (open >= most) return false;
    this.#perClient.set(key, open + 1);
    session.clientKey = key;
    return true;
  }

  /** Enters the peer's address into a session's row. */
  writeClient(session: Session, row: Int32Array): void {
    setRowClient(row, 0, address, parseIpAddress(session.clientText, address));
  }

  /** A session has ended. */
  release(session: Session): void {
    this.#open -= 1;
    this.undecided.delete(session);
    if (session.clientKey === undefined) return;
    const left = (this.#perClient.get(session.clientKey) ?? 1) - 1;
    if (left === 0) this.#perClient.delete(session.clientKey);
    else this.#perClient.set(session.clientKey, left);
  }

  #accept(socket: Socket): void {
    const plan = this.#plan;
    if (plan === undefined) {
      if (this.#waiting.length === WAITING_MAX) socket.destroy();
      else this.#waiting.push(socket);
      return;
    }
    const session = new Session(this.#context, this, plan, socket);
    this.#open += 1;
    this.#context.sessions.add(session);
    this.#context.journal.accepted(plan.name, 1);
    bind(socket, session);
    socket.on("error", onClientError);
    socket.on("close", onClientClose);
    const refusal = this.#refusalOf(session, plan, socket);
    if (refusal !== undefined) {
      session.cut(refusal);
      return;
    }
    socket.setKeepAlive(true, plan.keepaliveIdleMs);
    socket.on("data", onClientData);
    socket.on("end", onClientEnd);
    socket.on("drain", onClientDrain);
    this.#evictOldest(plan);
    this.undecided.add(session);
  }

  #refusalOf(session: Session, plan: ListenerPlan, socket: Socket): Refusal | undefined {
    const { limits, trustedPeers } = plan;
    const length = parseIpAddress(socket.remoteAddress ?? "", address);
    if (length > 0) session.clientText = formatIpAddress(address, length);
    else if (this.#isUnix) session.clientText = UNIX_CLIENT;
    if (this.#open > limits.connections) return "connections";
    if (!this.#acceptRate.admit(limits.acceptRate)) return "accept-rate";
    if (trustedPeers === undefined) return this.admitClient(session) ? undefined : "per-client";
    // Who can open a unix socket is of this machine.
    const isTrusted = this.#isUnix || isTrustedPeer(trustedPeers, address, length);
    return isTrusted ? undefined : "proxy-protocol";
  }

  #evictOldest(plan: ListenerPlan): void {
    if (this.undecided.size < plan.limits.inspecting) return;
    const [oldest] = this.undecided;
    oldest?.cut("inspecting-evicted");
  }
}

function onClientData(this: Socket, chunk: Buffer): void {
  const session = sessionOf(this);
  if (session === undefined) return;
  if (session.stage === "inspecting") receiveFirstBytes(session, chunk);
  else if (session.stage === "forwarding") forwardToBackend(session, chunk);
  else if (session.stage === "connecting") {
    // A chunk that was under way when the socket was paused.
    session.replay = Buffer.concat([session.replay ?? Buffer.alloc(0), chunk]);
  }
}

function onClientEnd(this: Socket): void {
  const session = sessionOf(this);
  if (session === undefined) return;
  if (session.stage === "inspecting") clientEndedUndecided(session);
  else if (session.stage === "forwarding") clientEnded(session);
}

function onClientDrain(this: Socket): void {
  const session = sessionOf(this);
  if (session !== undefined) clientDrained(session);
}

function onClientError(this: Socket): void {
  const session = sessionOf(this);
  if (session === undefined) return;
  if (session.stage === "forwarding") clientFailed(session);
  else session.cut("client-reset");
}

function onClientClose(this: Socket): void {
  sessionOf(this)?.socketClosed();
}

/** IPv4 addresses count each, IPv6 ones by their /64; who has no address does not count. */
function clientKeyOf(text: string): string | undefined {
  const length = parseIpAddress(text, address);
  if (length === 16) address.fill(0, IPV6_NETWORK_BYTES);
  return length === 0 ? undefined : formatIpAddress(address, length);
}
