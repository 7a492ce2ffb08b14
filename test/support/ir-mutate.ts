// Damages programs: one operation, or one number somewhere. What a verifier is tried on.
import type { Op, Program } from "../../src/compiler/ir/ir.ts";
import { mapBodies } from "../../src/compiler/ir/passes/access.ts";

/** The program with the `count`-th operation (from 0, bodies included) for which `is` holds replaced by what `by` gives. */
export function replaceOp(
  program: Program,
  is: (op: Op) => boolean,
  by: (op: Op) => readonly Op[],
  count = 0,
): Program {
  let met = 0;
  const replace = (ops: readonly Op[]): readonly Op[] =>
    ops.flatMap((op) => {
      if (is(op) && met++ === count) return by(op);
      return [mapBodies(op, replace)];
    });
  const body = replace(program.body);
  if (met <= count) throw new Error("there is no such operation");
  return { ...program, body };
}

/** The program without an operation of that kind, the `count`-th from 0. */
export function withoutOp(program: Program, kind: Op["kind"], count = 0): Program {
  return replaceOp(
    program,
    (op) => op.kind === kind,
    () => [],
    count,
  );
}

/** The program with an operation of that kind changed. */
export function changeOp<Kind extends Op["kind"]>(
  program: Program,
  kind: Kind,
  change: (op: Extract<Op, { kind: Kind }>) => Op,
  count = 0,
): Program {
  const is = (op: Op): op is Extract<Op, { kind: Kind }> => op.kind === kind;
  return replaceOp(program, is, (op) => (is(op) ? [change(op)] : []), count);
}

/** How many numbers the operations of a program hold, spans aside. */
export function countNumbers(program: Program): number {
  let count = 0;
  mapNumbers(program.body, (number) => {
    count++;
    return number;
  });
  return count;
}

/** The program with the number at that place (of `countNumbers`) changed. */
export function changeNumber(
  program: Program,
  place: number,
  change: (number: number) => number,
): Program {
  let met = 0;
  const body = mapNumbers(program.body, (number) => (met++ === place ? change(number) : number));
  return { ...program, body: body as readonly Op[] };
}

function mapNumbers(value: unknown, map: (number: number) => number): unknown {
  if (typeof value === "number") return map(value);
  if (Array.isArray(value)) return value.map((item) => mapNumbers(item, map));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).map(([name, item]) => [
    name,
    name === "span" ? item : mapNumbers(item, map),
  ]);
  return Object.fromEntries(entries);
}
