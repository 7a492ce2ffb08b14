// Runs real programs for tests: starts them with their output kept, ends them by their own process id.
// Knows nothing of what they are.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { waitLimitMs, withDeadline } from "./deadline.ts";

/** Output kept of one program; what comes before is forgotten. In characters. */
const maxOutput = 1024 * 1024;

/** How long a program may take to end on SIGTERM before it is killed, in milliseconds. */
const graceMs = 5_000;

/** What to run. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** User and group it runs as; only root may say so. */
  readonly user?: number;
  /** Written to its standard input, which is then closed. Without it, standard input is empty. */
  readonly input?: string;
}

/** How a program ended: exit status or signal, the other being null. */
export interface Exit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program's end together with all it wrote. */
export interface Finished extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs until it is stopped. */
export class RunningProgram {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<Exit>;
  readonly #watchers = new Set<() => void>();
  #output = "";
  #hasEnded = false;

  constructor(name: string, command: Command) {
    this.name = name;
    this.#child = spawnCommand(command);
    const keep = (text: string) => this.#keep(text);
    this.#child.stdout?.setEncoding("utf8").on("data", keep);
    this.#child.stderr?.setEncoding("utf8").on("data", keep);
    this.#exited = exitOf(this.#child);
    process.once("exit", this.#kill);
    this.#exited.then(
      () => this.#end(),
      (error: unknown) => this.#end(String(error)),
    );
  }

  /** Standard output and error, as they came; at most the last MiB. */
  get output(): string {
    return this.#output;
  }

  /** Whether it has ended and all its output is here. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * Resolves once the output from character `after` on matches (take `output.length` before the deed that causes it);
   * rejects with the output when the program ends first or the wait is over.
   */
  async waitForOutput(pattern: RegExp, after = 0): Promise<RegExpExecArray> {
    const match = () => pattern.exec(this.#output.slice(after));
    const found = new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const result = match();
        if (result !== null) resolve(result);
        else if (this.#hasEnded)
          reject(new Error(`${this.name} ended before ${pattern}\n${this.#output}`));
        else return;
        this.#watchers.delete(look);
      };
      this.#watchers.add(look);
      look();
    });
    return await withDeadline(found, `${pattern} from ${this.name}`, () => this.#output);
  }

  /** Its process id; undefined where it could not be started. */
  get id(): number | undefined {
    return this.#child.pid;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** How it ended; rejects with its output when it still runs at the limit. */
  async ended(): Promise<Exit> {
    return await withDeadline(this.#exited, `the end of ${this.name}`, () => this.#output);
  }

  /** Ends it by SIGTERM, then SIGKILL; resolves when it is gone. Harmless when it has ended. */
  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    this.signal("SIGTERM");
    const late = setTimeout(this.#kill, graceMs);
    await this.#exited;
    clearTimeout(late);
  }

  readonly #kill = () => {
    this.#child.kill("SIGKILL");
  };

  #end(why = ""): void {
    this.#hasEnded = true;
    process.off("exit", this.#kill);
    this.#keep(why);
  }

  #keep(text: string): void {
    this.#output = (this.#output + text).slice(-maxOutput);
    this.#wake();
  }

  #wake(): void {
    for (const look of [...this.#watchers]) look();
  }
}

/** Runs a program to its end, whatever its status. Kills it and rejects at the limit; rejects when it cannot start. */
export async function runToEnd(command: Command, limitMs: number = waitLimitMs): Promise<Finished> {
  const child = spawnCommand(command);
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const name = `${command.program} ${command.args.join(" ")}`;
  try {
    const exit = await withDeadline(
      exitOf(child),
      `the end of ${name}`,
      () => stdout + stderr,
      limitMs,
    );
    return { ...exit, stdout, stderr };
  } finally {
    child.kill("SIGKILL");
  }
}

/** Like `runToEnd`, but only a status of 0 is accepted; gives the standard output. */
export async function runSuccessfully(command: Command): Promise<string> {
  const { status, stdout, stderr } = await runToEnd(command);
  if (status === 0) return stdout;
  throw new Error(
    `${command.program} ${command.args.join(" ")}: status ${status}\n${stdout}${stderr}`,
  );
}

function spawnCommand({ program, args, cwd, env, user, input }: Command): ChildProcess {
  const child = spawn(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    ...(user === undefined ? {} : { uid: user, gid: user }),
    env: { ...process.env, LC_ALL: "C", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined); // it may end without reading its input
  child.stdin.end(input ?? "");
  return child;
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  await once(child, "close"); // not "exit": the last output comes with "close"; rejects on "error" (cannot start)
  return { status: child.exitCode, signal: child.signalCode };
}
