// A worker whose machine refuses to watch descriptors for a while, as one does where fs.epoll.max_user_watches is used up.

const built = (path: string) =>
  new URL(`../../../dist/runtime/engine/linux/${path}`, import.meta.url).href;

/** What is not watched: connections, or sockets that listen. */
export type Unwatchable = "connection" | "listener";

/** How the driver asks for each: edge-triggered, or waking one worker only. */
const MARKS: Readonly<Record<Unwatchable, number>> = { connection: 1 << 31, listener: 1 << 28 };

/** A worker's entry: the first `failures` attempts to watch a `kind` end with ENOSPC. */
export function unwatchableEntry(kind: Unwatchable, failures: number): URL {
  const script = `import koffi from ${JSON.stringify(import.meta.resolve("koffi"))};
const load = koffi.load;
let left = ${failures};
let errnoWord;
koffi.load = (...path) => {
  const library = load(...path);
  const func = (declaration) => {
    const call = library.func(declaration);
    if (!declaration.includes(" epoll_ctl(")) return call;
    return (epoll, operation, fd, event) => {
      const events = new Int32Array(koffi.view(BigInt(event), 4))[0];
      if (operation !== 1 || (events & ${MARKS[kind]}) === 0 || left === 0) return call(epoll, operation, fd, event);
      left -= 1;
      errnoWord[0] = 28;
      return -1;
    };
  };
  return { func };
};
({ errnoWord } = await import("${built("kernel/library.js")}"));
await import("${built("worker/worker.js")}");`;
  return new URL(`data:text/javascript,${encodeURIComponent(script)}`);
}
