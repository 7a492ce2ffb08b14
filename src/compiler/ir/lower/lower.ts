// From a protocol's declaration to its program. Knows the order: start mark, body, checks, keys, verdict.

import { bytesConstant, integerConstant } from "../../check/constants.ts";
import type { Symbols } from "../../check/symbols.ts";
import {
  type Collector,
  createCollector,
  forward,
  hasErrors,
  report,
} from "../../diagnostics/collector.ts";
import type { Span } from "../../source/span.ts";
import type {
  Expression,
  FrameDeclaration,
  KeyDeclaration,
  MaxStatement,
  ProtocolDeclaration,
  Statement,
} from "../../syntax/ast.ts";
import type { Program } from "../ir.ts";
import { createScope } from "./bindings.ts";
import { flushChecks } from "./checks.ts";
import { decideFrame } from "./decide.ts";
import { falseStartsMax } from "./false-starts.ts";
import { leavesGaps } from "./gaps.ts";
import { keyFieldsOf } from "./key-fields.ts";
import { keyPlacesOf } from "./key-places.ts";
import { FRAME_START, failAt, type Lowering, moved, type Path } from "./lowering.ts";
import { createMeasure, measureBody, minimumUntil, type Size } from "./measure.ts";
import { collectPicks } from "./picks.ts";
import { requireUsedUp } from "./places.ts";
import { describeProgram } from "./program.ts";
import { referencedNames } from "./referenced.ts";
import { lowerSteps } from "./sequence.ts";
import { reportStart } from "./start-warnings.ts";
import { stepsOf } from "./steps.ts";

/** Without `max` a frame may be so large by its widths; more has to be said. */
const DERIVED_FRAME_MAX = 1024 * 1024;

/** No frame may be larger: it is held until its verdict. */
const FRAME_MAX_LIMIT = 16 * 1024 * 1024;

/** What lowering needs besides the declaration. */
export interface LoweringInput {
  readonly protocol: ProtocolDeclaration;
  readonly symbols: Symbols;
  readonly collector: Collector;
  /** Path of the file, for the program's header. */
  readonly source: string;
  readonly sourceText: (span: Span) => string;
  /** A prefix protocol's frame is consumed. */
  readonly verdict: "frame" | "consume";
}

/** The program of a protocol's first frame; undefined where it has none or something was reported as an error. */
export function lowerProtocol(input: LoweringInput): Program | undefined {
  const { protocol, collector } = input;
  const frame = protocol.items.find((item): item is FrameDeclaration => item.kind === "frame");
  if (frame === undefined) return undefined;
  // A prefix is consumed whole, wherever its protocol's own connections are decided.
  const isAtKey =
    input.verdict === "frame" &&
    protocol.items.some((item) => item.kind === "decide" && item.at === "key");
  const before = collector.counts.error;
  const whole = lowerFrame(input, frame, "frame");
  if (!isAtKey || collector.counts.error > before) return isAtKey ? undefined : whole;
  // Lowered whole first, so that what stands behind the keys is checked too; findings are the same ones.
  const quiet = createCollector();
  const early = lowerFrame({ ...input, collector: quiet }, frame, "key");
  if (early !== undefined && !hasErrors(quiet)) return early;
  for (const finding of quiet.found) if (finding.severity === "error") forward(collector, finding);
  return undefined;
}

function lowerFrame(
  input: LoweringInput,
  frame: FrameDeclaration,
  decideAt: "frame" | "key",
): Program | undefined {
  const { symbols, collector, protocol } = input;
  const before = collector.counts.error;
  const size = measureBody(
    createMeasure(symbols, () => undefined),
    frame.body,
  );
  if (size.min < 1) report(collector, "emptyFrame", frame.span, { name: protocol.name.text });
  // Without a limit, which is reported, it is lowered all the same: what else is wrong may be why there is none.
  const limits = limitsOf(input, frame, size) ?? {
    frameMax: FRAME_MAX_LIMIT,
    isExplicit: writtenMax(input, frame) !== undefined,
  };
  const lowering = createLowering(input, frame, decideAt, limits.frameMax, limits.isExplicit);
  const needMin = fewestBytes(lowering, frame, size);
  const path = createPath(input, frame, needMin);
  openFrame(lowering, path, frame, needMin);
  const openOps = path.ops.length;
  lowerSteps(lowering, path, stepsOf(frame.body), true);
  path.ops.splice(openOps, 0, ...path.hoist);
  if (!lowering.isDecided) finishFrame(lowering, path, frame);
  reportStart(lowering, frame, decideAt);
  if (decideAt === "frame") reportLateKeys(lowering, path);
  const falseStarts = falseStartsMax(lowering, frame);
  if (collector.counts.error > before) return undefined;
  const drop = dropMax(input, frame, limits.frameMax);
  return describeProgram(lowering, path, {
    protocol: protocol.name.text,
    source: input.source,
    needMin,
    dropMax: hasResync(frame) ? drop : 0,
    falseStartsMax: falseStarts,
  });
}

/** Fewest bytes before a verdict: the smallest frame, or with `decide at key` what comes up to the last key. */
function fewestBytes(lowering: Lowering, frame: FrameDeclaration, size: Size): number {
  if (lowering.decideAt === "frame") return size.min;
  const measure = createMeasure(lowering.symbols, () => undefined);
  return minimumUntil(measure, stepsOf(frame.body), lowering.keyFields);
}

/** Behind the body: the part is used up, checks, keys, verdict. */
function finishFrame(lowering: Lowering, path: Path, frame: FrameDeclaration): void {
  const hasEnd = frame.body.some((statement) => statement.kind === "end");
  if (path.window !== null && !hasEnd) {
    if (lowering.leavesGaps) path.cursor = path.window;
    else requireUsedUp(lowering, path, "frame", frame.span);
  }
  if (lowering.confirm === "end" && path.pendingChecks.length === 0) path.resync = false;
  flushChecks(lowering, path);
  path.resync = false;
  decideFrame(lowering, path, path.cursor);
}

/** A key behind so many bytes of a held frame is worth a warning; all that a 16-bit length allows is not. */
const LATE_KEY_BYTES = 65 * 1024;

function reportLateKeys(lowering: Lowering, path: Path): void {
  for (const { key, at } of keyPlacesOf(path.ops, lowering.slots)) {
    const declaration = lowering.keys[key];
    const farthest = Math.min(at?.hi ?? 0, lowering.frameMax);
    if (declaration === undefined || farthest <= LATE_KEY_BYTES) continue;
    const name = declaration.name.text;
    report(lowering.collector, "keyBehindBody", declaration.span, { name, bytes: farthest });
  }
}

function hasResync(frame: FrameDeclaration): boolean {
  return frame.body.some(
    (statement) =>
      (statement.kind === "start" && !statement.atConnection) || statement.kind === "ignore",
  );
}

interface Limits {
  readonly frameMax: number;
  readonly isExplicit: boolean;
}

/** The frame's maximum: the author's, or what the widths allow. */
function limitsOf(input: LoweringInput, frame: FrameDeclaration, size: Size): Limits | undefined {
  const { symbols, collector, protocol } = input;
  const written = writtenMax(input, frame);
  if (written !== undefined) {
    const max = integerConstant(written.value, symbols, collector, "a maximum");
    if (max === undefined) return undefined;
    if (max > FRAME_MAX_LIMIT || max < 1) {
      report(collector, "badSize", written.span, {
        what: "max",
        least: 1,
        most: FRAME_MAX_LIMIT,
      });
      return undefined;
    }
    if (size.min > max) {
      report(collector, "beyondMax", written.span, { name: "the smallest frame", max });
      return undefined;
    }
    return { frameMax: Math.min(max, size.max), isExplicit: true };
  }
  if (size.max <= DERIVED_FRAME_MAX) return { frameMax: size.max, isExplicit: false };
  report(collector, "unboundedFrame", frame.span, {
    name: protocol.name.text,
    derived: Number.isFinite(size.max) ? size.max : undefined,
  });
  return undefined;
}

function writtenMax({ protocol }: LoweringInput, frame: FrameDeclaration) {
  return [...frame.body, ...protocol.items].find(
    (item): item is MaxStatement => item.kind === "max",
  );
}

function createLowering(
  input: LoweringInput,
  frame: FrameDeclaration,
  decideAt: "frame" | "key",
  frameMax: number,
  hasExplicitMax: boolean,
): Lowering {
  const keys = input.protocol.items.filter((item): item is KeyDeclaration => item.kind === "key");
  const start = frame.body.find((statement) => statement.kind === "start");
  const confirm = start?.kind === "start" ? (start.confirm ?? "header") : "header";
  const end = frame.body.find((statement) => statement.kind === "end");
  const endMark =
    end?.kind === "end"
      ? bytesConstant(end.mark, input.symbols, input.collector, "an end mark")
      : undefined;
  const picks = collectPicks(keys);
  const lowering: Lowering = {
    collector: input.collector,
    symbols: input.symbols,
    sourceText: input.sourceText,
    lowerSteps: (path, steps, isFrame) => lowerSteps(lowering, path, steps, isFrame),
    referenced: referencedNames(input.protocol),
    slots: [],
    slotNames: new Map(),
    reasons: [],
    reasonNumbers: new Map(),
    forms: new Map(),
    lengths: new Map(),
    picks: picks.byList,
    pickResults: new Map(),
    requestOf: (source) => picks.bySource.get(source),
    impliedGuards: [],
    keyInfos: [],
    keys,
    keyFields: keyFieldsOf(keys),
    decideAt,
    confirm,
    headerEndsByItself: confirm === "header",
    startBytes: 0,
    endMark: endMark ?? new Uint8Array(0),
    leavesGaps: leavesGaps(frame.body),
    hasExplicitMax,
    verdict: input.verdict,
    frameMax,
    holdMax: 0,
    scratchBytes: 0,
    scratchLiterals: [],
    hasSuspendingWalk: false,
    isDecided: false,
  };
  return lowering;
}

function createPath(input: LoweringInput, frame: FrameDeclaration, needMin: number): Path {
  const start = frame.body.find((statement) => statement.kind === "start");
  const endian = input.protocol.items.find((item) => item.kind === "endian");
  const order = endian?.kind === "endian" && endian.order === "little" ? "little" : "big";
  const hoist: Path["hoist"] = [];
  return {
    ops: [],
    hoist,
    outerHoist: hoist,
    scope: createScope(null),
    mode: "spine",
    cursor: FRAME_START,
    origin: FRAME_START,
    isFrame: true,
    isBranch: false,
    window: null,
    order,
    resync: start?.kind === "start" && !start.atConnection,
    restAfter: 0,
    frameEnd: null,
    floors: [{ base: null, offset: needMin }],
    intervals: new Map(),
    facts: [],
    pendingChecks: [],
    where: [],
  };
}

/** The start mark and what may stand before it. */
function openFrame(lowering: Lowering, path: Path, frame: FrameDeclaration, needMin: number): void {
  const ignore = ignoredLiterals(lowering, frame);
  const start = frame.body.find((statement) => statement.kind === "start");
  if (start?.kind !== "start") {
    if (ignore.length > 0) pushOpen(path, frame.span, ignore, null, needMin, false, null);
    return;
  }
  if (frame.body[0] !== start && !isLimit(frame.body[0]))
    report(lowering.collector, "misplaced", start.span, {
      what: "start",
      mend: "put start first in the frame: it is its first bytes",
    });
  const mark = bytesConstant(
    start.mark as Expression,
    lowering.symbols,
    lowering.collector,
    "a start mark",
  );
  if (mark === undefined || mark.length === 0) {
    if (mark !== undefined)
      report(lowering.collector, "badSize", start.span, {
        what: "the length of a start mark",
        least: 1,
      });
    return;
  }
  // Elsewhere what is not the mark is junk, and dropped.
  const fail = start.atConnection
    ? failAt(lowering, path, "mark", "start", FRAME_START, lowering.sourceText(start.span))
    : null;
  pushOpen(path, start.span, ignore, mark, needMin, start.atConnection, fail);
  lowering.startBytes = mark.length;
  path.cursor = moved(FRAME_START, mark.length);
  if (lowering.confirm === "none") path.resync = false;
}

/** What may stand before the frame; nothing cannot, since it would be found there for ever. */
function ignoredLiterals(lowering: Lowering, frame: FrameDeclaration): readonly Uint8Array[] {
  return frame.body.flatMap((statement) => {
    if (statement.kind !== "ignore") return [];
    for (const mark of statement.marks)
      if (mark.bytes.length === 0)
        report(lowering.collector, "badSize", mark.span, {
          what: "the length of what is ignored",
          least: 1,
        });
    return statement.marks.map((mark) => mark.bytes);
  });
}

function isLimit(statement: Statement | undefined): boolean {
  return statement !== undefined && ["max", "drop", "ignore", "endian"].includes(statement.kind);
}

function pushOpen(
  path: Path,
  span: Span,
  ignore: readonly Uint8Array[],
  start: Uint8Array | null,
  need: number,
  atConnection: boolean,
  fail: ReturnType<typeof failAt> | null,
): void {
  path.ops.push({ kind: "open", ignore, start, atConnection, need, fail, span });
}

function dropMax(input: LoweringInput, frame: FrameDeclaration, frameMax: number): number {
  const written = [...frame.body, ...input.protocol.items].find((item) => item.kind === "drop");
  if (written?.kind !== "drop") return frameMax;
  return integerConstant(written.max, input.symbols, input.collector, "drop max") ?? frameMax;
}
