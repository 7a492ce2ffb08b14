// A program as the text of an ES module that imports nothing: `meta`, `scratch` and `unpack`. All decisions are in the
// program; here they are only spelled.

import { assert } from "../../../base/assert.ts";
import type { Op, Program, Slot } from "../../ir/ir.ts";
import { metaOf } from "../../ir/meta.ts";
import { everyOp, slotsSet } from "../../ir/passes/access.ts";
import { fold } from "../../ir/passes/fold.ts";
import { searchesWithinPresent } from "../../ir/passes/present-bytes.ts";
import { neededSlots, removeUnused } from "../../ir/passes/remove-unused.ts";
import { freshNames } from "../names.ts";
import { planDeclarations } from "./declarations.ts";
import { isReading } from "./field-comment.ts";
import { createModuleScope, type ModuleScope } from "./module-scope.ts";
import { printModule } from "./print.ts";
import { RESERVED_WORDS } from "./reserved-words.ts";
import { makeResumableBody, type ResumableBody } from "./resumable-body.ts";
import { sequenceStatements } from "./statements.ts";
import {
  blank,
  call,
  comment,
  construct,
  declare,
  giveBack,
  type Js,
  js,
  member,
  type Statement,
  subtract,
  text,
} from "./tree.ts";
import {
  BUFFER,
  createUnpackScope,
  END,
  type Locate,
  type ModuleParts,
  OWN_NAMES,
  PRESENT,
  START,
  WORDS,
} from "./unpack-scope.ts";
import { needRoutine } from "./verdict-routines.ts";

/** What the program itself does not know of its making. */
export interface Making {
  /** The compiler's version. */
  readonly version?: string;
  /** `file:line` of a place in the description. */
  readonly locate?: Locate;
}

const META = "meta";
const SCRATCH = "scratch";
const UNPACK = "unpack";

/** The module's text. The same program and making give the same text. */
export function generateJavaScript(program: Program, making: Making = {}): string {
  const simple = removeUnused(fold(program));
  const parts = modulePartsOf(simple, making, readingsOf(program.body));
  const body = unpackBody(parts);
  const meta = metaOf(program, body.stateWords);
  return printModule([
    ...headerStatements(program, making),
    blank,
    exported(META, recordJs(meta)),
    blank,
    ...scratchStatements(program),
    ...constantStatements(parts.module),
    blank,
    unpackFunction(body),
    ...parts.module.routines.flatMap((routine) => [blank, routine]),
  ]);
}

/** For each slot the operation that reads it, also where nothing needs its value. */
function readingsOf(body: readonly Op[]): ReadonlyMap<Slot, Op> {
  const readings = new Map<Slot, Op>();
  for (const op of everyOp(body)) {
    if (isReading(op)) for (const slot of slotsSet(op)) readings.set(slot, op);
  }
  return readings;
}

function modulePartsOf(
  program: Program,
  { locate }: Making,
  readings: ReadonlyMap<Slot, Op>,
): ModuleParts {
  const fresh = freshNames(RESERVED_WORDS);
  for (const own of [META, SCRATCH, UNPACK, ...OWN_NAMES]) fresh(own);
  const names = program.slots.map(({ name }) => fresh(name));
  const nameOf = (slot: Slot) => {
    const name = names[slot];
    assert(name !== undefined, `there is no slot ${slot}`);
    return name;
  };
  return {
    program,
    nameOf,
    module: createModuleScope(fresh),
    scratch: SCRATCH,
    locate: locate ?? null,
    kept: keptSlots(program.body),
    reached: searchesWithinPresent(program.body),
    readingOf: (slot) => readings.get(slot),
  };
}

/** Slots that something reads, and those that an operation needs for itself. */
function keptSlots(body: readonly Op[]): ReadonlySet<Slot> {
  const kept = new Set(neededSlots(body));
  for (const op of everyOp(body)) {
    if (op.kind === "varint" || op.kind === "digits" || op.kind === "loop") {
      for (const slot of slotsSet(op)) kept.add(slot);
    } else if (op.kind === "scan") {
      kept.add(op.found);
    }
  }
  return kept;
}

function unpackBody(parts: ModuleParts): ResumableBody {
  if (parts.program.resume === "state") return makeResumableBody(parts);
  const { body } = parts.program;
  const declarations = planDeclarations([body], parts.kept);
  const scope = createUnpackScope(parts, declarations, (_, missing) => [
    giveBack(call(needRoutine(parts.module), WORDS, missing)),
  ]);
  return { statements: sequenceStatements(scope, body, null), stateWords: 0 };
}

function unpackFunction({ statements }: ResumableBody): Statement {
  const present = declare("const", PRESENT, subtract(END, START));
  return {
    kind: "function",
    name: UNPACK,
    documentation:
      "Looks at buf[start, end) for one frame: its length, or a verdict below 0 with its words in `s`.",
    parameters: [BUFFER, START, END, WORDS],
    isExported: true,
    body: [present, ...statements],
  };
}

function headerStatements(program: Program, { version }: Making): readonly Statement[] {
  const maker = version === undefined ? "Waybill" : `Waybill ${version}`;
  return [
    comment(`${program.protocol}, from ${program.source}.`),
    comment(`Made by ${maker}: change the description and compile it again instead of this file.`),
  ];
}

function scratchStatements(program: Program): readonly Statement[] {
  const buffer = exported(SCRATCH, construct("Uint8Array", program.scratchBytes));
  const literals = program.scratchLiterals.map(({ at, bytes }): Statement => {
    const items = { kind: "array", items: [...bytes].map((byte) => js(byte)) } as const;
    return { kind: "run", expression: call(member(SCRATCH, "set"), items, at) };
  });
  return [buffer, ...literals];
}

function exported(name: string, value: Js): Statement {
  return { kind: "declare", how: "const", name, value, isExported: true };
}

/** The reasons in their order, then tables and variables. */
function constantStatements({ reasons, constants }: ModuleScope): readonly Statement[] {
  return [reasons, constants].flatMap((list) => (list.length === 0 ? [] : [blank, ...list]));
}

/** Data as a literal, its outermost entries on lines of their own. */
function recordJs(value: object): Js {
  const entries = Object.entries(value).map(([key, item]) => [key, dataJs(item)] as const);
  return { kind: "object", entries, isOpen: true };
}

function dataJs(value: unknown): Js {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return js(value);
  if (Array.isArray(value)) return { kind: "array", items: value.map(dataJs) };
  assert(typeof value === "object" && value !== null, `meta holds a ${typeof value}`);
  const entries = Object.entries(value).map(([key, item]) => [key, dataJs(item)] as const);
  return { kind: "object", entries, isOpen: false };
}
