// The field that a name stands for, seen from where it is used. A failure is returned as something that can be reported, so that a
// caller may try first whether a name is known already. Knows no expression.

import { report } from "../../diagnostics/collector.ts";
import { suggest } from "../../diagnostics/suggest.ts";
import type { Span } from "../../source/span.ts";
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

/** A member of a group by that name, else the name that is spelt most like it. */
function nearestName({ symbols }: Lowering, { scope }: Path, text: string): string | undefined {
  const names = [...visibleNames(scope), ...symbols.constants.keys()];
  const group = names.find((each) => hasMember(findBinding(scope, each), text));
  return group === undefined ? suggest(text, names) : `${group}.${text}`;
}

/** The binding that a dotted path names, with the flags on the way; constants are not bindings. */
export function resolveField(
  lowering: Lowering,
  path: Path,
  name: FieldPath,
): { kind: "binding"; binding: Binding; present: readonly Slot[] } | Problem {
  const [first, ...rest] = name.parts;
  // What was meant is looked for when it is reported: most who ask only try whether a name is known already.
  const unknown = (text: string, span: Span, meant: () => string | undefined): Problem =>
    problem(() =>
      report(lowering.collector, "unknownName", span, {
        kind: "field",
        name: text,
        suggestion: meant(),
      }),
    );
  let binding = first === undefined ? undefined : findBinding(path.scope, first.text);
  if (first === undefined || binding === undefined) {
    const text = first?.text ?? "";
    return unknown(text, first?.span ?? name.span, () => nearestName(lowering, path, text));
  }
  const present: Slot[] = binding.present === null ? [] : [binding.present];
  for (const part of rest) {
    if (binding.kind === "list")
      return problem(() =>
        report(lowering.collector, "listNeedsSearch", name.span, { name: first.text }),
      );
    const members: ReadonlyMap<string, Binding> | undefined =
      binding.kind === "group" ? binding.members : undefined;
    const member: Binding | undefined = members?.get(part.text);
    if (member === undefined)
      return unknown(part.text, part.span, () => suggest(part.text, members?.keys() ?? []));
    if (member.present !== null) present.push(member.present);
    binding = member;
  }
  return { kind: "binding", binding, present };
}
