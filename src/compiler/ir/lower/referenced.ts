// Every name that a protocol's keys and expressions mention: only those are carried out of conditionals. A superset is fine.

import type { ProtocolDeclaration } from "../../syntax/ast.ts";

/** The parts of all dotted paths below a protocol. */
export function referencedNames(protocol: ProtocolDeclaration): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const each of value) visit(each);
      return;
    }
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
    if (isPath(value)) {
      for (const part of value.parts) names.add(part.text);
      return;
    }
    for (const each of Object.values(value)) visit(each);
  };
  visit(protocol.items);
  return names;
}

function isPath(value: object): value is { kind: "path"; parts: { text: string }[] } {
  return "kind" in value && value.kind === "path" && "parts" in value;
}
