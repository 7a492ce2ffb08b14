// The field that a name stands for, seen from where it is used. A failure is returned as something that can be reported, so that a
// caller may try first whether a name is known already. Knows no expression.

import { report } from "../../diagnostics/collector.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import type { FieldPath } from "../../syntax/ast.ts";
import type { Slot } from "../ir.ts";
import { type Binding, findBinding, visibleNames } from "./bindings.ts";
import type { Lowering, Path } from "./lowering.ts";

/** Why a name stands for nothing, or an expression could not be lowered: reports it when asked to. */
export interface Problem {
  readonly kind: "problem";
  readonly report: () => void;
}

export function problem(reportIt: () => void): Problem {
  return { kind: "problem", report: reportIt };
}

function hasMember(binding: Binding | undefined, name: string): boolean {
  return binding?.kind === "group" && binding.members.has(name);
}

/** The binding that a dotted path names, with the flags on the way; constants are not bindings. */
export function resolveField(
  lowering: Lowering,
  path: Path,
  name: FieldPath,
): { kind: "binding"; binding: Binding; present: readonly Slot[] } | Problem {
  const [first, ...rest] = name.parts;
  const unknown = (
    text: string,
    candidates: readonly string[],
    span = name.span,
    meant?: string,
  ): Problem =>
    problem(() =>
      report(lowering.collector, "unknownName", span, {
        kind: "field",
        name: text,
        suggestion: meant ?? suggest(text, candidates),
      }),
    );
  let binding = first === undefined ? undefined : findBinding(path.scope, first.text);
  if (first === undefined || binding === undefined) {
    const names = [...visibleNames(path.scope), ...lowering.symbols.constants.keys()];
    const text = first?.text ?? "";
    const group = names.find((each) => hasMember(findBinding(path.scope, each), text));
    return unknown(text, names, first?.span, group === undefined ? undefined : `${group}.${text}`);
  }
  const present: Slot[] = binding.present === null ? [] : [binding.present];
  for (const part of rest) {
    if (binding.kind === "list")
      return problem(() =>
        report(lowering.collector, "listNeedsSearch", name.span, { name: first.text }),
      );
    const member: Binding | undefined =
      binding.kind === "group" ? binding.members.get(part.text) : undefined;
    if (member === undefined)
      return unknown(
        part.text,
        binding.kind === "group" ? [...binding.members.keys()] : [],
        part.span,
      );
    if (member.present !== null) present.push(member.present);
    binding = member;
  }
  return { kind: "binding", binding, present };
}
