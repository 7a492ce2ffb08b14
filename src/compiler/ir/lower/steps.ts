// A body's statements as steps in wire order: an inline length prefix becomes a step of its own, `counts a..b` wraps what it
// counts. Statements that take no bytes and have no place (limits) are left out. Knows nothing of values.

import type {
  BlockStatement,
  FieldStatement,
  FieldType,
  RepeatStatement,
  SizeOf,
  Statement,
} from "../../syntax/ast.ts";

/** Statements that may have an inline length prefix: `text[u16] name`, `block[u16] { … }`, `repeat x filling u16`. */
export type Prefixed = FieldStatement | BlockStatement | RepeatStatement;

export type Step =
  | { readonly kind: "statement"; readonly statement: Statement }
  | { readonly kind: "prefix"; readonly owner: Prefixed; readonly type: FieldType }
  /** What follows its prefix; its size is the prefix's value. */
  | { readonly kind: "content"; readonly owner: Prefixed }
  /** What lies behind `length` and is counted by it, through the range's last field. */
  | { readonly kind: "counted"; readonly length: FieldStatement; readonly body: readonly Step[] };

/** The steps of a body. */
export function stepsOf(statements: readonly Statement[]): readonly Step[] {
  const steps: Step[] = [];
  for (let index = 0; index < statements.length; index += 1) {
    const statement = statements[index];
    if (statement === undefined) break;
    if (["max", "drop", "ignore", "between"].includes(statement.kind)) continue;
    pushSteps(steps, statement);
    if (statement.kind !== "field" || statement.counts === undefined) continue;
    const last = statement.counts.last ?? statement.counts.first;
    const end = indexOfName(statements, last.parts[0]?.text, index + 1);
    if (end < 0) continue;
    const first = indexOfName(statements, statement.counts.first.parts[0]?.text, index + 1);
    const begin = first < 0 ? index + 1 : first;
    for (const between of statements.slice(index + 1, begin)) pushSteps(steps, between);
    steps.push({
      kind: "counted",
      length: statement,
      body: stepsOf(statements.slice(begin, end + 1)),
    });
    index = end;
  }
  return steps;
}

function pushSteps(steps: Step[], statement: Statement): void {
  const size = sizeOf(statement);
  if (size?.kind !== "prefix" || !isPrefixed(statement)) {
    steps.push({ kind: "statement", statement });
    return;
  }
  steps.push({ kind: "prefix", owner: statement, type: size.type });
  steps.push({ kind: "content", owner: statement });
}

function indexOfName(
  statements: readonly Statement[],
  name: string | undefined,
  from: number,
): number {
  return statements.findIndex((candidate, at) => at >= from && nameOf(candidate) === name);
}

function isPrefixed(statement: Statement): statement is Prefixed {
  return statement.kind === "field" || statement.kind === "block" || statement.kind === "repeat";
}

/** The size in brackets of a statement, or what its repetition fills. */
export function sizeOf(statement: Statement): SizeOf | undefined {
  if (statement.kind === "block") return statement.size;
  if (statement.kind === "field" && statement.type.kind === "bytes") return statement.type.size;
  if (statement.kind === "repeat" && statement.extent.kind === "filling")
    return statement.extent.size;
  return undefined;
}

/** The name a statement declares; undefined for `_` and for statements without one. */
export function nameOf(statement: Statement): string | undefined {
  switch (statement.kind) {
    case "field":
    case "bits":
    case "block":
    case "repeat":
    case "rest":
      return statement.name?.text === "_" ? undefined : statement.name?.text;
    default:
      return undefined;
  }
}

/** The names that steps declare in the scope they stand in; those of unnamed blocks and of branches are not among them. */
export function declaredNames(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind === "counted") return declaredNames(step.body);
    if (step.kind === "prefix") return [];
    const statement = step.kind === "statement" ? step.statement : step.owner;
    const name = nameOf(statement);
    if (name !== undefined) return [name];
    return statement.kind === "bits" ? statement.members.map((member) => member.name.text) : [];
  });
}

/** What messages call a step: its name, or its statement's word. */
export function titleOf(step: Step): string {
  if (step.kind === "counted") return step.length.name?.text ?? "counts";
  const statement = step.kind === "statement" ? step.statement : step.owner;
  return (
    nameOf(statement) ?? (statement.kind === "field" ? wireType(statement.type) : statement.kind)
  );
}

/** A type as it is written, without its size. */
export function wireType(type: FieldType): string {
  return type.kind === "cstring" ? "cstring" : type.name;
}

/** Whether a step stands at an offset and so moves nothing. */
export function isAtOffset(step: Step | undefined): boolean {
  if (step?.kind !== "statement") return false;
  return "at" in step.statement && step.statement.at !== undefined;
}

/** Where a message about a step points. */
export function spanOf(step: Step): Statement["span"] {
  if (step.kind === "counted") return step.length.span;
  return step.kind === "statement" ? step.statement.span : step.owner.span;
}
