// One connection as a correct relay must treat it: a queue of bytes each way, what either end has done, and from that what the
// other end may and must be told, and which reasons the journal may name.
import type { Socket } from "node:net";
import type { Ended } from "../../runtime/support/journal.ts";
import { starFrame } from "../../runtime/support/modules.ts";
import type { Opening, Route } from "./model-script.ts";
import { type Heard, Side, Stream } from "./model-side.ts";

const JUNK_BYTE = 0x21;
const SPEECH_BYTES = 5000;
/** What a connection whose frame is complete ends with where it must not reach a backend. */
const REFUSALS: Partial<Record<Route, string>> = {
  refused: "connect-failed",
  silent: "connect-timeout",
  banned: "rule-reject",
};

export function stationOf(route: Route, slot: number): string {
  return REFUSALS[route] === undefined ? `${route}${slot}` : route;
}

export interface Judging {
  report(text: string): void;
  /** libuv takes a reset that comes right behind bytes for an end (POLLHUP after a partial read); a unix socket has none. */
  readonly mistakesResets: boolean;
}

export class ModelConnection {
  readonly slot: number;
  readonly opening: Opening;
  readonly station: string;
  readonly client: Side;
  /** Each attempt that a backend saw; the last one counts. */
  readonly backends: Side[] = [];
  readonly #report: (text: string) => void;
  readonly #mistakesResets: boolean;
  readonly #preludeBytes: number;
  readonly #toBackend: Stream;
  readonly #toClient: Stream;
  /** Who finished first, where one end had heard of the other's finish before its own. */
  #first: "client" | "backend" | undefined;

  constructor(
    slot: number,
    opening: Opening,
    socket: Socket,
    seed: number,
    { report, mistakesResets }: Judging,
  ) {
    this.slot = slot;
    this.opening = opening;
    this.station = stationOf(opening.route, slot);
    this.#report = report;
    this.#mistakesResets = mistakesResets;
    const frame = starFrame(this.station, opening.frameBytes);
    const junk = Buffer.alloc(opening.junk, JUNK_BYTE);
    this.#preludeBytes = opening.junk + frame.length;
    this.#toBackend = new Stream(frame, seed);
    this.#toClient = new Stream(Buffer.alloc(0), seed + 7919);
    const own = new Stream(Buffer.concat([junk, frame]), seed);
    this.client = new Side(`client ${slot}`, socket, own, this.#toClient, {
      violation: report,
      heard: (how) => this.#clientHeard(how),
    });
    this.client.mostExpected = () => this.backend?.sent ?? 0;
    this.client.resume();
  }

  get backend(): Side | undefined {
    return this.backends.at(-1);
  }

  /** Bytes that are missing from the first frame. */
  get frameLeft(): number {
    return Math.max(0, this.#preludeBytes - this.client.sent);
  }

  /** A backend has accepted a connection of ours. */
  accept(socket: Socket): void {
    const attempt = this.backends.length;
    const name = `backend ${this.slot}${attempt === 0 ? "" : `, attempt ${attempt + 1}`}`;
    const side: Side = new Side(name, socket, this.#toClient, this.#toBackend, {
      violation: this.#report,
      heard: (how) => this.#backendHeard(side, how),
    });
    side.mostExpected = () => Math.max(0, this.client.sent - this.opening.junk);
    if (this.backend?.aborted === undefined && this.backend !== undefined) {
      this.#report(`${name}: the one before it had not been given up`);
    }
    if (REFUSALS[this.opening.route] !== undefined || this.frameLeft > 0) {
      this.#report(`${name}: nobody may be connected`);
    }
    this.backends.push(side);
    this.#greet(side);
  }

  #greet(side: Side): void {
    const { greeting } = this.opening;
    if (greeting === "wait") {
      side.pause();
      return;
    }
    side.resume();
    if (greeting === "speak" || greeting === "finish") side.send(SPEECH_BYTES);
    if (greeting === "finish") this.finish(side);
    if (greeting === "reset" || greeting === "close") side.abort(greeting);
  }

  finish(side: Side): void {
    side.finish();
    const other = side === this.client ? this.backend : this.client;
    if (other?.hasFinished === true && side.heard === "end") {
      this.#first = other === this.client ? "client" : "backend";
    }
  }

  /** What must still come, as things stand; undefined once nothing is on its way. */
  waitingFor(): string | undefined {
    const { client, backend } = this;
    if (client.aborted !== undefined) {
      if (backend?.isActive !== true || backend.isPaused || backend.heard !== undefined) return;
      return `${backend.name} to hear that its client is gone`;
    }
    if (this.#isRefused()) return isTold(client) ? undefined : "the client to be refused";
    if (this.frameLeft > 0) return undefined;
    if (backend === undefined) return "a backend to be connected";
    if (backend.aborted !== undefined) {
      return isTold(client) ? undefined : "the client to hear that its backend is gone";
    }
    return (
      missing(client, backend, client.sent - this.opening.junk) ??
      missing(backend, client, backend.sent)
    );
  }

  /** Whether it was gone before it had said anything. */
  get wasSilent(): boolean {
    return this.client.sent === 0 && this.client.aborted !== undefined;
  }

  /** Whether every socket of it has closed. */
  get isClosed(): boolean {
    return this.client.isClosed && this.backends.every(({ isClosed }) => isClosed);
  }

  /** Holds what the journal was told against what happened. */
  checkEnd({ reason, record }: Ended): void {
    const allowed = this.reasons;
    if (!allowed.has(reason)) {
      this.#report(`${this.client.name} ended as ${reason}, not as ${[...allowed].join(" or ")}`);
    }
    const { client, backend, station, opening } = this;
    const isWhole = client.aborted === undefined && backend !== undefined;
    if (!isWhole || backend.aborted !== undefined) return;
    const expected = {
      key: station,
      pool: station,
      bytesToBackend: client.sent - opening.junk,
      bytesToClient: backend.sent,
      dropped: opening.junk,
    };
    for (const [name, value] of Object.entries(expected)) {
      const told = record[name as keyof typeof expected];
      if (told !== value) this.#report(`${client.name}: ${name} is told as ${told}, not ${value}`);
    }
  }

  /** Reasons that are right for what has happened; several where it was a race. */
  get reasons(): ReadonlySet<string> {
    const { client, backend, opening } = this;
    const reasons = new Set<string>();
    const add = (...more: readonly string[]) => {
      for (const reason of more) reasons.add(reason);
    };
    if (client.aborted !== undefined) {
      add("client-reset", "client-gone", "truncated");
      if (client.aborted === "close" || this.#mistakesResets) add("client");
    }
    if (this.frameLeft > 0) {
      add(client.sent === 0 ? "client-gone" : "truncated");
      return reasons;
    }
    const refusal = REFUSALS[opening.route];
    if (refusal !== undefined) {
      add(refusal);
      return reasons;
    }
    if (this.backends.some(({ aborted }) => aborted !== undefined)) {
      // Seen while it was being connected, others were tried.
      add("backend-reset", "connect-failed");
      if (backend?.aborted === "close" || this.#mistakesResets) add("backend");
    }
    const isSomeoneGone = client.aborted !== undefined || backend?.aborted !== undefined;
    if (client.hasFinished && (this.#first !== "backend" || isSomeoneGone)) add("client");
    if (backend?.hasFinished === true && (this.#first !== "client" || isSomeoneGone))
      add("backend");
    return reasons;
  }

  toString(): string {
    const { route, junk, frameBytes } = this.opening;
    const head = `${route}, ${junk} bytes of junk, a frame of ${frameBytes}`;
    return [head, ...[this.client, ...this.backends].map((side) => `  ${side}`)].join("\n");
  }

  /** The router itself ends it. */
  #isRefused(): boolean {
    const { client, opening } = this;
    if (this.frameLeft > 0) return client.hasFinished;
    return REFUSALS[opening.route] !== undefined;
  }

  #clientHeard(how: Heard): void {
    if (this.#isRefused()) return;
    const { backend, client } = this;
    if (backend === undefined) this.#report(`${client.name} heard ${how} of nobody`);
    else this.#checkHeard(client, backend, how, backend.sent);
  }

  #backendHeard(side: Side, how: Heard): void {
    this.#checkHeard(side, this.client, how, this.client.sent - this.opening.junk);
  }

  #checkHeard(side: Side, peer: Side, how: Heard, sentBytes: number): void {
    if (peer.aborted !== undefined) return;
    if (how === "reset") this.#report(`${side.name} heard a reset, and nobody made one`);
    else if (!peer.hasFinished) this.#report(`${side.name} heard an end, and nobody finished`);
    else if (side.received < sentBytes) {
      this.#report(`${side.name} heard an end after ${side.received} of ${sentBytes} bytes`);
    }
  }
}

function isTold(side: Side): boolean {
  return side.heard !== undefined || side.isPaused || !side.isActive;
}

/** What of `from`'s words `to` still has to hear. */
function missing(from: Side, to: Side, sentBytes: number): string | undefined {
  if (!to.isActive || to.isPaused) return undefined;
  if (to.received < sentBytes) return `${sentBytes - to.received} bytes to reach ${to.name}`;
  if (from.hasFinished && to.heard === undefined) return `${to.name} to hear the end`;
  return undefined;
}
