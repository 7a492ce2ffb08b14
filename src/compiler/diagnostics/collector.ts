// Where passes leave their findings: by key of the catalogue, in any order, at most so many. Knows no pass.

import type { Span } from "../source/span.ts";
import { type ArgumentsOf, type CatalogKey, catalog } from "./catalog.ts";
import type { Diagnostic, RelatedPlace, Severity } from "./diagnostic.ts";
import type { CatalogEntry } from "./entry.ts";

/** Kept of each severity; what comes later is only counted. */
export const MAX_DIAGNOSTICS = 200;

export interface Collector {
  readonly found: Diagnostic[];
  /** All that were reported, kept or not. */
  readonly counts: Record<Severity, number>;
}

/** An empty collector: one for each run of the compiler. */
export function createCollector(): Collector {
  return { found: [], counts: { error: 0, warning: 0 } };
}

/** Reports a finding of the catalogue; the type of `args` follows from the key. */
export function report<Key extends CatalogKey>(
  collector: Collector,
  key: Key,
  span: Span,
  args: ArgumentsOf<Key>,
  related: readonly RelatedPlace[] = [],
): void {
  // The key ties the arguments to the entry; a union of entries cannot express that by itself.
  const found = catalog[key] as CatalogEntry<ArgumentsOf<Key>>;
  forward(collector, {
    code: found.code,
    severity: found.severity,
    message: found.message(args),
    span,
    help: found.help(args),
    ...(related.length > 0 ? { related } : {}),
  });
}

/** Adds what another collector found. */
export function forward(collector: Collector, diagnostic: Diagnostic): void {
  collector.counts[diagnostic.severity] += 1;
  if (collector.counts[diagnostic.severity] <= MAX_DIAGNOSTICS) collector.found.push(diagnostic);
}

/** Whether anything reported so far forbids compiling. */
export function hasErrors(collector: Collector): boolean {
  return collector.counts.error > 0;
}

/** What was found, by file and place; at one place in order of reporting. A last line says what was left out. */
export function sortedDiagnostics(collector: Collector): readonly Diagnostic[] {
  const sorted = [...collector.found].sort(
    (left, right) => left.span.file - right.span.file || left.span.start - right.span.start,
  );
  const last = sorted.at(-1);
  const errors = Math.max(0, collector.counts.error - MAX_DIAGNOSTICS);
  const warnings = Math.max(0, collector.counts.warning - MAX_DIAGNOSTICS);
  if (last === undefined || errors + warnings === 0) return sorted;
  const found = catalog.tooManyFindings;
  return [
    ...sorted,
    {
      code: found.code,
      severity: found.severity,
      message: found.message({ errors, warnings }),
      span: last.span,
      help: found.help({ errors, warnings }),
    },
  ];
}
