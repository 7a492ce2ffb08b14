// Loads a hand-written unpack: an ES module of the user's. The one place where the runtime runs code that it
// did not make.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { exportedUnpack } from "../routing/hand-written.ts";
import type { ModuleLoad } from "./loader.ts";

/** Imports it anew where its text has changed; a text that was loaded before is taken from Node's cache. */
export async function loadUnpackFile(path: string): Promise<ModuleLoad> {
  try {
    const file = resolve(path);
    const url = pathToFileURL(file);
    // Node never forgets a module: its address has to tell texts apart.
    url.searchParams.set("sha1", createHash("sha1").update(readFileSync(file)).digest("hex"));
    const loaded: unknown = await import(url.href);
    const unpack = exportedUnpack(loaded);
    if (unpack !== undefined) return { kind: "ok", unpack, url: url.href };
    return { kind: "failed", reason: "it exports no function unpack" };
  } catch (error) {
    return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}
