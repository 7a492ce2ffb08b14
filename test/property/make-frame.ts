// Makes a frame from a description: contents first, then the numbers that count them, then checksums. It shares no code with
// the compiler beyond the tree and the checksum definitions, so that both can be wrong only apart.
import { findChecksum } from "../../src/compiler/check/checksums.ts";
import { constantOf } from "../../src/compiler/check/constants.ts";
import type { Symbols } from "../../src/compiler/check/symbols.ts";
import { computeChecksum } from "../../src/compiler/ir/checksum.ts";
import type {
  FieldStatement,
  Guard,
  IntegerTypeName,
  ProtocolDeclaration,
  RepeatStatement,
  Statement,
} from "../../src/compiler/syntax/ast.ts";
import { hintsOf } from "./hints.ts";
import { DeadEnd, encodePart, encodeParts, type NumberPart, type Part } from "./parts.ts";
import { createRandom } from "./random.ts";
import {
  choose,
  evaluate,
  holds,
  isIn,
  type Making,
  rangeMax,
  requireAllowed,
  solve,
  tryEvaluate,
} from "./values.ts";

/** Frames begun anew before giving up on a seed. */
const TRIES_MAX = 300;

/** A valid frame of the protocol, or undefined where none was found in `TRIES_MAX` tries. */
export function makeFrame(
  protocol: ProtocolDeclaration,
  symbols: Symbols,
  seed: number,
): Uint8Array | undefined {
  const frame = protocol.items.find((item) => item.kind === "frame");
  if (frame?.kind !== "frame") return undefined;
  const hints = hintsOf(protocol);
  const endian = protocol.items.find((item) => item.kind === "endian");
  for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
    const making: Making = {
      symbols,
      hints,
      random: createRandom(seed + attempt * 7919),
      names: new Map(),
      order: endian?.kind === "endian" && endian.order === "little" ? "little" : "big",
    };
    try {
      return finish(making, frame.body, makeBody(making, frame.body));
    } catch (problem) {
      if (!(problem instanceof DeadEnd)) throw problem;
    }
  }
  return undefined;
}

/** Settles the frame's own size and its checksums. */
function finish(making: Making, body: readonly Statement[], parts: readonly Part[]): Uint8Array {
  settleSize(making, body, parts);
  settleFree(making, parts);
  let whole = encodeParts(parts);
  // A checksum may cover an earlier one; a second round settles that.
  for (let round = 0; round < 2; round += 1) {
    for (const part of flatten(parts)) {
      if (part.kind !== "check") continue;
      part.value = BigInt(checksumOf(making, parts, part));
    }
    whole = encodeParts(parts);
  }
  for (const part of flatten(parts)) if (part.kind === "number") requireAllowed(making, part);
  return whole;
}

/** `size = …` and `end` of a body whose parts are made. */
function settleSize(making: Making, body: readonly Statement[], parts: readonly Part[]): void {
  const size = body.find((statement) => statement.kind === "size");
  if (size?.kind !== "size") return;
  for (let round = 0; round < 4; round += 1) solve(making, size.value, encodeParts(parts).length);
}

function settleFree(making: Making, parts: readonly Part[]): void {
  for (const part of flatten(parts))
    if (part.kind === "number" && part.value === undefined) part.value = choose(making, part);
}

function* flatten(parts: readonly Part[]): Generator<Part> {
  for (const part of parts) {
    yield part;
    if (part.kind === "group") yield* flatten(part.parts);
  }
}

function checksumOf(
  making: Making,
  parts: readonly Part[],
  part: Extract<Part, { kind: "check" }>,
): number {
  const name = part.call.algorithm.text;
  const algorithm = making.symbols.checksums.get(name) ?? findChecksum(name);
  if (algorithm === undefined) throw new Error(`no checksum ${name}`);
  const firstName = part.call.over.first.parts.map((each) => each.text).join(".");
  const last = part.call.over.last ?? part.call.over.first;
  const lastName = last.parts.map((each) => each.text).join(".");
  const from = placeOf(parts, firstName);
  const to = placeOf(parts, lastName);
  if (from === undefined || to === undefined) throw new DeadEnd("a range that is not there");
  return computeChecksum(algorithm, encodeParts(parts).subarray(from.from, to.to));
}

function placeOf(
  parts: readonly Part[],
  name: string,
  base = 0,
): { from: number; to: number } | undefined {
  let at = base;
  for (const part of parts) {
    const length = encodePart(part).length;
    if (part.name === name)
      return part.kind === "at"
        ? { from: part.offset, to: part.offset + part.bytes.length }
        : { from: at, to: at + length };
    if (part.kind === "group") {
      const inner = placeOf(part.parts, name, at);
      if (inner !== undefined) return inner;
    }
    at += length;
  }
  return undefined;
}

function makeBody(making: Making, body: readonly Statement[]): readonly Part[] {
  const parts: Part[] = [];
  for (const [index, statement] of body.entries()) {
    const made = makeStatement(making, statement, parts);
    parts.push(...made);
    if (statement.kind === "field" && statement.counts !== undefined)
      parts.push(...makeCounted(making, statement, body, index, parts));
    if (statement.kind === "field" && statement.counts !== undefined) {
      const end = lastCounted(statement, body, index);
      parts.push(...makeBody(making, body.slice(end + 1)));
      return parts;
    }
  }
  return parts;
}

function lastCounted(field: FieldStatement, body: readonly Statement[], index: number): number {
  const last = field.counts?.last ?? field.counts?.first;
  const name = last?.parts[0]?.text;
  return body.findIndex((other, at) => at > index && "name" in other && other.name?.text === name);
}

function makeCounted(
  making: Making,
  field: FieldStatement,
  body: readonly Statement[],
  index: number,
  before: readonly Part[],
): readonly Part[] {
  const end = lastCounted(field, body, index);
  const counted = makeBody(making, body.slice(index + 1, end + 1));
  const first = field.counts?.first.parts[0]?.text ?? "";
  const all = [...before, ...counted];
  const from = placeOf(all, first)?.from ?? encodeParts(before).length;
  const number = making.names.get(field.name?.text ?? "");
  if (number?.kind === "number") number.value = BigInt(encodeParts(all).length - from);
  return counted;
}

function makeStatement(
  making: Making,
  statement: Statement,
  before: readonly Part[],
): readonly Part[] {
  const { random } = making;
  switch (statement.kind) {
    case "start":
    case "end": {
      const mark = constantOf(statement.mark, making.symbols);
      return mark?.kind === "bytes" ? [bytesPart(statement.kind, mark.bytes)] : [];
    }
    case "literal":
      return [bytesPart("literal", statement.bytes.bytes)];
    case "endian": {
      const { order } = statement;
      if (typeof order === "string") making.order = order;
      else {
        const part = making.names.get(order.field.parts[0]?.text ?? "");
        const value = part?.kind === "number" ? part.value : undefined;
        const bytes = part?.kind === "bytes" ? part.bytes : undefined;
        const match = order.cases.find(({ value: literal }) => {
          const known = constantOf(literal, making.symbols);
          if (known?.kind === "integer") return known.value === value;
          if (known?.kind !== "bytes") return false;
          return bytes !== undefined
            ? Buffer.compare(bytes, known.bytes) === 0
            : value === BigInt(known.bytes[0] ?? -1);
        });
        if (match === undefined) throw new DeadEnd("no byte order");
        making.order = match.order;
      }
      return [];
    }
    case "field":
      return makeField(making, statement);
    case "bits": {
      const width = Number(statement.type.slice(1));
      let value = 0n;
      let left = width;
      for (const member of statement.members) {
        const { place } = member;
        const bits = place.kind === "ordered" ? place.widthBits : place.high - place.low + 1;
        left -= place.kind === "ordered" ? place.widthBits : 0;
        const low = place.kind === "ordered" ? left : place.low;
        const all = BigInt(2 ** bits - 1);
        const dotted =
          statement.name === undefined
            ? member.name.text
            : `${statement.name.text}.${member.name.text}`;
        const of: NumberPart = numberPart(making, dotted, member.guard, all);
        const chosen = choose(making, of);
        value |= chosen << BigInt(low);
        making.names.set(dotted, { ...of, value: chosen });
      }
      return [integerPart(making, statement.type, statement.name?.text ?? "bits", value)];
    }
    case "block": {
      const outer = new Map(making.names);
      const inner = makeBody(making, statement.body);
      settleSize(making, statement.body, inner);
      if (statement.name !== undefined) qualifyNames(making, outer, statement.name.text);
      return sizedGroup(making, statement.size, statement.name?.text ?? "block", inner);
    }
    case "repeat":
      return makeRepeat(making, statement);
    case "if": {
      const taken = holds(making, statement.condition);
      return [group("if", makeBody(making, taken ? statement.then : (statement.else ?? [])))];
    }
    case "switch": {
      const on = evaluate(making, statement.on);
      const arm = statement.arms.find(({ values }) => isIn(making, on, values));
      const body = arm?.body ?? statement.else;
      if (body === undefined) throw new DeadEnd("no arm");
      return [group("switch", makeBody(making, body))];
    }
    case "rest":
      return [bytesPart(statement.name?.text ?? "rest", random.bytes(random.between(0, 40)))];
    case "pad": {
      const to = Number(evaluate(making, statement.to));
      const used = encodeParts(before).length % to;
      return [bytesPart("pad", new Uint8Array(used === 0 ? 0 : to - used))];
    }
    default:
      return [];
  }
}

/** Behind a named block its names are dotted, and what they hid is seen again. */
function qualifyNames(making: Making, outer: ReadonlyMap<string, Part>, name: string): void {
  const inner = [...making.names].filter(([each, part]) => outer.get(each) !== part);
  making.names.clear();
  for (const [each, part] of outer) making.names.set(each, part);
  for (const [each, part] of inner) making.names.set(`${name}.${each}`, part);
}

function bytesPart(name: string, bytes: Uint8Array): Part {
  return { kind: "bytes", name, bytes };
}

function group(name: string, parts: readonly Part[]): Part {
  return { kind: "group", name, parts };
}

function numberPart(
  making: Making,
  name: string,
  guard: Guard | undefined,
  max: bigint,
): NumberPart {
  return {
    kind: "number",
    name,
    type: { kind: "integer", name: "u64", span: NOWHERE },
    order: making.order,
    guard,
    max: Number(max),
    value: undefined,
  };
}

const NOWHERE = { file: 0, start: 0, end: 0 };

function integerPart(making: Making, type: IntegerTypeName, name: string, value: bigint): Part {
  const part: NumberPart = {
    kind: "number",
    name,
    type: { kind: "integer", name: type, span: NOWHERE },
    order: making.order,
    guard: undefined,
    max: Number.MAX_SAFE_INTEGER,
    value,
  };
  making.names.set(name, part);
  return part;
}

/** A part with its inline prefix, or with the field elsewhere that is its size. */
function sizedGroup(
  making: Making,
  size: Extract<Statement, { kind: "block" }>["size"],
  name: string,
  inner: readonly Part[],
): readonly Part[] {
  const length = encodeParts(inner).length;
  if (size.kind === "expression") {
    solve(making, size.value, length);
    return [group(name, inner)];
  }
  const prefix: NumberPart = {
    kind: "number",
    name: `${name}Size`,
    type: size.type,
    order: making.order,
    guard: undefined,
    max: rangeMax(size.type),
    value: BigInt(length),
  };
  return [prefix, group(name, inner)];
}

function makeRepeat(making: Making, statement: RepeatStatement): readonly Part[] {
  const { random } = making;
  const most = statement.max === undefined ? 4 : Number(evaluate(making, statement.max));
  const { extent } = statement;
  let rounds = random.between(0, Math.min(most, 4));
  if (extent.kind === "times") {
    const known = tryEvaluate(making, extent.count);
    if (known !== undefined) rounds = Number(known);
    else {
      rounds = Math.max(rounds, 1);
      solve(making, extent.count, rounds);
    }
  }
  const elements: Part[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const outer = new Map(making.names);
    const inner = makeBody(making, statement.body);
    settleSize(making, statement.body, inner);
    settleFree(making, inner);
    elements.push(group("element", inner));
    // An element's names end with it; one that hid an outer name gives it back.
    making.names.clear();
    for (const [name, part] of outer) making.names.set(name, part);
  }
  const name = statement.name?.text ?? "repeat";
  if (extent.kind === "filling") return sizedGroup(making, extent.size, name, elements);
  if (extent.kind === "until") {
    const { terminator } = extent;
    const mark =
      terminator.kind === "bytes" ? terminator.bytes : Uint8Array.of(Number(terminator.value));
    for (const element of elements) {
      const bytes = encodePart(element);
      if (mark.every((byte, at) => bytes[at] === byte)) throw new DeadEnd("ends too early");
    }
    return [group(name, [...elements, bytesPart("terminator", mark)])];
  }
  return [group(name, elements)];
}

function makeField(making: Making, field: FieldStatement): readonly Part[] {
  const { type } = field;
  const name = field.name?.text ?? type.kind;
  if (field.until !== undefined) return makeUntil(making, field, name);
  switch (type.kind) {
    case "integer":
    case "varint":
    case "digits":
      return makeNumber(making, field, name);
    case "cstring": {
      const most = Number(evaluate(making, type.mostBytes));
      const text = textFor(making, field, name, making.random.between(0, Math.min(most - 1, 12)));
      const plain = text.map((byte) => (byte === 0 ? 0x41 : byte)).subarray(0, most - 1);
      const part = bytesPart(name, Buffer.concat([plain, Uint8Array.of(0)]));
      making.names.set(name, bytesPart(name, plain));
      return [part];
    }
    case "bytes":
      return makeBytes(making, field, name);
  }
}

function makeNumber(making: Making, field: FieldStatement, name: string): readonly Part[] {
  const { type } = field;
  if (field.check !== undefined && !field.check.isUnverified)
    return [
      {
        kind: "check",
        name,
        type,
        order: field.endian ?? making.order,
        call: field.check,
        value: 0n,
      },
    ];
  const part: NumberPart = {
    kind: "number",
    name,
    type,
    order: field.endian ?? making.order,
    guard: field.guard,
    max: Math.min(
      rangeMax(type),
      field.max === undefined ? Number.POSITIVE_INFINITY : Number(evaluate(making, field.max)),
    ),
    value: undefined,
  };
  const isSize = making.hints.sizes.has(name) && field.guard?.kind !== "compare";
  if (!isSize) part.value = choose(making, part);
  making.names.set(name, part);
  if (field.at === undefined) return [part];
  if (part.value === undefined) throw new DeadEnd("a size at an offset");
  const offset = Number(evaluate(making, field.at));
  return [{ kind: "at", name, offset, bytes: encodePart(part) }];
}

function makeUntil(making: Making, field: FieldStatement, name: string): readonly Part[] {
  const { random } = making;
  const mark = random.oneOf(field.until ?? []).bytes;
  const most = field.max === undefined ? 24 : Math.min(24, Number(evaluate(making, field.max)));
  if (field.type.kind === "digits") {
    const part: NumberPart = {
      kind: "number",
      name,
      type: field.type,
      order: "big",
      guard: field.guard,
      max: (field.type.name === "hex" ? 16 : 10) ** Math.min(most, 9) - 1,
      value: undefined,
    };
    if (!making.hints.sizes.has(name)) part.value = choose(making, part);
    making.names.set(name, part);
    return [part, bytesPart("mark", mark)];
  }
  const text = textFor(making, field, name, random.between(0, most));
  const limit = field.max === undefined ? text.length : Number(evaluate(making, field.max));
  if (text.length > limit) throw new DeadEnd("too long");
  const whole = Buffer.concat([text, mark]);
  for (const other of field.until ?? [])
    if (whole.indexOf(other.bytes) < text.length && whole.indexOf(other.bytes) >= 0)
      throw new DeadEnd("a mark inside");
  making.names.set(name, bytesPart(name, text));
  return [group(name, [bytesPart("content", text), bytesPart("mark", mark)])];
}

function makeBytes(making: Making, field: FieldStatement, name: string): readonly Part[] {
  const { type } = field;
  if (type.kind !== "bytes" || type.size === undefined) throw new DeadEnd("no size");
  const { size } = type;
  const known = size.kind === "expression" ? tryEvaluate(making, size.value) : undefined;
  const max = field.max === undefined ? 40 : Math.min(40, Number(evaluate(making, field.max)));
  const wanted = known === undefined ? making.random.between(0, max) : Number(known);
  if (wanted < 0 || wanted > 70_000) throw new DeadEnd("a size that cannot be");
  const free = known === undefined;
  const bytes = textFor(making, field, name, wanted, free);
  if (!free && bytes.length !== wanted) throw new DeadEnd("a text of another size");
  making.names.set(name, bytesPart(name, bytes));
  if (field.at !== undefined)
    return [{ kind: "at", name, offset: Number(evaluate(making, field.at)), bytes }];
  if (size.kind === "expression") {
    if (free) solve(making, size.value, bytes.length);
    return [bytesPart(name, bytes)];
  }
  return sizedGroup(making, size, name, [bytesPart(name, bytes)]);
}

/** Content that satisfies the field's guard; interesting text where a key looks into it. */
function textFor(
  making: Making,
  field: FieldStatement,
  name: string,
  length: number,
  isFree = true,
): Uint8Array {
  const { random } = making;
  const { guard } = field;
  if (guard !== undefined) {
    const literals = guard.kind === "in" ? guard.set.items.map((item) => item.from) : [guard.value];
    const known = constantOf(random.oneOf(literals), making.symbols);
    if (known?.kind === "bytes" && !(guard.kind === "in" && guard.isNegated)) return known.bytes;
  }
  const texts = making.hints.texts.get(name);
  if (isFree && texts !== undefined && random.chance(0.7))
    return Uint8Array.from(Buffer.from(random.oneOf(texts), "latin1"));
  const isText = field.type.kind !== "bytes" || field.type.name !== "bytes";
  if (!isText && random.chance(0.7)) return random.bytes(length);
  return Uint8Array.from({ length }, () => random.between(0x30, 0x7a));
}
