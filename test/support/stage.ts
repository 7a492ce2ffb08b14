// What one test suite sets up: a temporary folder and running programs, all gone again at its end.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { untilTrue } from "./deadline.ts";
import { accepts } from "./port.ts";
import { type Command, RunningProgram } from "./program.ts";

/** Create with `Stage.open()` before the tests; `close()` ends all it started, the last first, and removes its folder. */
export class Stage {
  readonly folder: string;
  readonly #programs: RunningProgram[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<Stage> {
    return new Stage(await mkdtemp(join(tmpdir(), "waybill-test-")));
  }

  /** Writes a file into the folder and gives its full path. */
  async write(name: string, content: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, content);
    return path;
  }

  /** Starts a program in the folder; it is ended when the stage closes. */
  start(name: string, command: Command): RunningProgram {
    const program = new RunningProgram(name, { cwd: this.folder, ...command });
    this.#programs.push(program);
    return program;
  }

  /** Starts a program and waits until it accepts connections on this port of 127.0.0.1; rejects when it ends before. */
  async startServer(name: string, port: number, command: Command): Promise<RunningProgram> {
    const program = this.start(name, command);
    const isReady = async () => {
      if (program.hasEnded) throw new Error(`${name} ended at once\n${program.output}`);
      return await accepts(port);
    };
    await untilTrue(isReady, `${name} on port ${port}`, () => program.output);
    return program;
  }

  async close(): Promise<void> {
    for (const program of this.#programs.reverse()) await program.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
