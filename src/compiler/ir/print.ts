// A program as text, for `compile --print ir` and for goldens: stable, complete but for spans. Nothing reads it back.

import type { Program, SlotInfo } from "./ir.ts";
import { printOps } from "./print/operations.ts";
import { phrasesOf, printBytes } from "./print/phrases.ts";

/** The program, ending in a line feed. */
export function printProgram(program: Program): string {
  const sections = [
    section(`protocol ${program.protocol} from ${program.source}`, printBounds(program)),
    section("keys", program.keys.map(printKeyInfo)),
    section("reasons", program.reasons.map(printReason)),
    section("implied guards", program.impliedGuards),
    section("key places", program.keyPlaces),
    section("scratch", printScratch(program)),
    section("slots", printSlots(program.slots)),
    section("body", printOps(program.body, phrasesOf(program))),
  ];
  return sections.filter((text) => text !== "").join("\n");
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [title, ...lines.map((line) => `  ${line}`), ""].join("\n");
}

function printBounds(program: Program): readonly string[] {
  const precision = program.needIsExact ? "exact" : "at least";
  return [
    `class: ${program.class}, resume: ${program.resume}`,
    `need: ${program.needMin} ${precision}`,
    `most bytes: frame ${program.frameMax}, held ${program.holdMax}, dropped ${program.dropMax}`,
    `false starts: ${program.falseStartsMax === 0 ? "not counted" : program.falseStartsMax}`,
    `work per byte: ${program.workPerByte}`,
  ];
}

function printKeyInfo(key: Program["keys"][number], index: number): string {
  const missing = key.mayBeMissing ? ", may be missing" : "";
  return `${index} ${key.name}: ${key.type}, at most ${key.maxBytes} bytes${missing}`;
}

function printReason(reason: Program["reasons"][number], index: number): string {
  return `${index} ${reason.kind}:${reason.field}: ${reason.rule}`;
}

function printScratch(program: Program): readonly string[] {
  if (program.scratchBytes === 0) return [];
  const literals = program.scratchLiterals.map(({ at, bytes }) => `${at}: ${printBytes(bytes)}`);
  return [`${program.scratchBytes} bytes`, ...literals];
}

function printSlots(slots: readonly SlotInfo[]): readonly string[] {
  const width = Math.max(...slots.map(({ name }) => name.length), 0);
  return slots.map(({ name, role, lo, hi }) => {
    return `${name.padEnd(width)}  ${role.padEnd("position".length)}  ${lo}..${hi}`;
  });
}
