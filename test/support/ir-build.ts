// Builds programs of the IR by hand, short enough to be read beside the bytes they unpack.
import type { RejectKind, RejectReason } from "../../src/compiler/abi.ts";
import type {
  Cond,
  Expr,
  Fail,
  Found,
  KeyInfo,
  Op,
  Position,
  Program,
  Slot,
  SlotInfo,
  SuspendNeed,
  View,
} from "../../src/compiler/ir/ir.ts";

/** Spans matter to no consumer of a hand-made program. */
export const nowhere = { file: 0, start: 0, end: 0 };

/** Slots in the order in which they were declared. */
export interface SlotTable {
  readonly all: SlotInfo[];
  readonly integer: (name: string, lo: number, hi: number) => Slot;
  readonly position: (name: string, hi: number) => Slot;
  readonly flag: (name: string) => Slot;
  /** `<name>Found`, `<name>Offset`, `<name>Length`. */
  readonly found: (name: string, offsetMax: number, lengthMax: number) => Found;
}

export function createSlots(): SlotTable {
  const all: SlotInfo[] = [];
  const add = (name: string, lo: number, hi: number, role: SlotInfo["role"]) =>
    all.push({ name, lo, hi, role }) - 1;
  const position = (name: string, hi: number) => add(name, 0, hi, "position");
  const flag = (name: string) => add(name, 0, 1, "flag");
  return {
    all,
    position,
    flag,
    integer: (name, lo, hi) => add(name, lo, hi, "integer"),
    found: (name, offsetMax, lengthMax) => ({
      found: flag(`${name}Found`),
      offset: position(`${name}Offset`, offsetMax),
      length: add(`${name}Length`, 0, lengthMax, "integer"),
    }),
  };
}

/** A program with the rest filled in: no keys, restarted on NEED, up to 64 KiB. */
export function programOf(
  parts: Partial<Program> & { readonly slots: readonly SlotInfo[]; readonly body: readonly Op[] },
): Program {
  return {
    protocol: "Sample",
    source: "sample.frame",
    keys: [],
    reasons: [],
    resume: "restart",
    needMin: 1,
    frameMax: 65536,
    holdMax: 65536,
    dropMax: 65536,
    falseStartsMax: 0,
    scratchBytes: 0,
    scratchLiterals: [],
    needIsExact: false,
    class: "bounded walk",
    workPerByte: 2,
    impliedGuards: [],
    keyPlaces: [],
    ...parts,
  };
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "latin1"));
}

export function num(value: number): Expr {
  return { kind: "const", value };
}

export function ref(slot: Slot): Expr {
  return { kind: "slot", slot };
}

export function math(
  left: Expr | Slot,
  operator: Extract<Expr, { kind: "binary" }>["operator"],
  right: Expr | number,
): Expr {
  return {
    kind: "binary",
    operator,
    left: typeof left === "number" ? ref(left) : left,
    right: typeof right === "number" ? num(right) : right,
  };
}

/** `slot operator constant`, or of two expressions. */
export function test(
  left: Expr | Slot,
  operator: Extract<Cond, { kind: "compare" }>["operator"],
  right: Expr | number,
): Cond {
  return {
    kind: "compare",
    operator,
    left: typeof left === "number" ? ref(left) : left,
    right: typeof right === "number" ? num(right) : right,
  };
}

export function oneOf(slot: Slot, ...ranges: readonly (readonly [number, number])[]): Cond {
  return { kind: "in", value: ref(slot), ranges: ranges.map(([lo, hi]) => ({ lo, hi })) };
}

/** A constant position. */
export function at(offset: number): Position {
  return { base: null, offset };
}

/** The slot's position plus `offset`. */
export function from(base: Slot, offset = 0): Position {
  return { base, offset };
}

export function wire(start: Position, length: Expr | number): View {
  return { source: "wire", at: start, length: typeof length === "number" ? num(length) : length };
}

export function scratch(start: Position, length: Expr | number): View {
  return { ...wire(start, length), source: "scratch" };
}

/** The view that `found` names. */
export function foundView(found: Found, source: View["source"] = "wire"): View {
  return { source, at: from(found.offset), length: ref(found.length) };
}

export function reason(kind: RejectKind, field: string, rule = field): RejectReason {
  return { kind, field, rule };
}

export function reject(index: number, where: Position = at(0)): Fail {
  return { reason: index, at: where, resync: false };
}

export function falseStart(index: number, where: Position = at(0)): Fail {
  return { reason: index, at: where, resync: true };
}

export function rest(bytes: number, ...floors: readonly Position[]): SuspendNeed {
  return { rest: bytes, floors };
}

export function key(name: string, more: Partial<KeyInfo> = {}): KeyInfo {
  return {
    name,
    type: "text",
    minBytes: 0,
    maxBytes: 256,
    maxNumber: 0,
    mayBeMissing: false,
    ...more,
  };
}

export function open(start: string | null, need: number, more: Partial<OpenOp> = {}): Op {
  return {
    kind: "open",
    ignore: [],
    start: start === null ? null : ascii(start),
    atConnection: false,
    need,
    fail: null,
    span: nowhere,
    ...more,
  };
}

export function awaitTo(to: Position, ...need: readonly Position[]): Op {
  return { kind: "await", to, need: need.length === 0 ? [to] : need };
}

export function bound(to: Position, end: Position, fail: Fail): Op {
  return { kind: "bound", to, end, fail };
}

export function load(slot: Slot, place: Position, bytes: number, more: Partial<LoadOp> = {}): Op {
  return { kind: "load", slot, at: place, bytes, order: "big", signed: false, ...more };
}

export function calc(slot: Slot, value: Expr): Op {
  return { kind: "calc", slot, value };
}

export function guard(condition: Cond, fail: Fail): Op {
  return { kind: "guard", condition, fail };
}

export function setKey(index: number, view: View | null): Op {
  return {
    kind: "key",
    key: index,
    value: view === null ? { kind: "missing" } : { kind: "view", view },
  };
}

export function frame(length: Position): Op {
  return { kind: "verdict", verdict: { kind: "frame", length } };
}

export function choose(condition: Cond, whenTrue: readonly Op[], otherwise: readonly Op[]): Op {
  return { kind: "if", condition, then: whenTrue, else: otherwise };
}

/** A key from what was found, missing where nothing was. */
export function keyOfFound(index: number, found: Found, source: View["source"] = "wire"): Op {
  return choose(
    test(found.found, "==", 1),
    [setKey(index, foundView(found, source))],
    [setKey(index, null)],
  );
}

type OpenOp = Extract<Op, { kind: "open" }>;
type LoadOp = Extract<Op, { kind: "load" }>;
