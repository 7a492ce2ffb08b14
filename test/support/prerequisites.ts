// Suites that need something a plain machine may lack (a Debian program, a folder of captures).
// Without it they skip and say why; in CI, where it was installed, its absence is a failure.
// Knows nothing of what the suites test.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";

/** A thing a suite needs: what it is, whether it is here, and which variable turns its absence into a failure. */
export interface Prerequisite {
  readonly name: string;
  readonly isPresent: boolean;
  /** How to get it, one clause. */
  readonly mend: string;
  /** Environment variable; set to `1`, an absent prerequisite fails the suite. */
  readonly requiredBy: string;
}

/** The full path of `program` on `PATH` (and in the two `sbin` folders, where Debian puts daemons), or undefined. */
function findProgram(program: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

/** The full path of `program`, for use inside a suite that named it as prerequisite; throws when it is absent. */
export function programPath(program: string): string {
  const path = findProgram(program);
  if (path === undefined) throw new Error(`${program} is not installed`);
  return path;
}

/** A program from a Debian package as prerequisite. */
export function debianProgram(program: string, debianPackage: string): Prerequisite {
  return {
    name: program,
    isPresent: findProgram(program) !== undefined,
    mend: `apt-get install ${debianPackage}`,
    requiredBy: "WAYBILL_REQUIRE_CLIENTS",
  };
}

/**
 * `describe(name, body)` if everything needed is here. Otherwise `body` is never called: the suite is one skipped test
 * that names what is missing, or one failing test where the environment requires it.
 */
export function describeWith(
  name: string,
  needed: readonly Prerequisite[],
  body: () => void,
): void {
  const missing = needed.filter((prerequisite) => !prerequisite.isPresent);
  if (missing.length === 0) {
    describe(name, body);
    return;
  }
  const reason = missing.map(({ name, mend }) => `${name} is missing (${mend})`).join(", ");
  const isRequired = missing.some(({ requiredBy }) => process.env[requiredBy] === "1");
  describe(name, () => {
    if (isRequired) {
      test("its prerequisites are installed", () => expect.unreachable(reason));
    } else {
      process.stderr.write(`SKIPPED ${name}: ${reason}\n`);
      test.skip(`skipped: ${reason}`, () => undefined);
    }
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
