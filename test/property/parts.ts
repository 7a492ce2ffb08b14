// Parts of a frame being made: bytes that are final, and numbers whose value is told by what follows them.
import type { CheckCall, FieldType, Guard } from "../../src/compiler/syntax/ast.ts";

/** A number on the wire; `value` is set when it is chosen or when what it counts is known. */
export interface NumberPart {
  readonly kind: "number";
  readonly name: string;
  readonly type: FieldType;
  readonly order: "big" | "little";
  readonly guard: Guard | undefined;
  readonly max: number;
  value: bigint | undefined;
}

export type Part =
  | { readonly kind: "bytes"; readonly name: string; readonly bytes: Uint8Array }
  | NumberPart
  /** A checksum, filled in last; encoded as its field's type. */
  | {
      readonly kind: "check";
      readonly name: string;
      readonly type: FieldType;
      readonly order: "big" | "little";
      readonly call: CheckCall;
      value: bigint;
    }
  /** A named or unnamed part with parts of its own. */
  | { readonly kind: "group"; readonly name: string; readonly parts: readonly Part[] }
  /** A field at an offset from the beginning of the part around it. */
  | {
      readonly kind: "at";
      readonly name: string;
      readonly offset: number;
      readonly bytes: Uint8Array;
    };

/** Thrown where a choice leads nowhere: the frame is begun anew. */
export class DeadEnd extends Error {}

/** A part's bytes with what is known so far; numbers without a value take their smallest form. */
export function encodePart(part: Part): Uint8Array {
  switch (part.kind) {
    case "bytes":
      return part.bytes;
    case "number":
      return encodeNumber(part.type, part.value ?? 0n, part.order);
    case "check":
      return encodeNumber(part.type, part.value, part.order);
    case "group":
      return encodeParts(part.parts);
    case "at":
      return new Uint8Array(0);
  }
}

/** Parts one after another, fields at offsets laid over them (gaps are zeros), and the end mark behind everything. */
export function encodeParts(parts: readonly Part[]): Uint8Array {
  const flat = Buffer.concat(parts.filter((part) => part.name !== "end").map(encodePart));
  const end = Buffer.concat(parts.filter((part) => part.name === "end").map(encodePart));
  const reach = parts.reduce(
    (most, part) => (part.kind === "at" ? Math.max(most, part.offset + part.bytes.length) : most),
    flat.length,
  );
  const whole = Buffer.alloc(reach + end.length);
  whole.set(flat);
  for (const part of parts) if (part.kind === "at") whole.set(part.bytes, part.offset);
  whole.set(end, reach);
  return whole;
}

/** A number in its field's wire form. */
function encodeNumber(type: FieldType, value: bigint, order: "big" | "little"): Uint8Array {
  switch (type.kind) {
    case "integer": {
      const bytes = Number(type.name.slice(1)) / 8;
      const all = Uint8Array.from({ length: bytes }, (_, index) =>
        Number((BigInt.asUintN(8 * bytes, value) >> BigInt(8 * index)) & 0xffn),
      );
      return order === "little" ? all : all.reverse();
    }
    case "varint":
      return encodeVarint(type.name, value);
    case "digits":
      return encodeDigits(type, value);
    default:
      throw new DeadEnd(`no number in ${type.kind}`);
  }
}

function encodeVarint(name: "varint" | "vlq" | "ber" | "lenenc", value: bigint): Uint8Array {
  if (name === "varint" || name === "vlq") {
    const groups: number[] = [];
    let left = value;
    do {
      groups.push(Number(left & 0x7fn));
      left >>= 7n;
    } while (left > 0n);
    const ordered = name === "varint" ? groups : groups.reverse();
    return Uint8Array.from(ordered, (group, index) =>
      index < ordered.length - 1 ? group | 0x80 : group,
    );
  }
  const octets = octetsOf(value);
  if (name === "ber")
    return value < 0x80n
      ? Uint8Array.of(Number(value))
      : Uint8Array.of(0x80 | octets.length, ...octets);
  if (value < 0xfbn) return Uint8Array.of(Number(value));
  const [lead, width] = value < 0x10000n ? [0xfc, 2] : value < 0x1000000n ? [0xfd, 3] : [0xfe, 8];
  const little = [...octets].reverse();
  return Uint8Array.of(lead, ...little, ...new Array<number>(width - little.length).fill(0));
}

function octetsOf(value: bigint): number[] {
  const octets: number[] = [];
  for (let left = value; left > 0n; left >>= 8n) octets.unshift(Number(left & 0xffn));
  return octets.length === 0 ? [0] : octets;
}

function encodeDigits(type: FieldType & { readonly kind: "digits" }, value: bigint): Uint8Array {
  const size = type.sizeBytes?.kind === "number" ? Number(type.sizeBytes.value) : 0;
  if (type.name === "bcd") {
    const digits = value.toString().padStart(2 * size, "0");
    if (digits.length > 2 * size) throw new DeadEnd("too many digits");
    return Uint8Array.from(Buffer.from(digits, "hex"));
  }
  const digits = value
    .toString(type.name === "hex" ? 16 : 10)
    .toUpperCase()
    .padStart(size, "0");
  if (size > 0 && digits.length > size) throw new DeadEnd("too many digits");
  return Uint8Array.from(Buffer.from(digits, "latin1"));
}
