// Programs that are measured or measure: started, waited for, ended by their own process id. Knows nothing of what they are.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const OUTPUT_MAX = 1024 * 1024;
/** How long a program may take to listen, and to end on SIGTERM before it is killed. */
const START_MS = 10_000;
const STOP_MS = 3_000;
const LOOK_MS = 20;

/** Programs that run now. */
const live = new Set<ChildProcess>();

process.once("exit", () => {
  for (const child of live) child.kill("SIGKILL");
});

/** Of everything started here that has not ended. */
export function livePids(): readonly number[] {
  return [...live].flatMap(({ pid }) => pid ?? []);
}

/** What to start. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that runs until it ends or is stopped; it never outlives this process. */
export class RunningProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;
  #output = "";
  #hasEnded = false;

  constructor({ program, args, env }: Launch) {
    this.#child = spawn(program, args, { env: { ...process.env, ...env }, stdio: "pipe" });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(0, OUTPUT_MAX);
      });
    }
    this.#child.stdin?.on("error", () => undefined); // it may have ended
    live.add(this.#child);
    this.#closed = once(this.#child, "close").then(
      () => this.#end(""),
      (error: unknown) => this.#end(String(error)),
    );
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Standard output and error; at most the first MiB. */
  get output(): string {
    return this.#output;
  }

  /** Resolves once the output matches; rejects with it when the program ends first or `limitMs` is over. */
  async untilOutput(pattern: RegExp, limitMs = START_MS): Promise<void> {
    await this.#until(() => pattern.test(this.#output), limitMs);
  }

  /** Resolves once it accepts connections on this port of 127.0.0.1; rejects as `untilOutput`. */
  async untilListens(port: number): Promise<void> {
    await this.#until(() => accepts(port), START_MS);
  }

  /** Ends its standard input. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  /** Resolves to all its output when it has ended; kills it and rejects after `limitMs`. */
  async untilEnd(limitMs: number): Promise<string> {
    const late = setTimeout(this.#kill, limitMs);
    await this.#closed;
    clearTimeout(late);
    if (this.#child.exitCode !== 0) throw new Error(this.#failure());
    return this.#output;
  }

  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill("SIGTERM");
    const late = setTimeout(this.#kill, STOP_MS);
    await this.#closed;
    clearTimeout(late);
  }

  async #until(isSo: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!(await isSo())) {
      if (this.#hasEnded) throw new Error(this.#failure());
      if (performance.now() > deadline) throw new Error(`not ready in time: ${this.#failure()}`);
      await pause(LOOK_MS);
    }
  }

  #failure(): string {
    const { exitCode, signalCode } = this.#child;
    const how = this.#hasEnded ? `ended (${signalCode ?? exitCode})` : "runs";
    return `${how}: ${this.#output.trim().slice(0, 500)}`;
  }

  readonly #kill = () => {
    this.#child.kill("SIGKILL");
  };

  #end(why: string): void {
    this.#hasEnded = true;
    live.delete(this.#child);
    this.#output += why;
  }
}

/** Runs a short program to its end. @returns its standard output and error, or undefined when it is not there or fails */
export async function outputOf(
  program: string,
  args: readonly string[],
  limitMs = START_MS,
): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { timeout: limitMs });
    return stdout + stderr;
  } catch {
    return undefined;
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
