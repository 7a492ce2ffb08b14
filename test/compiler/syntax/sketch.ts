// Syntax trees as one line of text, without places and documentation, so that a table can hold what is expected.

import { hexOf } from "../../../src/base/bytes.ts";

/** `field{type: integer{name: u8}, name: type, guard: compare{operator: "=", value: 0x10}}` */
export function sketch(node: unknown): string {
  if (node instanceof Uint8Array) return `<${hexOf(node)}>`;
  if (Array.isArray(node)) return `[${node.map(sketch).join(", ")}]`;
  if (typeof node !== "object" || node === null) return String(node);
  const { kind, span: _span, docs: _docs, ...rest } = node as Record<string, unknown>;
  if (kind === "path" && Array.isArray(rest["parts"])) return rest["parts"].map(sketch).join(".");
  if (kind === "number" && typeof rest["source"] === "string") return rest["source"];
  if (kind === "bytes" && rest["bytes"] instanceof Uint8Array) return literal(rest["bytes"], rest);
  if (kind === undefined && typeof rest["text"] === "string") return rest["text"];
  if (kind === "binary") {
    return `(${sketch(rest["left"])} ${String(rest["operator"])} ${sketch(rest["right"])})`;
  }
  const parts = Object.entries(rest).map(([name, value]) => `${name}: ${sketch(value)}`);
  const body = parts.length > 0 || kind === undefined ? `{${parts.join(", ")}}` : "";
  return `${kind === undefined ? "" : String(kind)}${body}`;
}

function literal(bytes: Uint8Array, rest: Record<string, unknown>): string {
  if (rest["quoted"] === "hex") return `x"${hexOf(bytes, " ")}"`;
  return JSON.stringify(Buffer.from(bytes).toString("latin1"));
}
