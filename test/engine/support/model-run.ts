// Plays one script of the model in a world, and compares.
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import type { Ended } from "../../runtime/support/journal.ts";
import { ModelConnection } from "./model-connection.ts";
import type { Script, Step } from "./model-script.ts";
import { connectFrom, connectUnix } from "./model-sockets.ts";
import { openSockets, type World, waitFor } from "./model-world.ts";

/** Source addresses change, or their ports would run out in a long run. */
const SOURCES = 200;
/** Milliseconds without a change that make a stall, and those it is waited for. */
const STALL_SAME = 3;
const STALL_LOOKS = 100;
let played = 0;

/** @throws Error that says what a correct relay would not have done */
export async function play(world: World, script: Script): Promise<void> {
  played += 1;
  const run = new Run(world, script, played);
  await run.steps();
  await run.end();
}

class Run {
  readonly #world: World;
  readonly #script: Script;
  readonly #number: number;
  readonly #connections = new Map<number, ModelConnection>();
  readonly #log: string[] = [];
  #reloading: Promise<void> = Promise.resolve();

  constructor(world: World, script: Script, number: number) {
    this.#world = world;
    this.#script = script;
    this.#number = number;
    world.running.journal.ended_.length = 0;
    world.running.journal.connects.length = 0;
    world.running.journal.failures.length = 0;
    world.current.clear();
  }

  async steps(): Promise<void> {
    for (const step of this.#script.steps) {
      await this.#step(step);
      this.#check();
    }
  }

  /** Whoever has not finished does; then nothing may be left. */
  async end(): Promise<void> {
    const all = [...this.#connections.values()];
    for (const { client, backends } of all) {
      for (const side of [client, ...backends]) if (side.isActive && side.isPaused) side.resume();
    }
    await this.#settle();
    for (const connection of all) {
      const { client, backend, opening } = connection;
      const first = opening.endsWithBackend ? (backend ?? client) : client;
      if (first.canSend) connection.finish(first);
    }
    await this.#settle();
    await this.#waitFor(() => this.#left());
    // Only now: a connect may reach the kernel after its client's end was told, and its backend has to be ended as well.
    for (const slot of this.#connections.keys()) await this.#world.flush(slot);
    await this.#waitFor(() => this.#left());
    await this.#reloading;
    this.#check();
    this.#compareRecords();
    this.#check();
  }

  async #step(step: Step): Promise<void> {
    switch (step.do) {
      case "turns":
        for (let count = 0; count < step.count; count++) await turn();
        return;
      case "settle":
        this.#log.push("settle");
        await this.#settle();
        return;
      case "stall":
        this.#log.push("stall");
        await this.#stall();
        return;
      case "reload":
        this.#log.push("reload");
        this.#reloading = this.#reloading.then(() => this.#world.reload());
        return;
      default:
        this.#act(step, this.#connection(step.slot));
    }
  }

  #act(
    step: Exclude<Step, { readonly do: "turns" | "settle" | "stall" | "reload" }>,
    connection: ModelConnection,
  ): void {
    const isOfBackend = "who" in step && step.who === "backend";
    const side = isOfBackend ? connection.backend : connection.client;
    if (side?.isActive !== true) return;
    const { slot } = connection;
    switch (step.do) {
      case "send":
        if (!side.canSend) return;
        this.#log.push(`${side.name} sends ${step.bytes}`);
        side.send(step.bytes);
        return;
      case "frame":
        if (!side.canSend || connection.frameLeft === 0) return;
        this.#log.push(`client ${slot} sends its frame's last ${connection.frameLeft}`);
        side.send(connection.frameLeft);
        return;
      case "finish":
        if (!side.canSend) return;
        this.#log.push(`${side.name} finishes`);
        connection.finish(side);
        return;
      case "reset":
      case "close":
        this.#log.push(`${side.name}: ${step.do}`);
        side.abort(step.do);
        return;
      case "pause":
      case "resume":
        if (side.isPaused === (step.do === "pause")) return;
        this.#log.push(`${side.name}: ${step.do}`);
        if (step.do === "pause") side.pause();
        else side.resume();
        return;
    }
  }

  /** That of a slot; the first step there opens it. */
  #connection(wanted: number): ModelConnection {
    const { openings } = this.#script;
    const slot = wanted % openings.length;
    const known = this.#connections.get(slot);
    if (known !== undefined) return known;
    const opening = openings[slot];
    if (opening === undefined) throw new Error("a script has at least one opening");
    this.#log.push(`client ${slot} connects`);
    const { violations, running, way, path, port } = this.#world;
    const socket =
      way === "unix"
        ? connectUnix(path)
        : connectFrom(this.#sourceOf(slot), port, opening.hasSmallBuffer);
    const seed = this.#number * 31 + slot * 104_729;
    const connection = new ModelConnection(slot, opening, socket, seed, {
      report: (text) => violations.push(text),
      mistakesResets: running.engine.name === "portable" || way === "unix",
    });
    this.#connections.set(slot, connection);
    this.#world.current.set(slot, connection);
    return connection;
  }

  #sourceOf(slot: number): string {
    return `${sourcesOf(this.#number)}${10 + slot}`;
  }

  /** A backend may have come only now. */
  #finishAll(connection: ModelConnection): void {
    for (const side of [connection.client, ...connection.backends]) {
      if (side.isActive && side.isPaused) side.resume();
      if (side.canSend) connection.finish(side);
    }
  }

  async #settle(): Promise<void> {
    await this.#waitFor(() => {
      for (const connection of this.#connections.values()) {
        const left = connection.waitingFor();
        if (left !== undefined) return `${left} (slot ${connection.slot})`;
      }
      return undefined;
    });
  }

  /** Until what senders hold and readers have stays the same for a while, or long enough. */
  async #stall(): Promise<void> {
    let before = -1;
    for (let looks = 0, same = 0; looks < STALL_LOOKS && same < STALL_SAME; looks++) {
      await pause(1);
      let now = 0;
      for (const { client, backends } of this.#connections.values()) {
        for (const side of [client, ...backends]) now += side.received - side.socket.writableLength;
      }
      same = now === before ? same + 1 : 0;
      before = now;
    }
  }

  /** Whoever can still finish does. @returns what of the run is still open */
  #open(): string | undefined {
    for (const connection of this.#connections.values()) {
      this.#finishAll(connection);
      if (!connection.isClosed) return `the sockets of slot ${connection.slot} to close`;
    }
    const { engine } = this.#world.running;
    if (engine.openConnections > 0) return `${engine.openConnections} connections to end`;
    const left = this.#certain() - this.#ended().length;
    return left > 0 ? `${left} records of ends` : undefined;
  }

  /** Ends what can be ended. @returns what of the run is still there, sockets of the engine among it */
  #left(): string | undefined {
    const open = this.#open();
    if (open !== undefined) return open;
    const sockets = openSockets() - this.#world.idleSockets;
    return sockets > 0 ? `${sockets} sockets to be closed` : undefined;
  }

  /** How many connections must be told of. */
  #certain(): number {
    const all = [...this.#connections.values()];
    if (this.#world.way !== "deferred") return all.length;
    return all.filter(({ wasSilent }) => !wasSilent).length;
  }

  /** Whose bytes are awaited by the kernel first, and who sent none, may be told of by the other worker after its own run. */
  #ended(): readonly Ended[] {
    const { running, way } = this.#world;
    const { ended_ } = running.journal;
    if (way !== "deferred") return ended_;
    const before = sourcesOf(this.#number - 1);
    return ended_.filter(({ record }) => !record.client.startsWith(before));
  }

  #compareRecords(): void {
    const { violations } = this.#world;
    const ended = this.#ended();
    const connections = [...this.#connections.values()];
    if (ended.length < this.#certain() || ended.length > connections.length) {
      violations.push(`${ended.length} ends were told of ${connections.length} connections`);
    }
    const unnamed = new Set(connections);
    const strangers = ended.filter((end) => {
      const of = connections.find((connection) => this.#isOf(end, connection));
      if (of === undefined) return true;
      if (!unnamed.delete(of)) violations.push(`two ends were told of ${of.client.name}`);
      of.checkEnd(end);
      return false;
    });
    // Who is gone before the engine asks has no address any more.
    const gone = [...unnamed].filter(
      ({ client }) => client.aborted !== undefined || this.#world.way === "unix",
    );
    if (!canBeOf(strangers, gone)) {
      const told = strangers.map(({ reason, record }) => `${reason} of ${record.client}`);
      violations.push(`nobody there ended so: ${told.join(", ")}`);
    }
  }

  /** By its address, or where it has none by the key, which differs for every slot that has a backend. */
  #isOf({ record }: Ended, { slot, station, backend }: ModelConnection): boolean {
    if (this.#world.way !== "unix") return record.client === this.#sourceOf(slot);
    return backend !== undefined && record.key === station;
  }

  async #waitFor(left: () => string | undefined): Promise<void> {
    await waitFor(
      () => {
        this.#check();
        return left();
      },
      () => this.#describe(),
    );
  }

  #check(): void {
    const { violations } = this.#world;
    if (violations.length === 0) return;
    throw new Error(`${violations.splice(0).join("\n")}\n${this.#describe()}`);
  }

  #describe(): string {
    const { engine, journal } = this.#world.running;
    const ends = journal.ended_.map(({ reason, record }) => `${record.client} ${reason}`);
    return [
      ...[...this.#connections.values()].map(
        (connection) => `slot ${connection.slot}: ${connection}`,
      ),
      `open: ${engine.openConnections}; told: ${ends.join(", ") || "nothing"}`,
      `done: ${this.#log.join("; ")}`,
    ].join("\n");
  }
}

/** How the source addresses of a run begin. */
function sourcesOf(run: number): string {
  return `127.0.${1 + (run % SOURCES)}.`;
}

/** Whether each end can be that of a connection of its own. */
function canBeOf(ends: readonly Ended[], connections: readonly ModelConnection[]): boolean {
  const [first, ...others] = ends;
  if (first === undefined) return true;
  return connections.some(
    (connection) =>
      connection.reasons.has(first.reason) &&
      canBeOf(
        others,
        connections.filter((other) => other !== connection),
      ),
  );
}
