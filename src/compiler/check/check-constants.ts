// Constants and members of enums by themselves: each has a value, whether something uses it or not. Knows no protocol.

import { type Collector, report } from "../diagnostics/collector.ts";
import { suggest } from "../diagnostics/suggest.ts";
import type { Expression, FieldPath, Name } from "../syntax/ast.ts";
import { constantOf, constantOfPath } from "./constants.ts";
import type { Symbols } from "./symbols.ts";

/** Reports declarations without a value; gives the names of constants that have none. */
export function checkConstants(symbols: Symbols, collector: Collector): ReadonlySet<string> {
  const without = new Set<string>();
  const check = (name: string, value: Expression): void => {
    if (constantOf(value, symbols) !== undefined) return;
    without.add(name);
    // What uses one that was reported has no value for the same reason.
    const paths = pathsIn(value).filter((path) => constantOfPath(path, symbols) === undefined);
    const unknown = paths.find((path) => !isDeclared(path, symbols));
    if (unknown !== undefined) reportUnknown(unknown, symbols, collector);
    else if (paths.length === 0 || paths.some((path) => reaches(path, value, symbols)))
      report(collector, "notConstant", value.span, {
        what: `the value of ${name}`,
        suggestion: undefined,
      });
  };
  for (const { name, value } of symbols.constants.values()) check(name.text, value);
  for (const { name, members } of symbols.enums.values()) {
    const seen = new Map<string, Name>();
    for (const member of members) {
      check(`${name.text}.${member.name.text}`, member.value);
      const earlier = seen.get(member.name.text);
      if (earlier === undefined) seen.set(member.name.text, member.name);
      else
        report(
          collector,
          "duplicateName",
          member.name.span,
          { kind: `member of ${name.text}`, name: member.name.text },
          [{ span: earlier.span, message: "first declared here" }],
        );
    }
  }
  return without;
}

function pathsIn(value: Expression): readonly FieldPath[] {
  if (value.kind === "path") return [value];
  return value.kind === "binary" ? [...pathsIn(value.left), ...pathsIn(value.right)] : [];
}

function valueAt({ parts: [first, second] }: FieldPath, symbols: Symbols): Expression | undefined {
  if (first === undefined) return undefined;
  if (second === undefined) return symbols.constants.get(first.text)?.value;
  return symbols.enums.get(first.text)?.members.find(({ name }) => name.text === second.text)
    ?.value;
}

function isDeclared(path: FieldPath, symbols: Symbols): boolean {
  return valueAt(path, symbols) !== undefined;
}

/** Whether a path leads, by any number of steps, to the value: a cycle. */
function reaches(path: FieldPath, value: Expression, symbols: Symbols): boolean {
  const waiting = [path];
  const seen = new Set<Expression>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const at = valueAt(next, symbols);
    if (at === undefined || seen.has(at)) continue;
    if (at === value) return true;
    seen.add(at);
    waiting.push(...pathsIn(at));
  }
  return false;
}

function reportUnknown(path: FieldPath, symbols: Symbols, collector: Collector): void {
  const name = path.parts.map((part) => part.text).join(".");
  const names = [
    ...symbols.constants.keys(),
    ...[...symbols.enums].flatMap(([of, { members }]) =>
      members.map((member) => `${of}.${member.name.text}`),
    ),
  ];
  report(collector, "unknownName", path.span, {
    kind: "constant",
    name,
    suggestion: suggest(name, names),
  });
}
