// A log whose reader is slow, stopped or gone, or whose disk is full: a pipe with a name is all of these by turns.
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { LOG_BYTES_MAX, LogOutput } from "../../../src/runtime/log/log-output.ts";
import { untilTrue, withDeadline } from "../../support/deadline.ts";

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;
const LINE = `${"x".repeat(999)}\n`;

function openHere(path: string, flags: number): number {
  const fd = openSync(path, flags | O_NONBLOCK);
  onTestFinished(() => {
    try {
      closeSync(fd);
    } catch {
      // The test has closed it.
    }
  });
  return fd;
}

function namedPipe(): string {
  const folder = mkdtempSync(join(tmpdir(), "waybill-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "log");
  execFileSync("mkfifo", [path]);
  return path;
}

/** What waits in the pipe; "" where it is empty. */
function readAll(fd: number): string {
  const buffer = Buffer.alloc(1 << 20);
  let text = "";
  try {
    for (;;) {
      const length = readSync(fd, buffer);
      if (length === 0) return text;
      text += buffer.toString("latin1", 0, length);
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return text;
    throw error;
  }
}

function outputTo(fd: number) {
  const lost: (readonly [number, string | undefined])[] = [];
  const output = new LogOutput({ fd, onLost: (...told) => void lost.push(told) });
  return { output, lost };
}

describe.runIf(process.platform === "linux")("the log", () => {
  test("a slow reader gets every line, in order", async () => {
    const fd = openHere(namedPipe(), O_RDWR);
    const { output, lost } = outputTo(fd);
    let sent = "";
    for (let line = 0; line < 5000; line++) {
      const text = `${line} ${"é".repeat(line % 60)}\n`;
      sent += text;
      output.write(text);
    }
    let got = "";
    await untilTrue(
      () => {
        got += readAll(fd);
        return Promise.resolve(got.length >= Buffer.byteLength(sent));
      },
      "all lines",
      () => `${got.length} bytes`,
    );
    expect(Buffer.from(got, "latin1").toString()).toBe(sent);
    expect(lost).toEqual([]);
  });

  test("a line alone is not kept back", async () => {
    const fd = openHere(namedPipe(), O_RDWR);
    const { output } = outputTo(fd);
    output.write("one\n");
    await untilTrue(() => Promise.resolve(readAll(fd) === "one\n"), "the line");
    output.write("two\n");
    await untilTrue(() => Promise.resolve(readAll(fd) === "two\n"), "the next");
  });

  test("a stopped reader costs lines, which are told once it reads again", async () => {
    const fd = openHere(namedPipe(), O_RDWR);
    const { output, lost } = outputTo(fd);
    const fit = Math.floor(LOG_BYTES_MAX / LINE.length);
    for (let line = 0; line < fit + 7; line++) output.write(LINE);
    expect(lost).toEqual([]);
    let got = 0;
    await untilTrue(
      () => {
        got += readAll(fd).length;
        return Promise.resolve(got === fit * LINE.length);
      },
      "what was kept",
      () => `${got} bytes`,
    );
    expect(lost).toEqual([[7, undefined]]);
  });

  test("ends do not wait for a stopped reader", async () => {
    const fd = openHere(namedPipe(), O_RDWR);
    const { output } = outputTo(fd);
    for (let line = 0; line < 1000; line++) output.write(LINE);
    await withDeadline(output.flush(), "the end of the log");
    output.flushSync();
    let got = 0;
    await untilTrue(
      () => {
        got += readAll(fd).length;
        return Promise.resolve(got === 1000 * LINE.length);
      },
      "what was kept",
      () => `${got} bytes`,
    );
  });

  test("an end writes what waits, at once or in the background", async () => {
    const fd = openHere(namedPipe(), O_RDWR);
    const { output } = outputTo(fd);
    output.write("one\n");
    await output.flush();
    expect(readAll(fd)).toBe("one\n");
    output.write("two\n");
    output.flushSync();
    expect(readAll(fd)).toBe("two\n");
  });

  test("a full disk is no error", async () => {
    // Not closed: it goes on trying, and the number would be another file's.
    const { output } = outputTo(openSync("/dev/full", O_WRONLY));
    for (let line = 0; line < 100; line++) output.write(LINE);
    await withDeadline(output.flush(), "the end of the log");
    output.flushSync();
    output.write(LINE);
  });

  test("a reader that was gone and comes back reads on; what found no room is told with its reason", async () => {
    const path = namedPipe();
    const first = openHere(path, O_RDONLY);
    const { output, lost } = outputTo(openHere(path, O_WRONLY));
    output.write("before\n");
    await untilTrue(() => Promise.resolve(readAll(first) === "before\n"), "the first line");
    closeSync(first);
    const fit = Math.floor(LOG_BYTES_MAX / LINE.length);
    for (let line = 0; line < fit + 3; line++) output.write(LINE);
    await withDeadline(output.flush(), "a failure");
    const second = openHere(path, O_RDONLY);
    let got = 0;
    await untilTrue(
      () => {
        got += readAll(second).length;
        return Promise.resolve(got === fit * LINE.length);
      },
      "what was kept",
      () => `${got} bytes`,
    );
    expect(lost).toEqual([[3, "EPIPE"]]);
  });
});
