// Where a frame begins: marks, ignored literals, junk, and what becomes of a mark that does not stand at a connection's
// first byte.
import { expect, test } from "vitest";
import type { Outcome } from "../../../../src/compiler/ir/interpret/outcome.ts";
import { interpretStream } from "../../../../src/compiler/ir/interpret/stream.ts";
import { interpret } from "../../../../src/compiler/ir/interpret.ts";
import type { Program } from "../../../../src/compiler/ir/ir.ts";
import {
  ascii,
  at,
  awaitTo,
  falseStart,
  frame,
  open,
  programOf,
  reason,
  reject,
} from "../../../support/ir-build.ts";

const reasons = [reason("mark", "start")];

/** Frames of four bytes that begin with `start`. */
function program(start: string | null, more: Parameters<typeof open>[2] = {}): Program {
  return programOf({
    slots: [],
    reasons,
    body: [open(start, 4, more), awaitTo(at(4)), frame(at(4))],
  });
}

const need = (missing: number): Outcome => ({ kind: "need", missing });
const frameOf4: Outcome = { kind: "frame", length: 4, keys: [] };
const rejected: Outcome = { kind: "reject", reason: 0, offset: 0 };

function drop(bytes: number, cause: "junk" | "ignored"): Outcome {
  return { kind: "drop", bytes, cause, reason: null };
}

const resync = program("##");
const atConnection = program("##", { atConnection: true, fail: reject(0) });
const strict = program("##", { fail: reject(0) });
const falseStarts = program("##", { fail: falseStart(0) });
const ignoring = program("##", { ignore: [ascii("\r\n"), ascii("\r"), ascii("#!")] });
const unmarked = program(null, { ignore: [ascii("\0\0")] });

const cases: readonly (readonly [string, Program, string, Outcome])[] = [
  ["nothing", resync, "", need(4)],
  ["a part of the mark", resync, "#", need(3)],
  ["the mark", resync, "##", need(2)],
  ["the frame", resync, "##ab", frameOf4],
  ["the frame and more", resync, "##ab##", frameOf4],
  ["junk alone", resync, "abc", drop(3, "junk")],
  ["junk before a mark", resync, "abc##", drop(3, "junk")],
  ["junk before a part of the mark", resync, "abc#", drop(3, "junk")],
  ["junk that begins like the mark", resync, "#a##", drop(2, "junk")],
  ["junk with a lone part inside", resync, "a#b##", drop(3, "junk")],
  ["at connection: a part", atConnection, "#", need(3)],
  ["at connection: something else", atConnection, "a", rejected],
  ["at connection: a part, then something else", atConnection, "#a", rejected],
  ["at connection: a mark that comes late", atConnection, "a##b", rejected],
  ["no resync: something else", strict, "a##b", rejected],
  ["resync with a failure of its own: junk", falseStarts, "ab##", drop(2, "junk")],
  ["ignored", ignoring, "\r\n##", drop(2, "ignored")],
  ["ignored, one by one", ignoring, "\r\n\r\n", drop(2, "ignored")],
  ["a part of what is ignored holds back a shorter one", ignoring, "\r", need(3)],
  ["the shorter one, once the longer is ruled out", ignoring, "\r#", drop(1, "ignored")],
  ["what is ignored may begin like the mark", ignoring, "#", need(3)],
  ["and is found behind it", ignoring, "#!##", drop(2, "ignored")],
  ["junk ends where something ignored stands", ignoring, "ab\r\n##", drop(2, "junk")],
  ["or may once more comes", ignoring, "ab\r", drop(2, "junk")],
  ["no mark: ignored", unmarked, "\0\0abcd", drop(2, "ignored")],
  ["no mark: a part of what is ignored", unmarked, "\0", need(3)],
  ["no mark: it was none", unmarked, "\0abc", frameOf4],
  ["no mark: nothing", unmarked, "", need(4)],
];

test.for(cases)("%s", ([, which, input, outcome]) => {
  expect(interpret(which, ascii(input))).toEqual(outcome);
});

test("NEED says 1 at least, though more than the smallest frame is there", () => {
  const longIgnored = program("##", { ignore: [ascii("#ignore me")] });
  expect(interpret(longIgnored, ascii("#ignore"))).toEqual(need(1));
});

test("in a stream, drops of one cause add up and ignored bytes end them", () => {
  const events = interpretStream(ignoring, ascii("xy#z\r\nq##ab\r"));
  expect(events).toEqual([
    { kind: "drop", at: 0, bytes: 4, cause: "junk", reason: null },
    { kind: "drop", at: 4, bytes: 2, cause: "ignored", reason: null },
    { kind: "drop", at: 6, bytes: 1, cause: "junk", reason: null },
    { kind: "frame", at: 7, length: 4, keys: [] },
    { kind: "need", at: 11, missing: 3 },
  ]);
});
