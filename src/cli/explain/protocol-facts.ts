// What the compiler knows of a protocol before any byte has come: class, bounds, places, guards it added.

import type { CompiledProtocol } from "../../compiler/index.ts";
import { counted, grouped } from "../counted.ts";

/** Rows of a table: what, and how much of it. */
export function protocolFacts({
  program,
  prefix,
}: CompiledProtocol): readonly (readonly [string, string])[] {
  const { needMin, needIsExact, frameMax, holdMax, dropMax, falseStartsMax } = program;
  const rows: [string, string][] = [
    ["class", CLASSES[program.class]],
    [
      "verdict after",
      `${counted(needMin, "byte")} at least${needIsExact ? ", exactly known" : ""}`,
    ],
    ["frame", `${counted(frameMax, "byte")} at most`],
    ["memory", `${counted(holdMax, "byte")} held for a connection while it is undecided`],
    [
      "work",
      `each byte is read ${program.workPerByte === 1 ? "once" : `at most ${grouped(program.workPerByte)} times`}`,
    ],
  ];
  if (dropMax > 0)
    rows.push(["junk", `at most ${counted(dropMax, "byte")} are dropped before a frame`]);
  if (falseStartsMax > 0) rows.push(["false starts", `${grouped(falseStartsMax)} at most`]);
  if (prefix !== null)
    rows.push([
      "prefix",
      `${prefix.programs.map(({ protocol }) => protocol).join(" or ")}, ${prefix.isRequired ? "required" : "optional"}`,
    ]);
  for (const [index, key] of program.keys.entries()) {
    const place = program.keyPlaces[index]?.replace(`${key.name}: `, "") ?? key.name;
    const where = place === key.name ? "" : `, ${place}`;
    const presence = key.mayBeMissing ? ", may be missing" : "";
    const length = key.type === "integer" ? "" : ` of at most ${counted(key.maxBytes, "byte")}`;
    rows.push([`key ${key.name}`, `${key.type}${length}${presence}${where}`]);
  }
  for (const [rule, places] of groupedGuards(program.impliedGuards))
    rows.push(["implied guard", `${rule} at ${places.join(", ")}`]);
  return rows;
}

/** Guards that the compiler added, `too-short at name`, by their rule. */
function groupedGuards(guards: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const guard of guards) {
    const [rule = "", place = ""] = guard.split(" at ", 2);
    groups.set(rule, [...(groups.get(rule) ?? []), place]);
  }
  return groups;
}

const CLASSES = {
  affine: "affine: every place follows from constants and decoded lengths",
  "bounded walk": "bounded walk: it searches or repeats, within stated bounds",
} as const;
