// Tells when one of some files has changed. Folders are watched, not files: editors and configuration mounts
// replace a file, or a link above it, by another one.

import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../clock.ts";

/** Quiet time after the last event before files are looked at: a copy in progress must end. */
export const WATCH_SETTLE_MS = 200;
/** Folders watched at most. */
const FOLDERS_MAX = 256;

export interface FileWatch {
  /** The state of the watched files: to be taken before they are read. */
  mark(): FileStates;
  /** Watches these files from now on. One that has changed since `since` was taken counts as changed. */
  update(files: readonly string[], since: FileStates): void;
  close(): void;
}

/** What tells two states of a file apart without reading it, by path. */
export type FileStates = ReadonlyMap<string, string>;

export interface WatchOptions {
  readonly clock: Clock;
  readonly onChange: () => void;
  /** A folder could not be watched, or is no longer. */
  readonly onTrouble: (folder: string, code: string) => void;
}

export function watchFiles({ clock, onChange, onTrouble }: WatchOptions): FileWatch {
  const folders = new Map<string, FSWatcher>();
  let seen: FileStates = new Map();
  let cancel: (() => void) | undefined;

  const look = () => {
    cancel = undefined;
    const now = statesOf(seen.keys());
    const hasChanged = [...now].some(([file, state]) => seen.get(file) !== state);
    seen = now;
    if (hasChanged) onChange();
  };
  const onEvent = () => {
    cancel?.();
    cancel = clock.after(WATCH_SETTLE_MS, look);
  };
  const open = (folder: string) => {
    try {
      const watcher = watch(folder, { persistent: false }, onEvent);
      watcher.on("error", (error: NodeJS.ErrnoException) => onTrouble(folder, error.code ?? ""));
      folders.set(folder, watcher);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
      onTrouble(folder, code);
    }
  };

  return {
    mark: () => statesOf(seen.keys()),
    update(files, since) {
      seen = new Map(files.map((file) => [file, since.get(file) ?? stateOf(file)]));
      const wanted = new Set(files.map((file) => dirname(file)).slice(0, FOLDERS_MAX));
      for (const [folder, watcher] of folders) {
        if (wanted.has(folder)) continue;
        watcher.close();
        folders.delete(folder);
      }
      for (const folder of wanted) if (!folders.has(folder)) open(folder);
      if (seen.size > 0) onEvent();
    },
    close() {
      cancel?.();
      for (const watcher of folders.values()) watcher.close();
      folders.clear();
    },
  };
}

function statesOf(files: Iterable<string>): FileStates {
  return new Map([...files].map((file) => [file, stateOf(file)]));
}

/** Links are followed. */
function stateOf(file: string): string {
  try {
    const { dev, ino, size, mtimeMs } = statSync(file);
    return `${dev} ${ino} ${size} ${mtimeMs}`;
  } catch {
    return "missing";
  }
}
