// What a call to the kernel failed with is read before anything else of the thread can fail.
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

const folder = fileURLToPath(new URL("../../src/runtime/engine/linux/kernel/", import.meta.url));

/** A call, and its errno right behind it: nothing is entered in between. */
const readAtOnce =
  /= [\w.#]+\([^;()]*\);\s*(?:if \([^;()]* < 0\) (?:return -\(|\{\s*const errno = )|return \w+ < 0 \? -?\(|const errno = )errnoWord\[0\]/g;
const read = /\b(?:koffi\.errno|errnoWord\[)/g;

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

describe("errno", () => {
  const files = readdirSync(folder).map((name) => [name, readFileSync(folder + name, "utf8")]);

  test.for(files)("is read right behind the call: %s", ([, text = ""]) => {
    expect(count(text, readAtOnce)).toBe(count(text, read));
  });

  test.for([
    [
      "const answer = calls.listen(fd, 1);\n  return answer < 0 ? -(errnoWord[0] as number) : answer;",
      1,
    ],
    [
      "const answer = calls.listen(fd, 1);\n  unmap(memory);\n  const errno = errnoWord[0] as number;",
      0,
    ],
    ["return result(calls.listen(fd, 1), errnoWord[0]);", 0],
  ] as const)("%s", ([text, found]) => {
    expect(count(text, readAtOnce)).toBe(found);
    expect(count(text, read)).toBe(1);
  });
});

test.runIf(process.platform === "linux")("is what the call failed with", async () => {
  const { receiveBytes } = await import("../../src/runtime/engine/linux/kernel/socket.ts");
  const { errnoName } = await import("../../src/runtime/engine/linux/kernel/errno.ts");
  const file = openSync(fileURLToPath(import.meta.url), "r");
  onTestFinished(() => closeSync(file));
  const names = [-1, file, -1].map((fd) => errnoName(-receiveBytes(fd, 0, 0)));
  expect(names).toEqual(["EBADF", "ENOTSOCK", "EBADF"]);
});
