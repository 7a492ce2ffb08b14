// What main hears of connections when it lags: ends are counted whatever is lost, and the loss is told.
import { expect, onTestFinished, test } from "vitest";
import { Hearing } from "../../src/runtime/engine/linux/main/hearing.ts";
import { KeptPlans } from "../../src/runtime/engine/linux/main/kept-plans.ts";
import {
  RECORD,
  RECORD_RING_BYTES,
  RecordRing,
} from "../../src/runtime/engine/linux/relay/records.ts";
import {
  clientTableBytes,
  LISTENER_COUNT_BYTES,
  SharedLimits,
} from "../../src/runtime/engine/linux/relay/shared-limits.ts";
import { SESSION, SESSION_WORDS } from "../../src/runtime/engine/linux/relay/table.ts";
import { Tally, tallyBytes } from "../../src/runtime/engine/linux/relay/tally.ts";
import { TestJournal } from "../runtime/support/journal.ts";

/** More than the ring holds. */
const RECORDS = 10_000;

test("records that find no room are told of as a number, once a period", () => {
  const journal = new TestJournal();
  const records = new RecordRing(new SharedArrayBuffer(RECORD_RING_BYTES));
  const tally = new Tally(new SharedArrayBuffer(tallyBytes()));
  const lost: number[] = [];
  const hearing = new Hearing({
    journal,
    limits: new SharedLimits(
      new SharedArrayBuffer(LISTENER_COUNT_BYTES),
      new SharedArrayBuffer(clientTableBytes(1)),
    ),
    plans: new KeptPlans(() => true),
    connects: new Int32Array(1),
    workers: () => [{ records, tally }],
    listeners: () => [],
    lost: (count) => lost.push(count),
  });
  onTestFinished(() => hearing.stop());
  const words = new Int32Array(SESSION_WORDS);
  words[SESSION.kind] = RECORD.acceptFailed;
  const writeAll = () => {
    let refused = 0;
    for (let each = 0; each < RECORDS; each++) if (!records.write(words, 0)) refused += 1;
    return refused;
  };
  const refused = writeAll();
  expect(refused).toBeGreaterThan(0);
  hearing.all();
  expect(journal.acceptFailures).toHaveLength(RECORDS - refused);
  expect(lost).toEqual([refused]);
  writeAll();
  hearing.all();
  // The second loss waits for its period.
  expect(lost).toEqual([refused]);
});
