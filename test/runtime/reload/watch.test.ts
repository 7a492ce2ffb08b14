// Which folders are watched: those of the files that are wanted now, and no others.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { WATCH_SETTLE_MS, watchFiles } from "../../../src/runtime/reload/watch.ts";
import { untilTrue } from "../../support/deadline.ts";
import { ManualClock } from "../support/manual-clock.ts";

/** Counts what is to be called later: every event of a watched folder is. */
class CountingClock extends ManualClock {
  planned = 0;

  override after(ms: number, call: () => void): () => void {
    this.planned += 1;
    return super.after(ms, call);
  }
}

function start() {
  const root = mkdtempSync(join(tmpdir(), "waybill-watch-"));
  const clock = new CountingClock();
  let changes = 0;
  const watch = watchFiles({
    clock,
    onChange: () => {
      changes += 1;
    },
    onTrouble: (folder, code) => expect.unreachable(`${folder}: ${code}`),
  });
  onTestFinished(() => {
    watch.close();
    rmSync(root, { recursive: true });
  });
  const folder = (name: string) => {
    mkdirSync(join(root, name));
    return join(root, name);
  };
  const settled = () => {
    clock.advance(WATCH_SETTLE_MS);
    return changes;
  };
  return { watch, clock, folder, settled };
}

test("a file that changes is told once, when all is quiet", async () => {
  const { watch, clock, folder, settled } = start();
  const file = join(folder("a"), "x.frame");
  writeFileSync(file, "one");
  watch.update([file], watch.mark());
  expect(settled()).toBe(0);
  const { planned } = clock;
  writeFileSync(file, "another");
  await untilTrue(() => Promise.resolve(clock.planned > planned), "the change to be noticed");
  expect(settled()).toBe(1);
  expect(settled()).toBe(1);
});

// One queue of the kernel for all folders: what happened in the first would come before what happened in the second.
test.runIf(process.platform === "linux")("a folder no longer wanted is let go", async () => {
  const { watch, clock, folder, settled } = start();
  const [left, wanted] = [folder("a"), folder("b")];
  watch.update([join(left, "x.frame")], watch.mark());
  watch.update([join(wanted, "y.frame")], watch.mark());
  settled();
  const { planned } = clock;
  mkdirSync(join(left, "new"));
  mkdirSync(join(wanted, "new"));
  await untilTrue(() => Promise.resolve(clock.planned > planned), "the folder that is watched");
  expect(clock.planned).toBe(planned + 1);
});
