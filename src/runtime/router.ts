// The composition root: a running router made of configuration, snapshot, engine, log and counters. Sets no
// signal handler and ends no process.

import { readFileSync } from "node:fs";
import { type Clock, systemClock } from "./clock.ts";
import { type Machine, thisMachine } from "./config/machine.ts";
import {
  chooseEngine,
  countWorkers,
  type EngineChoice,
  type WorkerEvents,
} from "./engine/choose-engine.ts";
import type { Engine, EngineName } from "./engine/engine.ts";
import { BACKLOG } from "./engine/listen-error.ts";
import { type EngineOptions, PortableEngine } from "./engine/portable/engine.ts";
import { type BindFailure, type ListenerAddress, Listeners } from "./listeners.ts";
import { logFindings } from "./log/log-findings.ts";
import { LogJournal } from "./log/log-journal.ts";
import { createLogger, type LogDestination, type Logger, standardOutput } from "./log/logger.ts";
import { Counters } from "./metrics/counters.ts";
import { CountingJournal } from "./metrics/counting-journal.ts";
import { KernelDropCounts } from "./metrics/kernel-drops.ts";
import type { Loader } from "./reload/loader.ts";
import type { Preparation } from "./reload/prepare.ts";
import { prepareApart } from "./reload/prepare-apart.ts";
import type { Report } from "./reload/report.ts";
import { buildSnapshot, type Snapshot, sweepLimits } from "./reload/snapshot.ts";
import { type FileStates, type FileWatch, watchFiles } from "./reload/watch.ts";
import { joinJournals } from "./routing/journal.ts";

/** Time over which connections are ended when the router shuts down. */
export const DRAIN_GRACE_MS = 30_000;
/** How often the kernel is asked what it dropped. */
const KERNEL_LOOK_MS = 60_000;

export interface RouterOptions {
  /** Path of waybill.yaml. */
  readonly configPath: string;
  /** Reads and compiles in this thread; where it is absent, a thread of its own does, from the disk. */
  readonly loader?: Loader;
  readonly machine?: () => Machine;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly logStream?: LogDestination;
  readonly engine?: Partial<EngineOptions>;
}

export type StartResult =
  | { readonly kind: "running"; readonly router: RunningRouter; readonly report: Report }
  /** The files are at fault: `report` says where. */
  | { readonly kind: "refused"; readonly report: Report }
  /** The files are right, and the machine does not give what they ask for. */
  | { readonly kind: "cannot-listen"; readonly failures: readonly BindFailure[] };

export type ReloadResult =
  | { readonly kind: "swapped"; readonly epoch: number; readonly report: Report }
  | { readonly kind: "refused"; readonly report: Report }
  | { readonly kind: "cannot-listen"; readonly failures: readonly BindFailure[] };

/** What a reload of a router that ends comes to. */
const CLOSED: ReloadResult = { kind: "refused", report: { sources: [], diagnostics: [] } };

export interface DrainOptions {
  /** Time in which new connections are still accepted, so that balancers can notice. */
  readonly announceMs?: number;
  readonly graceMs?: number;
}

/** Reads, compiles and binds everything, then routes. What goes wrong before that is in the result. */
export async function startRouter(options: RouterOptions): Promise<StartResult> {
  const router = new RunningRouter(options);
  const result = await router.reload();
  if (result.kind === "swapped") return { kind: "running", router, report: result.report };
  await router.close();
  return result;
}

export class RunningRouter {
  readonly counters = new Counters();
  readonly #options: RouterOptions;
  readonly #clock: Clock;
  readonly #stream: LogDestination;
  readonly #logger: Logger;
  readonly #log: LogJournal;
  #engine: Engine | undefined;
  #listeners: Listeners | undefined;
  /** Engines that would have been preferred, and why they do not run. */
  #passedOver: readonly string[] = [];
  #kernelDrops: KernelDropCounts | undefined;
  #stopLooking: () => void = () => undefined;
  readonly #watch: FileWatch;
  #snapshot: Snapshot | undefined;
  /** Reloads run one after another. */
  #reloading: Promise<unknown> = Promise.resolve();
  /** The one that has not begun to read: whoever asks meanwhile gets what it will find. */
  #nextReload: Promise<ReloadResult> | undefined;
  #isClosing = false;
  #tellClosing: () => void = () => undefined;
  readonly #closing: Promise<undefined> = new Promise((resolve) => {
    this.#tellClosing = () => resolve(undefined);
  });
  #giveUp: () => void = () => undefined;
  /** Settles if the engine gives up: what is left does not serve, and the process should end. */
  readonly gaveUp: Promise<void> = new Promise((resolve) => {
    this.#giveUp = resolve;
  });

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#stream = options.logStream ?? standardOutput((...lost) => this.#linesLost(...lost));
    this.#logger = createLogger("info", this.#stream);
    this.#log = new LogJournal(this.#logger, () => this.#clock.nowMs());
    this.#watch = watchFiles({
      clock: this.#clock,
      onChange: () => void this.reload().catch(() => undefined),
      onTrouble: (folder, code) => this.#logger.warn({ folder, code }, "cannot watch"),
    });
  }

  /** Where it listens, in the configuration's order. */
  get addresses(): readonly ListenerAddress[] {
    const snapshot = this.#snapshot;
    return snapshot === undefined ? [] : (this.#listeners?.addresses(snapshot) ?? []);
  }

  /** How often the snapshot was exchanged, from 1. */
  get epoch(): number {
    return this.#snapshot?.epoch ?? 0;
  }

  get openConnections(): number {
    return this.#engine?.openConnections ?? 0;
  }

  /** Which engine runs; undefined until the first configuration is in force. */
  get engineName(): EngineName | undefined {
    return this.#engine?.name;
  }

  /** Its threads that new connections go to. */
  get workers(): number | undefined {
    return this.#engine?.workers;
  }

  get logger(): Logger {
    return this.#logger;
  }

  /**
   * Reads everything again and exchanges the snapshot as one; anything wrong keeps the present one. Connections
   * that are open go on as they are.
   */
  reload(): Promise<ReloadResult> {
    if (this.#nextReload !== undefined) return this.#nextReload;
    const result = this.#reloading.then(() => {
      this.#nextReload = undefined;
      return this.#reload();
    });
    this.#nextReload = result;
    this.#reloading = result.catch((error: unknown) => {
      // A bug of ours must not end the connections of a running router.
      this.#logger.error({ err: error }, "reload failed: the present configuration stays");
    });
    return result;
  }

  /** Accepts no more and ends every connection, evenly over the grace. @returns once none is left */
  async drain({ announceMs = 0, graceMs = DRAIN_GRACE_MS }: DrainOptions = {}): Promise<void> {
    await this.#stopReloading();
    const { openConnections } = this;
    this.#logger.info(
      { connections: openConnections, announce_ms: announceMs, grace_ms: graceMs },
      "draining",
    );
    if (announceMs > 0) {
      await new Promise<void>((resolve) => this.#clock.after(announceMs, resolve));
    }
    await this.#engine?.drain(graceMs);
    await this.close();
  }

  /** Gives back what memory only starting needed. */
  settle(): void {
    this.#engine?.settle?.();
  }

  /** Ends everything now. */
  async close(): Promise<void> {
    await this.#stopReloading();
    await this.#engine?.close();
    this.#stopLooking();
    this.#countKernelDrops();
    this.#kernelDrops = undefined;
    await this.#stream.flush?.();
  }

  /** One that only reads is not waited for: nothing of it will be used. */
  async #stopReloading(): Promise<void> {
    this.#isClosing = true;
    this.#tellClosing();
    this.#watch.close();
    await this.#reloading;
  }

  async #reload(): Promise<ReloadResult> {
    const marked = this.#watch.mark();
    const preparation = await Promise.race([this.#closing, this.#prepare()]);
    if (preparation === undefined) return CLOSED;
    const { report, prepared, files } = preparation;
    const isFirst = this.#snapshot === undefined;
    if (!isFirst) logFindings(this.#logger, report.diagnostics, report.sources);
    if (prepared === undefined || this.#isClosing) {
      this.#kept("refused", files, marked);
      return { kind: "refused", report };
    }
    const snapshot = buildSnapshot(prepared, this.#snapshot);
    const failures = await this.#makeReady(snapshot);
    if (failures.length > 0) {
      if (!isFirst) for (const failure of failures) this.#logger.error(failure.message);
      this.#kept("cannot-listen", files, marked);
      return { kind: "cannot-listen", failures };
    }
    await this.#swap(snapshot, files, marked);
    return { kind: "swapped", epoch: snapshot.epoch, report };
  }

  async #prepare(): Promise<Preparation> {
    const { configPath, loader, machine = thisMachine } = this.#options;
    if (loader === undefined) return await prepareApart(configPath, machine());
    const { prepare } = await import("./reload/prepare.ts");
    return await prepare(configPath, loader, machine());
  }

  /** Everything that can fail before the swap. @returns why not, and then nothing has changed */
  async #makeReady(snapshot: Snapshot): Promise<readonly BindFailure[]> {
    try {
      const { engine, listeners } = await this.#running(snapshot);
      const failures = await listeners.bindNew(snapshot);
      if (failures.length > 0) return failures;
      const plans = snapshot.listeners.map(({ plan }) => plan);
      await engine.prepare(plans, this.#workersFor(engine, snapshot));
      return [];
    } catch (error) {
      this.#listeners?.withdraw();
      const message = error instanceof Error ? error.message : String(error);
      return [{ listener: "", bind: "", code: "ENGINE", message }];
    }
  }

  /** The engine is chosen with the first configuration and stays. */
  async #running({ configuration }: Snapshot): Promise<{ engine: Engine; listeners: Listeners }> {
    if (this.#engine === undefined) {
      const { engine, passedOver } = await this.#chooseEngine(configuration);
      this.#engine = engine;
      this.#passedOver = passedOver;
    }
    this.#listeners ??= new Listeners(this.#engine);
    const { engine: wish } = configuration;
    if (wish !== "auto" && wish !== this.#engine.name) {
      this.#logger.warn({ engine: this.#engine.name }, "another engine needs a restart");
    }
    return { engine: this.#engine, listeners: this.#listeners };
  }

  #chooseEngine({ engine, workers }: Snapshot["configuration"]): Promise<EngineChoice> {
    const options = this.#options;
    const journal = joinJournals(this.#log, new CountingJournal(this.counters));
    const portable = () =>
      new PortableEngine({
        clock: this.#clock,
        journal,
        ...(options.random === undefined ? {} : { random: options.random }),
        ...options.engine,
      });
    if (options.engine !== undefined) {
      return Promise.resolve({ engine: portable(), passedOver: [] });
    }
    return chooseEngine(
      { engine, workers },
      { journal, portable, workerEvents: this.#workerEvents() },
    );
  }

  /** @returns how many workers `snapshot` asks for */
  #workersFor(engine: Engine, { configuration: { workers } }: Snapshot): number {
    if (engine.name === "portable" && workers !== "auto" && workers > 1) {
      this.#logger.warn(
        { workers },
        "the portable engine has one worker: this key changes nothing",
      );
    }
    return countWorkers(workers);
  }

  /** Once, with the first configuration. */
  #warnOfBacklog(): void {
    const { machine = thisMachine } = this.#options;
    const { waitingConnections } = machine();
    if (waitingConnections === undefined || waitingConnections >= BACKLOG) return;
    this.#logger.warn(
      { somaxconn: waitingConnections, wanted: BACKLOG },
      `a burst of more connections than somaxconn is dropped: sysctl -w net.core.somaxconn=${BACKLOG}`,
    );
  }

  #countKernelDrops(): void {
    const dropped = this.#kernelDrops?.look();
    if (dropped === undefined) return;
    this.#logger.warn(dropped, "the kernel dropped connections: they came faster than accepted");
  }

  #linesLost(lines: number, code: string | undefined): void {
    this.counters.add("log_lines_lost", {}, lines);
    this.#logger.warn({ lines, code }, "lines of the log were lost: it could not be written");
  }

  #workerEvents(): WorkerEvents {
    return {
      onCrash: (error) => {
        this.counters.add("worker_crashes");
        this.#logger.error({ err: error }, "a worker ended; its successor takes over");
      },
      onWait: (worker, why) => {
        this.#logger.error({ worker, err: why }, "a worker's successor cannot start yet");
      },
      onStale: (worker, forMs) => {
        this.counters.add("worker_stalls");
        this.#logger.warn({ worker, ms: Math.round(forMs) }, "a worker stands still");
      },
      onLost: (records) => {
        this.counters.add("records_lost", {}, records);
        this.#logger.warn({ records }, "the log is behind: records of connections were lost");
      },
      onGiveUp: (why) => {
        this.#logger.fatal({ why }, "the engine gives up");
        this.#stream.flushSync?.();
        this.#giveUp();
      },
    };
  }

  /** From here on every new connection belongs to `snapshot`. Nothing in it can fail. */
  async #swap(snapshot: Snapshot, files: readonly string[], marked: FileStates): Promise<void> {
    const isFirst = this.#snapshot === undefined;
    this.#snapshot = snapshot;
    const { log, isWatched } = snapshot.configuration;
    this.#log.configure(log.level, log.connections);
    this.#engine?.setSweep(sweepLimits(snapshot));
    await this.#engine?.commit(this.#listeners?.changeTo(snapshot) ?? { serve: [], stop: [] });
    this.#watch.update(isWatched ? files : [], marked);
    this.counters.add("reloads", { result: "swapped" });
    const { epoch } = snapshot;
    const passed = this.#passedOver;
    const { engineName: engine, workers } = this;
    const which = { engine, workers, ...(passed.length > 0 ? { passed } : {}) };
    this.#logger.info({ epoch, ...which, listeners: this.addresses }, "configured");
    if (isFirst) this.#beginWatchingKernel();
  }

  #beginWatchingKernel(): void {
    this.#warnOfBacklog();
    this.#kernelDrops = new KernelDropCounts(readNetstat, this.counters);
    this.#stopLooking = this.#clock.every(KERNEL_LOOK_MS, () => this.#countKernelDrops());
  }

  /** What is wrong may be mended in any of these files: they are watched beside the present ones. */
  #kept(result: "refused" | "cannot-listen", files: readonly string[], marked: FileStates): void {
    if (this.#snapshot === undefined || this.#isClosing) return;
    this.counters.add("reloads", { result });
    if (this.#snapshot.configuration.isWatched) this.#watch.update(files, marked);
    this.#logger.error({ epoch: this.epoch }, "reload refused: the present configuration stays");
  }
}

function readNetstat(): string | undefined {
  try {
    return readFileSync("/proc/net/netstat", "utf8");
  } catch {
    return undefined;
  }
}
