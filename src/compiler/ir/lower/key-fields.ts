// Which fields a protocol's keys start from: with `decide at key` the verdict comes when all of them are known.

import type { KeyAlternative, KeyDeclaration, KeySource } from "../../syntax/ast.ts";
import { firstListName } from "./picks.ts";

/** The first part of every path that a key's alternatives begin with. */
export function keyFieldsOf(keys: readonly KeyDeclaration[]): ReadonlySet<string> {
  return new Set(keys.flatMap((key) => key.alternatives.flatMap(namesOf)));
}

function namesOf(alternative: KeyAlternative): readonly string[] {
  return namesOfSource(alternative.source);
}

function namesOfSource(source: KeySource): readonly string[] {
  switch (source.kind) {
    case "field":
      return [source.path.parts[0]?.text ?? ""];
    case "search":
      return [source.list.parts[0]?.text ?? ""];
    case "headers":
      return [source.of.parts[0]?.text ?? ""];
    case "number":
      return namesOf(source.of);
    case "group":
      return source.alternatives.flatMap(namesOf);
    case "any":
      return [firstListName(source.condition) ?? ""].filter((name) => name !== "");
    case "literal":
      return [];
  }
}
