// Keys: alternatives tried in order, each a source and its modifiers. Everything they read has been bound by then.

import { report } from "../../diagnostics/collector.ts";
import type { Span } from "../../source/span.ts";
import type {
  FieldPath,
  KeyAlternative,
  KeyDeclaration,
  KeyModifier,
  KeySource,
} from "../../syntax/ast.ts";
import type { Cond, View } from "../ir.ts";
import { findBinding, type PickResult } from "./bindings.ts";
import { requireInteger, withPresent } from "./expressions.ts";
import { modifyView } from "./key-modifiers.ts";
import { flagSet, found, type KeyValue } from "./key-value.ts";
import {
  assume,
  constant,
  FRAME_START,
  failAt,
  fork,
  type Lowering,
  newFound,
  newSlot,
  type Path,
  rangeOf,
  slotExpr,
} from "./lowering.ts";
import { resolveField } from "./resolve-field.ts";
import { emitRewrite, literalView } from "./scratch.ts";

/** Every key of the protocol, in order of declaration. */
export function lowerKeys(lowering: Lowering, path: Path): void {
  for (const [number, key] of lowering.keys.entries()) lowerKey(lowering, path, key, number);
}

interface KeyShape {
  type: "text" | "bytes" | "integer" | undefined;
  minBytes: number;
  maxBytes: number;
  maxNumber: number;
  mayBeMissing: boolean;
}

function lowerKey(lowering: Lowering, path: Path, key: KeyDeclaration, number: number): void {
  const shape: KeyShape = {
    type: undefined,
    minBytes: Number.POSITIVE_INFINITY,
    maxBytes: 0,
    maxNumber: 0,
    mayBeMissing: false,
  };
  const alternatives = key.alternatives.flatMap(flatten);
  lowerAlternatives(lowering, path, key, number, alternatives, shape);
  lowering.keyInfos.push({
    name: key.name.text,
    type: shape.type ?? "text",
    minBytes: Number.isFinite(shape.minBytes) ? shape.minBytes : 0,
    maxBytes: shape.type === "integer" ? 8 : shape.maxBytes,
    maxNumber: shape.maxNumber,
    mayBeMissing: shape.mayBeMissing,
  });
}

/** `(a else b) lower` is `a lower else b lower`: modifiers of a group bind to each alternative in it. */
function flatten(alternative: KeyAlternative): readonly KeyAlternative[] {
  const { source, modifiers } = alternative;
  if (source.kind !== "group") return [alternative];
  return source.alternatives
    .flatMap(flatten)
    .map((inner) => ({ ...inner, modifiers: [...inner.modifiers, ...modifiers] }));
}

function lowerAlternatives(
  lowering: Lowering,
  path: Path,
  key: KeyDeclaration,
  number: number,
  alternatives: readonly KeyAlternative[],
  shape: KeyShape,
): void {
  const [first, ...others] = alternatives;
  if (first === undefined) {
    shape.mayBeMissing = true;
    path.ops.push({ kind: "key", key: number, value: { kind: "missing" } });
    return;
  }
  const value = valueOfAlternative(lowering, path, first, key.name.text);
  if (value === undefined) return;
  noteType(lowering, first, value, shape);
  if (value.conditions.length === 0) {
    deliver(lowering, path, key, number, first, value, shape);
    return;
  }
  const taken = fork(path);
  for (const condition of value.conditions) assume(lowering, taken, condition, true);
  deliver(lowering, taken, key, number, first, value, shape);
  const otherwise = fork(path);
  lowerAlternatives(lowering, otherwise, key, number, others, shape);
  path.ops.push({
    kind: "if",
    condition: allOf(value.conditions),
    then: taken.ops,
    else: otherwise.ops,
  });
}

function allOf(conditions: readonly Cond[]): Cond {
  const [first = { kind: "true" } as const, ...others] = conditions;
  return others.reduce<Cond>((left, right) => ({ kind: "and", left, right }), first);
}

function noteType(
  lowering: Lowering,
  alternative: KeyAlternative,
  value: KeyValue,
  shape: KeyShape,
): void {
  const type = value.kind === "integer" ? "integer" : value.isText ? "text" : "bytes";
  const known = shape.type;
  if (known !== undefined && (known === "integer") !== (type === "integer")) {
    report(lowering.collector, "keyTypesDiffer", alternative.span, { first: known, other: type });
    return;
  }
  shape.type = known === undefined || known === type ? type : "bytes";
}

/** Length limit, last rewrites, and the key itself. */
function deliver(
  lowering: Lowering,
  path: Path,
  key: KeyDeclaration,
  number: number,
  alternative: KeyAlternative,
  value: KeyValue,
  shape: KeyShape,
): void {
  if (value.kind === "integer") {
    const { lo, hi } = rangeOf(lowering, path, value.value);
    shape.maxNumber = Math.max(shape.maxNumber, hi);
    if (lo < 0)
      report(lowering.collector, "keyNegative", alternative.span, { name: key.name.text });
    path.ops.push({ kind: "key", key: number, value: { kind: "integer", value: value.value } });
    return;
  }
  const max = maxOf(lowering, path, alternative);
  let { view, maxBytes } = value;
  if (max !== undefined && max < maxBytes) {
    const fits: Cond = {
      kind: "compare",
      operator: "<=",
      left: view.length,
      right: constant(max),
    };
    const rule = `max ${max}`;
    path.ops.push({
      kind: "guard",
      condition: fits,
      fail: {
        ...failAt(
          lowering,
          path,
          "key-too-long",
          key.name.text,
          view.source === "wire" ? view.at : FRAME_START,
          rule,
        ),
        resync: false,
      },
    });
    assume(lowering, path, fits, true);
    maxBytes = max;
  }
  const minBytes = Math.max(value.minBytes ?? 0, rangeOf(lowering, path, view.length).lo);
  shape.minBytes = Math.min(shape.minBytes, minBytes);
  const casing = alternative.modifiers.findLast((modifier) => modifier.kind === "case");
  if (casing?.kind === "case") view = emitRewrite(lowering, path, view, casing.to, null, maxBytes);
  shape.maxBytes = Math.max(shape.maxBytes, maxBytes);
  path.ops.push({ kind: "key", key: number, value: { kind: "view", view } });
}

function maxOf(lowering: Lowering, path: Path, alternative: KeyAlternative): number | undefined {
  const limit = alternative.modifiers.findLast((modifier) => modifier.kind === "max");
  if (limit?.kind !== "max") return undefined;
  const value = requireInteger(lowering, path, limit.value);
  return value === undefined ? undefined : rangeOf(lowering, path, value).hi;
}

function valueOfAlternative(
  lowering: Lowering,
  path: Path,
  alternative: KeyAlternative,
  hint: string,
): KeyValue | undefined {
  let value = valueOfSource(lowering, path, alternative.source, hint);
  for (const modifier of alternative.modifiers) {
    if (value === undefined) return undefined;
    const view = requireView(lowering, value, modifier);
    if (modifier.kind === "max") continue;
    if (modifier.kind === "case") {
      // What has letters is text, also where it came as bytes.
      value = view === undefined ? undefined : { ...view, isText: true };
      continue;
    }
    value = view === undefined ? undefined : modifyView(lowering, path, view, modifier, hint);
  }
  return value;
}

function requireView(
  lowering: Lowering,
  value: KeyValue,
  modifier: KeyModifier,
): (KeyValue & { kind: "view" }) | undefined {
  if (value.kind === "view") return value;
  report(lowering.collector, "modifierOnNumber", modifier.span, { modifier: modifier.kind });
  return undefined;
}

function valueOfSource(
  lowering: Lowering,
  path: Path,
  source: KeySource,
  hint: string,
): KeyValue | undefined {
  switch (source.kind) {
    case "field":
      return valueOfField(lowering, path, source.path);
    case "literal":
      if (source.value.kind === "number")
        return {
          kind: "integer",
          conditions: [],
          value: requireInteger(lowering, path, source.value) ?? constant(0),
        };
      return {
        kind: "view",
        conditions: [],
        view: literalView(lowering, source.value.bytes),
        isText: source.value.quoted === "text",
        maxBytes: source.value.bytes.length,
      };
    case "search":
      return valueOfSearch(lowering, path, source, source.list);
    case "any":
      return valueOfSearch(lowering, path, source, null);
    case "headers": {
      const field = valueOfField(lowering, path, source.of);
      if (field === undefined) return undefined;
      if (field.kind !== "view") return wrongSource(lowering, source.of.span);
      const into = newFound(lowering, hint, field.maxBytes);
      const duplicate =
        source.which === "only"
          ? {
              ...failAt(lowering, path, "duplicate", hint, field.view.at, "take only"),
              resync: false,
            }
          : null;
      path.ops.push({
        kind: "header",
        of: field.view,
        name: lowerCase(source.name.bytes),
        which: source.which,
        duplicate,
        into,
      });
      return found(field, into, true);
    }
    case "number": {
      const inner = valueOfAlternative(lowering, path, source.of, hint);
      if (inner === undefined) return undefined;
      if (inner.kind === "integer") return inner;
      const isNumber = newSlot(lowering, `${hint}IsNumber`, { lo: 0, hi: 1 }, "flag");
      const slot = newSlot(lowering, hint, { lo: 0, hi: 10 ** 15 - 1 });
      path.ops.push({ kind: "number", of: inner.view, slot, found: isNumber });
      return {
        kind: "integer",
        conditions: [...inner.conditions, flagSet(isNumber)],
        value: slotExpr(slot),
      };
    }
    case "group":
      // Groups were flattened; one inside number(…) has a single meaning only with one alternative.
      report(lowering.collector, "groupInNumber", source.span, {});
      return undefined;
  }
}

function lowerCase(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte));
}

function wrongSource(lowering: Lowering, span: Span): undefined {
  report(lowering.collector, "wrongType", span, {
    expected: "a text or bytes field",
    found: "a number",
  });
  return undefined;
}

function valueOfField(lowering: Lowering, path: Path, name: FieldPath): KeyValue | undefined {
  const resolved = resolveField(lowering, path, name);
  if (resolved.kind === "problem") {
    resolved.report();
    return undefined;
  }
  const { binding, present } = resolved;
  const there = withPresent(present, { kind: "true" });
  const conditions: readonly Cond[] = there.kind === "true" ? [] : [there];
  if (binding.kind === "integer") return { kind: "integer", conditions, value: binding.value };
  if (binding.kind === "list") {
    const { view, maxBytes } = binding;
    return { kind: "view", conditions, view, isText: false, maxBytes };
  }
  if (binding.kind !== "bytes") {
    const names = [...binding.members.keys()];
    report(lowering.collector, "takeWhat", name.span, { names });
    return undefined;
  }
  return contentValue(lowering, path, { ...binding, conditions });
}

/** Bytes as a key: BCD becomes text of its digits. */
function contentValue(
  lowering: Lowering,
  path: Path,
  of: {
    readonly view: View;
    readonly content: string;
    readonly filler: number | null;
    readonly maxBytes: number;
    readonly conditions: readonly Cond[];
  },
): KeyValue {
  const { view, content, filler, maxBytes, conditions } = of;
  if (content === "bcd") {
    const digits = emitRewrite(lowering, path, view, "bcd", filler, 2 * maxBytes);
    // Without a filler each byte is two digits, which the slot of the rewritten length does not tell.
    const minBytes = filler === null ? 2 * rangeOf(lowering, path, view.length).lo : 0;
    return {
      kind: "view",
      conditions,
      view: digits,
      isText: true,
      maxBytes: 2 * maxBytes,
      minBytes,
    };
  }
  if (content === "text16le" || content === "text16be") {
    const how = content === "text16le" ? "utf16le" : "utf16be";
    const most = 3 * Math.floor(maxBytes / 2);
    const text = emitRewrite(lowering, path, view, how, null, most);
    return { kind: "view", conditions, view: text, isText: true, maxBytes: most };
  }
  return { kind: "view", conditions, view, isText: content !== "bytes", maxBytes };
}

function valueOfSearch(
  lowering: Lowering,
  path: Path,
  source: KeySource & { kind: "search" | "any" },
  list: FieldPath | null,
): KeyValue | undefined {
  const request = lowering.requestOf(source);
  const result = request === undefined ? undefined : lowering.pickResults.get(request);
  if (result === undefined) {
    reportNoSearch(lowering, path, source, list);
    return undefined;
  }
  if (source.kind === "any" && result.kind === "integer")
    return { kind: "integer", conditions: [], value: slotExpr(result.found) };
  const conditions = [flagSet(resultFlag(result))];
  if (result.kind === "integer")
    return { kind: "integer", conditions, value: slotExpr(result.slot) };
  const { into, content, filler, maxBytes } = result;
  const view: View = {
    source: "wire",
    at: { base: into.offset, offset: 0 },
    length: slotExpr(into.length),
  };
  return contentValue(lowering, path, { view, content, filler, maxBytes, conditions });
}

function resultFlag(result: PickResult): number {
  return result.kind === "bytes" ? result.into.found : result.found;
}

function reportNoSearch(
  lowering: Lowering,
  path: Path,
  source: KeySource & { kind: "search" | "any" },
  list: FieldPath | null,
): void {
  if (list === null) {
    report(lowering.collector, "anyNeedsList", source.span, {});
    return;
  }
  const binding = findBinding(path.scope, list.parts[0]?.text ?? "");
  if (binding !== undefined && binding.kind !== "list") {
    report(lowering.collector, "wrongType", list.span, {
      expected: "a repetition before take",
      found: "a field",
    });
    return;
  }
  const resolved = resolveField(lowering, path, list);
  if (resolved.kind === "problem") resolved.report();
}
