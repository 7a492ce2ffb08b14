// Which listeners a worker knows: those it serves, and stopped ones only for as long as somebody of theirs is undecided.
import { expect, test } from "vitest";
import type { ServedListener } from "../../src/runtime/engine/linux/relay/context.ts";
import {
  forgetStopped,
  serveListener,
  stopListener,
} from "../../src/runtime/engine/linux/relay/serving.ts";

const FD = 7;
const OTHER_FD = 8;
const service = { fd: FD, isUnix: false, served: undefined };

/** What a worker serves; `release` lets the driver end what it was told to let go of. */
function startServing() {
  const listeners = new Map<number, ServedListener>();
  const told: string[] = [];
  const pending: (() => void)[] = [];
  const port = {
    listen: (fd: number, listener: number) => void told.push(`${listener} listens at ${fd}`),
    unlisten: (_: number, done: () => void) => void pending.push(done),
  };
  const serving = { listeners, port };
  return {
    listeners,
    told,
    serve: (index: number, fd = FD) => serveListener(serving, index, { ...service, fd }),
    stop: (index: number, fd = FD) =>
      stopListener(serving, index, fd, () => told.push(`${index} has let go of ${fd}`)),
    release() {
      for (const done of pending.splice(0)) done();
      forgetStopped(serving);
    },
    forget: () => forgetStopped(serving),
  };
}

test("a stopped one is forgotten once nothing of it can come any more", () => {
  const { listeners, told, serve, stop, forget, release } = startServing();
  serve(1);
  serve(2, OTHER_FD);
  stop(1);
  forget();
  expect([...listeners.keys()]).toEqual([1, 2]);
  release();
  expect([...listeners.keys()]).toEqual([2]);
  expect(told).toEqual(["1 listens at 7", "2 listens at 8", "1 has let go of 7"]);
});

test("however many come and go", () => {
  const { listeners, serve, stop, release } = startServing();
  for (let index = 1; index <= 1000; index++) {
    serve(index);
    stop(index);
    release();
  }
  expect(listeners.size).toBe(0);
});

test("one that has somebody undecided stays until there is a verdict", () => {
  const { listeners, serve, stop, forget, release } = startServing();
  serve(1);
  const listener = listeners.get(1);
  if (listener === undefined) throw new Error("it is not served");
  listener.oldest = 20;
  listener.newest = 20;
  stop(1);
  release();
  expect(listeners.get(1)).toBe(listener);
  listener.oldest = -1;
  listener.newest = -1;
  forget();
  expect(listeners.size).toBe(0);
});

test.for([
  ["the same socket", FD],
  ["another socket", OTHER_FD],
] as const)("one that is served again meanwhile, at %s, stays", ([, fd]) => {
  const { listeners, told, serve, stop, release } = startServing();
  serve(1);
  stop(1);
  serve(1, fd);
  release();
  expect(listeners.get(1)).toMatchObject({ fd, isStopped: false });
  expect(told).toEqual(["1 listens at 7", `1 listens at ${fd}`, "1 has let go of 7"]);
});
