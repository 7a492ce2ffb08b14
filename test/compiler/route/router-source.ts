// Checks a router that is written as text, with the span of the expected finding marked: `when «statoin» == "A" …`.

import {
  type Collector,
  createCollector,
  sortedDiagnostics,
} from "../../../src/compiler/diagnostics/collector.ts";
import type { Diagnostic } from "../../../src/compiler/diagnostics/diagnostic.ts";
import { checkRouter } from "../../../src/compiler/route/check-router.ts";
import type { CheckedRouter, RouteKey } from "../../../src/compiler/route/checked-router.ts";
import type { ListFile } from "../../../src/compiler/route/list-file.ts";
import { createSourceFile } from "../../../src/compiler/source/source-file.ts";
import type { Expression } from "../../../src/compiler/syntax/ast.ts";
import { parseFrameFile } from "../../../src/compiler/syntax/parse.ts";

/** The keys that most tests route by. */
export const KEYS: readonly RouteKey[] = [
  { name: "station", type: "text", minBytes: 0, maxBytes: 24, maxNumber: 0, mayBeMissing: true },
  {
    name: "device",
    type: "integer",
    minBytes: 0,
    maxBytes: 8,
    maxNumber: Number.MAX_SAFE_INTEGER,
    mayBeMissing: false,
  },
  { name: "mark", type: "bytes", minBytes: 0, maxBytes: 4, maxNumber: 0, mayBeMissing: false },
  { name: "user", type: "text", minBytes: 0, maxBytes: 8, maxNumber: 0, mayBeMissing: false },
];

/** Constants the rules may name. */
const CONSTANTS: Readonly<Record<string, bigint | Uint8Array>> = {
  LIMIT: 100n,
  NEGATIVE: -1n,
  NORTH: Buffer.from("A0001"),
};

export interface CheckedSource {
  readonly checked: CheckedRouter;
  readonly found: readonly Diagnostic[];
  /** What stood between the marks, as offsets in the text without them. */
  readonly marked: { readonly start: number; readonly end: number } | undefined;
  readonly collector: Collector;
}

/** Wraps rules in a router; `otherwise` is added where `rules` has none and does not say `// open`. */
export function checkRules(
  rules: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  keys: readonly RouteKey[] = KEYS,
): CheckedSource {
  const isOpen = /\botherwise\b|\/\/ open/.test(rules);
  return checkSource(
    `router r on P {\n${rules}\n${isOpen ? "" : "otherwise -> rest;"}\n}\n`,
    files,
    keys,
  );
}

/** Checks the one router of a text. */
export function checkSource(
  marked: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  keys: readonly RouteKey[] = KEYS,
): CheckedSource {
  const start = marked.indexOf("«");
  const end = marked.indexOf("»") - 1;
  const source = createSourceFile(0, "test.frame", marked.replace(/[«»]/g, ""));
  const collector = createCollector();
  const file = parseFrameFile(source, collector);
  const router = file.declarations.find((declaration) => declaration.kind === "router");
  if (router?.kind !== "router" || collector.found.length > 0) {
    throw new Error(`the test does not parse: ${collector.found[0]?.message}`);
  }
  const checked = checkRouter(router, {
    keys,
    constantOf,
    readFile: (path) => listFile(path, files[path]),
    source,
    collector,
  });
  return {
    checked,
    found: sortedDiagnostics(collector),
    marked: start < 0 ? undefined : { start, end },
    collector,
  };
}

function listFile(path: string, content: string | Uint8Array | undefined): ListFile {
  const resolved = `/routes/${path}`;
  if (content === undefined) return { kind: "error", path: resolved, reason: "no such file" };
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return { kind: "bytes", path: resolved, bytes };
}

function constantOf(expression: Expression): bigint | Uint8Array | undefined {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "bytes":
      return expression.bytes;
    case "path":
      return CONSTANTS[expression.parts.map((part) => part.text).join(".")];
    default:
      return undefined;
  }
}
