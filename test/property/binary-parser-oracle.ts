// The front of a frame as a parser of the binary-parser package: an independent reader of the same description. Statements
// are translated in order, up to the first that the package cannot express.
import { Parser } from "binary-parser";
import { constantOf } from "../../src/compiler/check/constants.ts";
import type { Symbols } from "../../src/compiler/check/symbols.ts";
import type { Expression, FieldStatement, Statement } from "../../src/compiler/syntax/ast.ts";

/** What one field must read: by its path as `trace` names it. */
interface Expectation {
  readonly path: string;
  readonly variable: string;
}

export interface Oracle {
  /** Field values by path: numbers, or bytes in hexadecimal. */
  readonly read: (frame: Uint8Array) => ReadonlyMap<string, number | string>;
  /** Fields that are read. */
  readonly fields: number;
  /** Every statement of the frame could be expressed. */
  readonly isWhole: boolean;
}

interface Building {
  parser: Parser;
  readonly symbols: Symbols;
  readonly expectations: Expectation[];
  /** The parser's variable for a field's name. */
  readonly variables: Map<string, string>;
  order: "big" | "little";
  /** Variables made so far. */
  made: number;
}

type Item = Readonly<Record<string, unknown>>;

const INTEGERS: ReadonlySet<string> = new Set(["u8", "u16", "u24", "u32", "i8", "i16", "i32"]);

/** Stops at a statement that cannot be expressed. */
class Inexpressible extends Error {}

export function buildOracle(
  body: readonly Statement[],
  symbols: Symbols,
  order: "big" | "little",
): Oracle {
  const building: Building = {
    parser: new Parser(),
    symbols,
    expectations: [],
    variables: new Map(),
    order,
    made: 0,
  };
  let isWhole = true;
  try {
    addAll(building, body);
  } catch (problem) {
    if (!(problem instanceof Inexpressible)) throw problem;
    isWhole = false;
  }
  const { parser, expectations } = building;
  return {
    fields: expectations.length,
    isWhole,
    read: (frame) => {
      const item: Item = parser.parse(Buffer.from(frame));
      return new Map(expectations.map(({ path, variable }) => [path, shown(item[variable])]));
    },
  };
}

function shown(value: unknown): number | string {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return value;
  if (Buffer.isBuffer(value)) return value.toString("hex");
  return Buffer.from(String(value), "latin1").toString("hex");
}

function addAll(building: Building, body: readonly Statement[]): void {
  for (const statement of body) add(building, statement);
}

function add(building: Building, statement: Statement): void {
  switch (statement.kind) {
    case "start":
    case "end": {
      const mark = constantOf(statement.mark, building.symbols);
      if (mark?.kind !== "bytes") throw new Inexpressible(statement.kind);
      building.parser = building.parser.seek(mark.bytes.length);
      return;
    }
    case "literal":
      building.parser = building.parser.seek(statement.bytes.bytes.length);
      return;
    case "max":
    case "drop":
    case "size":
    case "check":
    case "ignore":
      return;
    case "endian":
      if (typeof statement.order !== "string") throw new Inexpressible("endian by");
      building.order = statement.order;
      return;
    case "bits":
      return addBits(building, statement);
    case "field":
      return addField(building, statement);
    case "block":
      if (statement.name !== undefined || statement.at !== undefined)
        throw new Inexpressible("a named block");
      if (statement.size.kind === "prefix")
        addPrefix(building, "block", statement.size.type, undefined);
      return addAll(building, statement.body);
    default:
      throw new Inexpressible(statement.kind);
  }
}

/** A new variable; fields without a name are read but compared with nothing. */
function variableFor(building: Building, path: string | undefined): string {
  building.made += 1;
  const variable = `f${building.made}`;
  if (path === undefined || path === "_") return variable;
  building.expectations.push({ path, variable });
  if (!building.variables.has(path)) building.variables.set(path, variable);
  return variable;
}

function addBits(building: Building, statement: Statement & { kind: "bits" }): void {
  if (building.order === "little" && statement.type !== "u8") throw new Inexpressible("bits");
  if (statement.members.some((member) => member.place.kind !== "ordered"))
    throw new Inexpressible("numbered bits");
  for (const member of statement.members) {
    const width = member.place.kind === "ordered" ? member.place.widthBits : 0;
    const prefix = statement.name === undefined ? "" : `${statement.name.text}.`;
    const path = `${prefix}${member.name.text}`;
    const variable = variableFor(building, member.name.text === "_" ? undefined : path);
    building.parser = addBitField(building.parser, variable, width);
  }
}

/** `bit1` to `bit32` are methods of their own in the package. */
function addBitField(parser: Parser, variable: string, width: number): Parser {
  const methods = parser as unknown as Record<string, (name: string) => Parser>;
  const method = methods[`bit${width}`];
  if (method === undefined) throw new Inexpressible(`bit${width}`);
  return method.call(parser, variable);
}

function addField(building: Building, field: FieldStatement): void {
  if (field.at !== undefined || field.until !== undefined || field.counts !== undefined)
    throw new Inexpressible("a place");
  const path = field.name?.text;
  const { type } = field;
  switch (type.kind) {
    case "integer":
      if (!INTEGERS.has(type.name)) throw new Inexpressible(type.name);
      return addInteger(building, type.name, variableFor(building, path), field.endian);
    case "digits": {
      const bytes = Number(constantValue(building, type.sizeBytes));
      if (type.name === "bcd") throw new Inexpressible("bcd");
      const radix = type.name === "hex" ? 16 : 10;
      building.parser = building.parser.string(variableFor(building, path), {
        length: bytes,
        formatter: (text) => Number.parseInt(text, radix),
      });
      return;
    }
    case "bytes": {
      const { size } = type;
      if (size === undefined) throw new Inexpressible("no size");
      const length =
        size.kind === "expression"
          ? lengthOf(building, size.value)
          : lengthFrom(addPrefix(building, path ?? type.name, size.type, field));
      building.parser = building.parser.buffer(variableFor(building, path), { length });
      return;
    }
    case "cstring":
      building.parser = building.parser.string(variableFor(building, path), {
        zeroTerminated: true,
        encoding: "latin1",
      });
      return;
    case "varint":
      throw new Inexpressible("varint");
  }
}

function addPrefix(
  building: Building,
  name: string,
  type: FieldStatement["type"],
  field: FieldStatement | undefined,
): string {
  if (type.kind !== "integer" || !INTEGERS.has(type.name)) throw new Inexpressible(type.kind);
  const variable = variableFor(building, `${name}Size`);
  addInteger(building, type.name, variable, field?.endian);
  return variable;
}

function lengthFrom(variable: string): (item: Item) => number {
  return (item) => Number(item[variable]);
}

function addInteger(
  building: Building,
  name: string,
  variable: string,
  endian: "big" | "little" | undefined,
): void {
  const suffix = (endian ?? building.order) === "little" ? "le" : "be";
  const { parser } = building;
  switch (name) {
    case "u8":
      building.parser = parser.uint8(variable);
      return;
    case "u16":
      building.parser = suffix === "le" ? parser.uint16le(variable) : parser.uint16be(variable);
      return;
    case "u32":
      building.parser = suffix === "le" ? parser.uint32le(variable) : parser.uint32be(variable);
      return;
    case "i8":
      building.parser = parser.int8(variable);
      return;
    case "i16":
      building.parser = suffix === "le" ? parser.int16le(variable) : parser.int16be(variable);
      return;
    case "i32":
      building.parser = suffix === "le" ? parser.int32le(variable) : parser.int32be(variable);
      return;
    case "u24":
      if (suffix === "le") throw new Inexpressible("u24 little");
      building.parser = addBitField(parser, variable, 24);
      return;
    default:
      throw new Inexpressible(name);
  }
}

function constantValue(building: Building, expression: Expression | undefined): bigint {
  const known = expression === undefined ? undefined : constantOf(expression, building.symbols);
  if (known?.kind !== "integer") throw new Inexpressible("a size");
  return known.value;
}

/** A size as a function of the fields read so far. */
function lengthOf(building: Building, expression: Expression): (item: Item) => number {
  const known = constantOf(expression, building.symbols);
  if (known?.kind === "integer") return () => Number(known.value);
  if (expression.kind === "path") {
    const variable = building.variables.get(expression.parts.map((part) => part.text).join("."));
    if (variable === undefined) throw new Inexpressible("a name");
    return lengthFrom(variable);
  }
  if (expression.kind !== "binary") throw new Inexpressible(expression.kind);
  const left = lengthOf(building, expression.left);
  const right = lengthOf(building, expression.right);
  switch (expression.operator) {
    case "+":
      return (item) => left(item) + right(item);
    case "-":
      return (item) => left(item) - right(item);
    case "*":
      return (item) => left(item) * right(item);
    default:
      throw new Inexpressible(expression.operator);
  }
}
