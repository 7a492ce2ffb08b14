// Searches that keys make in repetitions: `extensions where id == 0 take name`, `args[1] take value`, `any list.x == "h2"`.
// They are collected before the frame is lowered and answered in one pass over the elements.

import { report } from "../../diagnostics/collector.ts";
import type {
  Expression,
  FieldPath,
  KeyAlternative,
  KeyDeclaration,
  KeySource,
  RepeatStatement,
} from "../../syntax/ast.ts";
import type { Cond, Expr, Op, Slot } from "../ir.ts";
import {
  type Binding,
  findBinding,
  type PickRequest,
  type PickResult,
  readsAlike,
} from "./bindings.ts";
import { requireCondition, withPresent } from "./expressions.ts";
import {
  constant,
  failAt,
  type Lowering,
  newFound,
  newSlot,
  type Path,
  positionExpr,
  rangeOf,
  slotExpr,
  widen,
} from "./lowering.ts";
import { resolveField } from "./resolve-field.ts";
import { nameOf } from "./steps.ts";

/** A search with the slots that hold its result. */
export interface Search {
  readonly request: PickRequest;
  result: PickResult;
  isBound: boolean;
}

/** Requests by the name of the repetition, and by the key source that made them. */
export interface PickTable {
  readonly byList: ReadonlyMap<string, readonly PickRequest[]>;
  readonly bySource: ReadonlyMap<KeySource, PickRequest>;
}

/** What the keys of a protocol ask of repetitions. */
export function collectPicks(keys: readonly KeyDeclaration[]): PickTable {
  const byList = new Map<string, PickRequest[]>();
  const bySource = new Map<KeySource, PickRequest>();
  const add = (list: string, request: PickRequest): void => {
    byList.set(list, [...(byList.get(list) ?? []), request]);
  };
  for (const key of keys)
    for (const source of key.alternatives.flatMap(sourcesOf)) {
      const request = requestOf(source, key.name.text);
      if (request === undefined) continue;
      bySource.set(source, request.request);
      add(request.list, request.request);
      if (request.request.nested !== null && request.nestedList !== undefined)
        add(request.nestedList, request.request.nested);
    }
  return { byList, bySource };
}

/** A key alternative's own source and those inside groups and `number(…)`. */
function sourcesOf(alternative: KeyAlternative): readonly KeySource[] {
  const { source } = alternative;
  if (source.kind === "group") return source.alternatives.flatMap(sourcesOf);
  if (source.kind === "number") return sourcesOf(source.of);
  return [source];
}

function requestOf(
  source: KeySource,
  hint: string,
): { list: string; nestedList?: string; request: PickRequest } | undefined {
  if (source.kind === "any") {
    const list = firstListName(source.condition);
    if (list === undefined) return undefined;
    const condition = withoutFirst(source.condition, list);
    return {
      list,
      request: {
        hint,
        select: { kind: "where", condition },
        which: "first",
        take: { kind: "nothing" },
        span: source.span,
        nested: null,
      },
    };
  }
  if (source.kind !== "search") return undefined;
  const taken = source.take.parts;
  const nested: PickRequest = {
    hint,
    select: { kind: "every" },
    which: "first",
    take: taken.length > 1 ? { ...source.take, parts: taken.slice(1) } : { kind: "only-field" },
    span: source.take.span,
    nested: null,
  };
  const nestedList = taken[0]?.text;
  return {
    list: source.list.parts.at(-1)?.text ?? "",
    ...(nestedList === undefined ? {} : { nestedList }),
    request: {
      hint,
      select: source.select,
      which: source.which,
      take: source.take,
      span: source.span,
      nested,
    },
  };
}

/** The name before the dot of the first dotted path in a condition. */
export function firstListName(condition: Expression): string | undefined {
  switch (condition.kind) {
    case "path":
      return condition.parts.length > 1 ? condition.parts[0]?.text : undefined;
    case "binary":
      return firstListName(condition.left) ?? firstListName(condition.right);
    case "not":
    case "in":
      return firstListName(condition.operand);
    case "has":
    case "length":
    case "present":
      return firstListName(condition.kind === "has" ? condition.operand : condition.of);
    default:
      return undefined;
  }
}

/** The condition as an element sees it: `extensions.id == 0` becomes `id == 0`. */
function withoutFirst(condition: Expression, list: string): Expression {
  const strip = (path: FieldPath): FieldPath =>
    path.parts.length > 1 && path.parts[0]?.text === list
      ? { ...path, parts: path.parts.slice(1) }
      : path;
  switch (condition.kind) {
    case "path":
      return strip(condition);
    case "binary":
      return {
        ...condition,
        left: withoutFirst(condition.left, list),
        right: withoutFirst(condition.right, list),
      };
    case "not":
    case "in":
      return { ...condition, operand: withoutFirst(condition.operand, list) };
    case "has":
      return { ...condition, operand: strip(condition.operand) };
    case "length":
    case "present":
      return { ...condition, of: strip(condition.of) };
    default:
      return condition;
  }
}

/** The searches in a repetition; their slots are made when the elements are known. */
export function prepareSearches(lowering: Lowering, statement: RepeatStatement): readonly Search[] {
  const requests = lowering.picks.get(nameOf(statement) ?? "") ?? [];
  return requests.map((request) => {
    const known = lowering.pickResults.get(request);
    const result: PickResult = known ?? {
      kind: "integer",
      found: newSlot(lowering, `${request.hint}Found`, { lo: 0, hi: 1 }, "flag"),
      slot: -1,
    };
    return { request, result, isBound: known !== undefined };
  });
}

/** At the end of an element: what each search takes from it. */
export function answerPicks(
  lowering: Lowering,
  path: Path,
  searches: readonly Search[],
  index: Slot,
): void {
  for (const search of searches) answer(lowering, path, search, index);
}

function answer(lowering: Lowering, path: Path, search: Search, index: Slot): void {
  const { request } = search;
  const selected = selectedBy(lowering, path, request, index);
  if (selected === undefined) return;
  const taken = takenBy(lowering, path, request);
  if (taken === undefined) return;
  const found = withPresent(taken.present, selected);
  const ops = assignment(lowering, path, search, taken);
  if (isLastElement(request)) {
    // Of the last element, also where an earlier one has the field and the last one has not.
    path.ops.push({ kind: "if", condition: found, then: ops, else: forgotten(search) });
    return;
  }
  const isFirst: Cond = {
    kind: "compare",
    operator: "==",
    left: slotExpr(foundOf(search.result)),
    right: constant(0),
  };
  switch (request.which) {
    case "first":
      path.ops.push({
        kind: "if",
        condition: found.kind === "true" ? isFirst : { kind: "and", left: isFirst, right: found },
        then: ops,
        else: [],
      });
      return;
    case "last":
      path.ops.push({ kind: "if", condition: found, then: ops, else: [] });
      return;
    case "only":
      path.ops.push({
        kind: "if",
        condition: found,
        then: [
          {
            kind: "guard",
            condition: isFirst,
            fail: failAt(lowering, path, "duplicate", request.hint, path.origin, "take only"),
          },
          ...ops,
        ],
        else: [],
      });
  }
}

function isLastElement({ select }: PickRequest): boolean {
  return select.kind === "index" && select.index === -1;
}

/** What an element before found is found no more. */
function forgotten({ result }: Search): readonly Op[] {
  if (result.kind === "bytes") return [{ kind: "clear", into: result.into }];
  const zero = constant(0);
  const found: Op = { kind: "calc", slot: result.found, value: zero };
  return result.slot < 0 ? [found] : [found, { kind: "calc", slot: result.slot, value: zero }];
}

function selectedBy(
  lowering: Lowering,
  path: Path,
  request: PickRequest,
  index: Slot,
): Cond | undefined {
  const { select } = request;
  switch (select.kind) {
    case "every":
      return { kind: "true" };
    case "where":
      return requireCondition(lowering, path, select.condition);
    case "index":
      if (select.index === -1) return { kind: "true" };
      if (select.index >= 0)
        return {
          kind: "compare",
          operator: "==",
          left: slotExpr(index),
          right: constant(select.index),
        };
      report(lowering.collector, "badIndex", request.span, { index: select.index });
      return undefined;
  }
}

interface Taken {
  readonly binding: Binding | null;
  readonly present: readonly Slot[];
  /** Set where a nested search answers. */
  readonly nested: PickResult | null;
}

function takenBy(lowering: Lowering, path: Path, request: PickRequest): Taken | undefined {
  const { take } = request;
  if (take.kind === "nothing") return { binding: null, present: [], nested: null };
  if (take.kind === "only-field") return onlyField(lowering, path, request);
  const list = findBinding(path.scope, take.parts[0]?.text ?? "");
  if (list?.kind === "list" && request.nested !== null) {
    const nested = list.picks.get(request.nested);
    if (nested !== undefined) return { binding: null, present: [foundOf(nested)], nested };
  }
  const resolved = resolveField(lowering, path, take);
  if (resolved.kind === "problem") {
    resolved.report();
    return undefined;
  }
  return { binding: resolved.binding, present: resolved.present, nested: null };
}

function onlyField(lowering: Lowering, path: Path, request: PickRequest): Taken | undefined {
  const names = [...path.scope.names.values()];
  const [binding] = names;
  if (binding !== undefined && names.length === 1)
    return { binding, present: binding.present === null ? [] : [binding.present], nested: null };
  report(lowering.collector, "takeWhat", request.span, {
    names: [...path.scope.names.keys()],
  });
  return undefined;
}

/** The operations that keep what was taken; gives the search its slots the first time. */
function assignment(lowering: Lowering, path: Path, search: Search, taken: Taken): readonly Op[] {
  const nested = taken.nested;
  if (nested?.kind === "bytes" || taken.binding?.kind === "bytes") {
    const source =
      nested?.kind === "bytes"
        ? {
            view: {
              source: "wire",
              at: { base: nested.into.offset, offset: 0 },
              length: slotExpr(nested.into.length),
            } as const,
            content: nested.content,
            filler: nested.filler,
            maxBytes: nested.maxBytes,
          }
        : taken.binding?.kind === "bytes"
          ? taken.binding
          : undefined;
    if (source === undefined) return [];
    const result = bytesResult(lowering, path, search, source);
    if (result === undefined) return [];
    widen(lowering, result.into.offset, positionExpr(source.view.at));
    return [{ kind: "select", view: source.view, into: result.into }];
  }
  const value: Expr =
    nested?.kind === "integer"
      ? slotExpr(nested.slot)
      : taken.binding?.kind === "integer"
        ? taken.binding.value
        : constant(1);
  const result = integerResult(lowering, path, search, value);
  if (result === undefined) return [];
  return [
    { kind: "calc", slot: result.slot, value },
    { kind: "calc", slot: result.found, value: constant(1) },
  ];
}

type BytesResult = Extract<PickResult, { kind: "bytes" }>;
type IntegerResult = Extract<PickResult, { kind: "integer" }>;

function bytesResult(
  lowering: Lowering,
  path: Path,
  search: Search,
  source: Omit<BytesResult, "kind" | "into">,
): BytesResult | undefined {
  const known = search.result;
  if (search.isBound) {
    if (known.kind !== "bytes" || !readsAlike(known, source)) return differs(lowering, search);
    known.maxBytes = Math.max(known.maxBytes, source.maxBytes);
    widen(lowering, known.into.length, constant(source.maxBytes));
    return known;
  }
  const into = newFound(lowering, search.request.hint, source.maxBytes, foundOf(known));
  const result: BytesResult = {
    kind: "bytes",
    into,
    content: source.content,
    filler: source.filler,
    maxBytes: source.maxBytes,
  };
  path.outerHoist.push({ kind: "clear", into: result.into });
  return remember(lowering, search, result);
}

/** Another arm declares the repetition with another kind of field. */
function differs(lowering: Lowering, { request }: Search): undefined {
  const { take } = request;
  const name = take.kind === "path" ? take.parts.map((part) => part.text).join(".") : request.hint;
  report(lowering.collector, "declaredDifferently", request.span, { name });
}

function integerResult(
  lowering: Lowering,
  path: Path,
  search: Search,
  value: Expr,
): IntegerResult | undefined {
  const known = search.result;
  if (search.isBound) {
    if (known.kind !== "integer") return differs(lowering, search);
    if (known.slot >= 0) widen(lowering, known.slot, value);
    return known;
  }
  const range = rangeOf(lowering, path, value);
  const slot = newSlot(lowering, search.request.hint, {
    lo: Math.min(0, range.lo),
    hi: Math.max(0, range.hi),
  });
  const result: IntegerResult = { kind: "integer", found: foundOf(known), slot };
  path.outerHoist.push(
    { kind: "calc", slot, value: constant(0) },
    { kind: "calc", slot: result.found, value: constant(0) },
  );
  return remember(lowering, search, result);
}

function remember<Result extends PickResult>(
  lowering: Lowering,
  search: Search,
  result: Result,
): Result {
  search.result = result;
  search.isBound = true;
  lowering.pickResults.set(search.request, result);
  return result;
}

/** The flag of a search. */
function foundOf(result: PickResult): Slot {
  return result.kind === "bytes" ? result.into.found : result.found;
}
