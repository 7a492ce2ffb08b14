// A folder of its own for the tests of one file, gone again at their end.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Made at once, removed after the tests of the file. `write` gives the full path of what it wrote. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "waybill-cli-"));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write: (name: string, content: string | Uint8Array): string => {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
  };
}
