// What can be said of a program without following its paths: indexes, literals, and which operation may stand where.

import type { Fail, Op, Program, Range } from "../ir.ts";
import { bodiesOf, everyOp, slotsRead, slotsSet } from "../passes/access.ts";
import { printOps } from "../print/operations.ts";
import { phrasesOf } from "../print/phrases.ts";

type Report = (problem: string) => void;

/** The problems of a program's shape, in order. */
export function structureProblems(program: Program): readonly string[] {
  const problems: string[] = [];
  checkTables(program, (problem) => problems.push(problem));
  const phrases = phrasesOf(program);
  const reportAt = (op: Op) => (problem: string) =>
    problems.push(`${printOps([op], phrases)[0]}: ${problem}`);
  for (const op of everyOp(program.body)) {
    checkIndexes(program, op, reportAt(op));
    checkOp(program, op, reportAt(op));
    if (op.kind === "open" && op !== program.body[0]) reportAt(op)("it does not stand first");
  }
  checkOrder(program.body, 0, reportAt);
  return problems;
}

/** Whether no path gets behind the operation. */
function isEnd(op: Op): boolean {
  if (op.kind === "verdict" || op.kind === "fail" || op.kind === "leave") return true;
  if (op.kind !== "if" && op.kind !== "switch") return false;
  return bodiesOf(op).every((body) => body.some(isEnd));
}

/** Nothing stands behind an end, and `leave` only inside of loops. */
function checkOrder(ops: readonly Op[], loops: number, reportAt: (op: Op) => Report): void {
  for (const [index, op] of ops.entries()) {
    const previous = ops[index - 1];
    if (previous !== undefined && isEnd(previous)) reportAt(op)("no path gets here");
    if (op.kind === "leave" && loops === 0) reportAt(op)("there is no loop to leave");
    const depth = op.kind === "loop" ? loops + 1 : loops;
    for (const body of bodiesOf(op)) checkOrder(body, depth, reportAt);
  }
}

function checkTables(program: Program, report: Report): void {
  const names = new Set(program.slots.map(({ name }) => name));
  if (names.size < program.slots.length) report("two slots have the same name");
  for (const { name, lo, hi } of program.slots) {
    const isInterval = Number.isSafeInteger(lo) && Number.isSafeInteger(hi) && lo <= hi;
    if (!isInterval) report(`slot ${name} has the interval ${lo}..${hi}`);
    if (!/^[A-Za-z_$][\w$]*$/.test(name)) report(`slot ${name} is no identifier`);
  }
  for (const { at, bytes } of program.scratchLiterals) {
    const isInside = at >= 0 && at + bytes.length <= program.scratchBytes;
    if (!isInside) report(`the literal at ${at} lies outside of scratch`);
  }
  if (program.needMin < 1) report(`needMin is ${program.needMin}`);
  if (program.needMin > program.frameMax) report("needMin is above frameMax");
  if (program.resume === "state" && program.needIsExact && program.class === "affine") {
    report("an affine program needs no state");
  }
}

function checkIndexes(program: Program, op: Op, report: Report): void {
  const set = slotsSet(op);
  if (new Set(set).size < set.length) report("it sets a slot twice");
  const slots = [...set, ...slotsRead(op)];
  if (slots.some((slot) => program.slots[slot] === undefined)) report("a slot does not exist");
  for (const fail of failsOf(op)) {
    if (program.reasons[fail.reason] === undefined) report(`there is no reason ${fail.reason}`);
    if (fail.resync && program.dropMax === 0) report("it resyncs where nothing may be dropped");
  }
  if (op.kind !== "key") return;
  const key = program.keys[op.key];
  if (key === undefined) report(`there is no key ${op.key}`);
  else if (
    op.value.kind !== "missing" &&
    (op.value.kind === "integer") !== (key.type === "integer")
  )
    report(`key ${key.name} is ${key.type}`);
}

function checkOp(program: Program, op: Op, report: Report): void {
  switch (op.kind) {
    case "open":
      checkOpen(program, op, report);
      return;
    case "load":
      if (!Number.isInteger(op.bytes) || op.bytes < 1 || op.bytes > 8) report("1 to 8 bytes");
      if (op.bytes > 6 !== (op.overflow !== undefined)) {
        report("what becomes of an overflow is said for 7 and 8 bytes only");
      }
      return;
    case "varint":
      if (!Number.isInteger(op.most) || op.most < 1) report("it has no bytes");
      return;
    case "scan":
      if (op.marks.length === 0 || op.marks.some(({ length }) => length === 0)) report("no mark");
      if (hasPrefix(op.marks)) report("a mark is a prefix of another");
      if (!Number.isSafeInteger(op.max) || op.max < 0) report(`max is ${op.max}`);
      return;
    case "switch":
      checkRanges(
        op.arms.flatMap(({ ranges }) => ranges),
        report,
      );
      return;
    case "loop":
      checkLoop(program, op, report);
      return;
    case "piece":
    case "pair":
      if (op.separator.length === 0) report("the separator is empty");
      if (op.kind === "pair" && op.assign.length === 0) report("the assignment is empty");
      if (op.kind === "pair") checkDuplicate(op, report);
      return;
    case "header":
      checkDuplicate(op, report);
      return;
    case "rewrite":
      if (!Number.isInteger(op.at) || op.at < 0) report(`scratch has no place ${op.at}`);
      return;
    default:
      return;
  }
}

function checkOpen(program: Program, op: Extract<Op, { kind: "open" }>, report: Report): void {
  const literals = op.start === null ? op.ignore : [op.start, ...op.ignore];
  if (literals.some(({ length }) => length === 0)) report("a literal is empty");
  if (op.need < (op.start?.length ?? 0)) report("less is needed than the mark");
  if (op.atConnection && op.fail === null) report("at connection, with no failure");
  const dropsJunk = op.start !== null && (op.fail === null || op.fail.resync);
  if (dropsJunk && !op.atConnection && program.dropMax === 0) report("dropMax is 0");
}

function checkLoop(program: Program, op: Extract<Op, { kind: "loop" }>, report: Report): void {
  if (!Number.isSafeInteger(op.most) || op.most < 0) report(`most is ${op.most}`);
  const index = program.slots[op.index];
  if (index !== undefined && (index.lo > 0 || index.hi < op.most)) {
    report(`the index goes from 0 to ${op.most}`);
  }
  for (const inner of everyOp(op.body)) {
    if (slotsSet(inner).includes(op.index)) report("the body sets the index");
  }
}

function checkDuplicate(op: Extract<Op, { kind: "pair" | "header" }>, report: Report): void {
  if ((op.which === "only") !== (op.duplicate !== null)) {
    report("a second match fails under `only`, and there alone");
  }
}

function checkRanges(ranges: readonly Range[], report: Report): void {
  const sorted = ranges.toSorted((left, right) => left.lo - right.lo);
  const isDisjoint = sorted.every(
    ({ lo, hi }, index) => lo <= hi && lo > (sorted[index - 1]?.hi ?? -Infinity),
  );
  if (!isDisjoint) report("ranges overlap");
}

function hasPrefix(marks: readonly Uint8Array[]): boolean {
  return marks.some((mark, index) =>
    marks.some((other, at) => at !== index && mark.every((byte, i) => other[i] === byte)),
  );
}

function failsOf(op: Op): readonly Fail[] {
  switch (op.kind) {
    case "open":
    case "bound":
    case "guard":
    case "fail":
    case "digits":
    case "scan":
      return op.fail === null ? [] : [op.fail];
    case "load":
      return op.overflow === undefined ? [] : [op.overflow];
    case "varint":
      return op.extent.kind === "window" ? [op.fail, op.extent.short] : [op.fail];
    case "loop":
      return [op.overrun];
    case "pair":
    case "header":
      return op.duplicate === null ? [] : [op.duplicate];
    default:
      return [];
  }
}
