// A user's own `checksum name { … }` as the parameters of the Rocksoft model. Knows no other declaration.

import { type Collector, report } from "../diagnostics/collector.ts";
import type { ChecksumDeclaration } from "../syntax/ast.ts";
import type { Checksum } from "./checksums.ts";

const WIDTHS: readonly number[] = [8, 16, 24, 32];

/** The declared CRC, or undefined where `width` or `poly` is missing or a value does not fit the width (reported). */
export function checksumOfDeclaration(
  declaration: ChecksumDeclaration,
  collector: Collector,
): Checksum | undefined {
  const name = declaration.name.text;
  const values = new Map<string, bigint>();
  const reflected = new Set<string>();
  let isValid = true;
  const complain = (span: typeof declaration.span, problem: string): void => {
    report(collector, "checksumParameter", span, { name, problem });
    isValid = false;
  };
  for (const parameter of declaration.parameters) {
    if (parameter.kind === "reflect") reflected.add(parameter.what);
    else if (values.has(parameter.name)) complain(parameter.span, `${parameter.name} stands twice`);
    else values.set(parameter.name, parameter.value.value);
  }
  const width = Number(values.get("width") ?? 0n);
  if (!WIDTHS.includes(width)) complain(declaration.span, "width must be 8, 16, 24 or 32");
  if (!values.has("poly")) complain(declaration.span, "poly is missing");
  for (const [parameter, value] of values) {
    if (parameter !== "width" && isValid && value >= 1n << BigInt(width))
      complain(declaration.span, `${parameter} has more than ${width} bits`);
  }
  if (!isValid) return undefined;
  return {
    kind: "crc",
    name,
    width,
    poly: Number(values.get("poly")),
    init: Number(values.get("init") ?? 0n),
    reflectIn: reflected.has("in"),
    reflectOut: reflected.has("out"),
    xorOut: Number(values.get("xorout") ?? 0n),
  };
}
