// Many light sessions through an engine, each byte that comes back compared with what was sent.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { untilTrue, withDeadline } from "../../support/deadline.ts";

/** Every frame and every message. */
const frameBytes = 16;

/** Frames of `faulty-unpack.js`. */
export const FRAME = {
  plain: "R",
  throwInEvent: "E",
  throwInWait: "W",
  fillHeap: "H",
  loop: "L",
  slow: "S",
} as const;

let lastId = 0;

/** Sockets opened at a time: a backend's queue is short. */
const openAtOnce = 200;

/** @param forMs of a slow one */
export function frame(how: string, forMs = 0): Buffer {
  const bytes = Buffer.alloc(frameBytes, how);
  bytes.writeUInt32BE(forMs, 1);
  return bytes;
}

export class Session {
  readonly socket: Socket;
  readonly #id: number;
  /** Exchanges that have ended. */
  rounds = 0;
  /** What came back that was not sent. */
  fault: string | undefined;
  isClosed = false;
  #isRunning = false;
  #expected: Buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  constructor(port: number) {
    lastId += 1;
    this.#id = lastId;
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("error", () => undefined);
    this.socket.on("data", (bytes) => this.#take(bytes));
    this.socket.on("close", () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  /** Sends one message; @returns once it has come back or the session is closed */
  async exchange(): Promise<void> {
    const ended = this.rounds + 1;
    this.#send();
    const come = new Promise<void>((resolve) => {
      this.#wake = () => {
        if (this.rounds >= ended || this.isClosed) resolve();
      };
    });
    await withDeadline(come, `a message of session ${this.#id} to come back`);
  }

  /** Sends one message after the other. */
  run(): void {
    this.#isRunning = true;
    this.#send();
  }

  pause(): void {
    this.#isRunning = false;
  }

  /** Whether everything that was sent has come back. */
  get isAnswered(): boolean {
    return this.#expected.length === 0;
  }

  /** Sends a first frame of its own; it may never come back. */
  send(bytes: Buffer): void {
    this.#expected = bytes;
    this.socket.write(bytes);
  }

  #send(): void {
    if (this.isClosed) return;
    const bytes = frame(FRAME.plain);
    bytes.writeUInt32BE(this.#id, 5);
    bytes.writeUInt32BE(this.rounds, 9);
    this.send(bytes);
  }

  #take(bytes: Buffer): void {
    const expected = this.#expected.subarray(0, bytes.length);
    if (!bytes.equals(expected)) {
      this.fault ??= `${bytes.toString("hex")} instead of ${expected.toString("hex")}`;
    }
    this.#expected = this.#expected.subarray(bytes.length);
    if (this.#expected.length > 0) return;
    this.rounds += 1;
    if (this.#isRunning) this.#send();
    this.#wake();
  }
}

/** Opens `count` sessions, each of which has had one message back. */
export async function openSessions(port: number, count: number): Promise<readonly Session[]> {
  const sessions: Session[] = [];
  while (sessions.length < count) {
    const some = Array.from(
      { length: Math.min(openAtOnce, count - sessions.length) },
      () => new Session(port),
    );
    await Promise.all(some.map((session) => session.exchange()));
    sessions.push(...some);
  }
  const closed = sessions.filter(({ isClosed }) => isClosed);
  if (closed.length > 0) throw new Error(`${closed.length} of ${count} sessions did not open`);
  return sessions;
}

/** Runs until each that is not closed has ended `rounds` more exchanges. */
export async function untilRounds(sessions: readonly Session[], rounds: number): Promise<void> {
  const before = sessions.map((session) => session.rounds);
  const behind = () =>
    sessions.filter(
      (session, index) => !session.isClosed && session.rounds < (before[index] ?? 0) + rounds,
    ).length;
  await untilTrue(
    () => Promise.resolve(behind() === 0),
    `${rounds} more exchanges of ${sessions.length} sessions`,
    () => `${behind()} stand still`,
  );
}

/** Ends them all. */
export async function closeSessions(sessions: readonly Session[]): Promise<void> {
  const open = sessions.filter(({ isClosed }) => !isClosed);
  const closed = Promise.all(open.map(({ socket }) => once(socket, "close")));
  for (const { socket } of open) socket.destroy();
  await withDeadline(closed, `${open.length} sessions to close`);
}
