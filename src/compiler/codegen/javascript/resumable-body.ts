// The body of an `unpack` that goes on where it stopped: one `switch` over its states, each a run of statements that falls
// through to the next.

import { assertNever } from "../../../base/assert.ts";
import type { Op } from "../../ir/ir.ts";
import { hasJumps, type Label, type Segment, type Step } from "../../ir/passes/segments.ts";
import { planDeclarations } from "./declarations.ts";
import { condJs, exprJs, inRanges } from "./expression.ts";
import { resumeComment } from "./field-comment.ts";
import { restoreStatement, saveStatements } from "./saved-words.ts";
import { prepareScan, resumedScanStatements } from "./scan-operations.ts";
import { layOutState, type StateLayout } from "./state-layout.ts";
import { overrunStatements, sequenceStatements, setWord } from "./statements.ts";
import {
  assign,
  call,
  comment,
  declare,
  giveBack,
  increment,
  index,
  js,
  loopFor,
  negate,
  type Statement,
  type SwitchCase,
  when,
} from "./tree.ts";
import {
  createUnpackScope,
  type ModuleParts,
  STATE,
  type UnpackScope,
  WORDS,
} from "./unpack-scope.ts";
import { needRoutine } from "./verdict-routines.ts";

/** The statements behind the declaration of `present`, and how many state words they use. */
export interface ResumableBody {
  readonly statements: readonly Statement[];
  readonly stateWords: number;
}

export function makeResumableBody(parts: ModuleParts): ResumableBody {
  const layout = layOutState(parts);
  const { segments } = layout;
  const sequences = segments.map(({ steps }) => opsOf(steps));
  const scope = createUnpackScope(
    parts,
    planDeclarations(sequences, layout.local),
    (op, missing) => {
      return [
        setWord(layout.stateWord, stateOf(segments, op)),
        ...layout.savedAt(op).flatMap(saveStatements),
        giveBack(call(needRoutine(parts.module), WORDS, missing)),
      ];
    },
  );
  const isJumping = hasJumps(segments);
  const cases = segments.flatMap(({ steps }, state) =>
    steps.length === 0 ? [] : [caseOf(scope, layout, state)],
  );
  const on = isJumping ? js(STATE) : index(WORDS, layout.stateWord);
  const choice: Statement = { kind: "switch", on, cases };
  return {
    stateWords: layout.stateWords,
    statements: [
      ...(layout.saved.length === 0 ? [] : [comment("What an earlier call has found out.")]),
      ...layout.saved.map(restoreStatement),
      ...layout.shared.map((slot) => declare("let", parts.nameOf(slot), 0)),
      ...(isJumping
        ? [
            declare("let", STATE, index(WORDS, layout.stateWord)),
            loopFor(null, null, null, [choice]),
          ]
        : [choice]),
    ],
  };
}

function opsOf(steps: readonly Step[]): readonly Op[] {
  return steps.flatMap((step) => (step.kind === "run" || step.kind === "suspend" ? [step.op] : []));
}

function caseOf(scope: UnpackScope, layout: StateLayout, state: number): SwitchCase {
  const steps = layout.segments[state]?.steps ?? [];
  const [first] = steps;
  const title = first?.kind === "suspend" ? [comment(resumeComment(scope, first.op))] : [];
  const body = [...title, ...stepsStatements(scope, layout, steps, state)];
  const last = body.at(-1)?.kind;
  const isLast = state === layout.segments.length - 1;
  const ends = isLast || last === "return" || last === "continue";
  return { tests: [js(state)], body: ends ? body : [...body, comment("Falls through.")] };
}

/** Operations side by side are one sequence, so that their fields are named where they are read. */
function stepsStatements(
  scope: UnpackScope,
  layout: StateLayout,
  steps: readonly Step[],
  state: number,
): readonly Statement[] {
  const statements: Statement[] = [];
  for (let at = 0; at < steps.length; ) {
    const run = runFrom(steps, at);
    if (run !== null) {
      const leave = run.exit === null ? null : jumpTo(run.exit);
      statements.push(...sequenceStatements(scope, run.ops, leave));
      at += run.ops.length;
    } else {
      const step = steps[at];
      if (step !== undefined) statements.push(...stepStatements(scope, layout, step, state));
      at += 1;
    }
  }
  return statements;
}

interface Run {
  readonly ops: readonly Op[];
  readonly exit: Label | null;
}

/** The operations from `at` on that run to their end, with the one exit that they share. */
function runFrom(steps: readonly Step[], at: number): Run | null {
  const ops: Op[] = [];
  let exit: Label | null = null;
  for (const step of steps.slice(at)) {
    const isRun = step.kind === "run" || (step.kind === "suspend" && step.op.kind !== "scan");
    if (!isRun) break;
    if (step.kind === "run" && step.exit !== null) exit = step.exit;
    ops.push(step.op);
  }
  return ops.length === 0 ? null : { ops, exit };
}

function stepStatements(
  scope: UnpackScope,
  layout: StateLayout,
  step: Step,
  state: number,
): readonly Statement[] {
  switch (step.kind) {
    case "run":
      return [];
    case "suspend": {
      const { op } = step;
      if (op.kind !== "scan" || op.extent.kind !== "suspend") return [];
      return resumedScanStatements(scope, op, op.extent.need, layout.cursorOf(op));
    }
    case "prepare":
      return [prepareScan(scope, step.op, layout.cursorOf(step.op))];
    case "jump":
      return step.to.segment === state + 1 ? [] : jumpTo(step.to);
    case "unless":
      return [when(negate(condJs(scope, step.condition)), jumpTo(step.to))];
    case "choose":
      return chooseStatements(scope, step);
    case "enter":
      return [assign(scope.nameOf(step.loop.index), 0)];
    case "round": {
      const test = condJs(scope, step.loop.while);
      const isEndless = test.kind === "name" && test.name === "true";
      return [
        ...(isEndless ? [] : [when(negate(test), jumpTo(step.exit))]),
        ...overrunStatements(scope, step.loop),
      ];
    }
    case "again":
      return [increment(scope.nameOf(step.loop.index)), ...jumpTo(step.head)];
    default:
      return assertNever(step);
  }
}

function chooseStatements(
  scope: UnpackScope,
  step: Extract<Step, { kind: "choose" }>,
): readonly Statement[] {
  const value = exprJs(scope, step.on);
  const on = scope.module.fresh("on");
  const jumps = step.arms.map(({ ranges, to }) => when(inRanges(js(on), ranges), jumpTo(to)));
  return [declare("const", on, value), ...jumps, ...jumpTo(step.otherwise)];
}

function jumpTo({ segment }: Label): readonly Statement[] {
  return [assign(STATE, segment), { kind: "continue", label: null }];
}

/** The number of the segment that begins with the operation. */
function stateOf(segments: readonly Segment[], op: Op): number {
  return segments.findIndex(({ steps: [first] }) => first?.kind === "suspend" && first.op === op);
}
