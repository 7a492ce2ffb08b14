// Decoded fields as rows of a table: offset, length, name, bytes, value. Knows no terminal.

import { hexOf } from "../../base/bytes.ts";
import { printable } from "../../base/printable.ts";
import type { FieldTrace } from "../../compiler/index.ts";

/** Fields shown; of more, their number. */
const FIELDS_MAX = 200;

/** Bytes and characters of one field that are shown. */
const BYTES_MAX = 8;
const VALUE_MAX = 60;

const FIELD_HEAD = ["offset", "length", "field", "bytes", "value"] as const;

/** A row for each field, in order, the head first. Members of bit fields leave the bytes out. */
export function fieldRows(fields: readonly FieldTrace[]): readonly (readonly string[])[] {
  const shown = fields.slice(0, FIELDS_MAX);
  const rows = shown.map((field, index) => [
    String(field.offset),
    String(field.bytes.length),
    field.path,
    isMember(shown, index) ? "" : shortHex(field.bytes),
    valueText(field),
  ]);
  const left = fields.length - shown.length;
  return [FIELD_HEAD, ...rows, ...(left > 0 ? [["", "", `… ${left} more fields`]] : [])];
}

/** Whether the field is part of the one before it, or of the one that is the parent of both. */
function isMember(fields: readonly FieldTrace[], index: number): boolean {
  const field = fields[index];
  const parent = field?.path.slice(0, field.path.lastIndexOf("."));
  return fields.some(
    (other) =>
      other.path === parent &&
      other.offset === field?.offset &&
      other.bytes.length === field?.bytes.length,
  );
}

/** At most `BYTES_MAX` bytes, then `…`. */
function shortHex(bytes: Uint8Array): string {
  const shown = hexOf(bytes.subarray(0, BYTES_MAX), " ");
  return bytes.length > BYTES_MAX ? `${shown} …` : shown;
}

/** Numbers and digits as they are, text between quotes. */
function valueText({ value, bytes }: FieldTrace): string {
  if (typeof value === "number") return String(value);
  if (bytes.length > 0 && value === hexOf(bytes)) return printable(value, VALUE_MAX);
  return `"${printable(value, VALUE_MAX)}"`;
}
