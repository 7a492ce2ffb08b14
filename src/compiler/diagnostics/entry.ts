// The shape of an entry in the catalogue. Knows no entry.

import type { Severity } from "./diagnostic.ts";

/** For entries whose words need nothing from the place: `report(collector, key, span, {})`. */
export type NoArguments = Readonly<Record<never, never>>;

/** One kind of finding. Texts are one line each, except the explanation. */
export interface CatalogEntry<Arguments> {
  readonly code: `WB${number}`;
  readonly severity: Severity;
  /** What is wrong, in the reader's words: lower case, no full stop. */
  readonly message: (args: Arguments) => string;
  /** How to mend it: one sentence's worth, no full stop. */
  readonly help: (args: Arguments) => string;
  /** What `waybill help CODE` prints: when it arises, why it is so, an example with its mend. */
  readonly explanation: string;
}

/**
 * Types an entry by the annotation of its `message` parameter:
 * `entry({ …, message: (args: { name: string }) => …, help: (args) => … })`.
 */
export function entry<Arguments = NoArguments>(
  definition: CatalogEntry<Arguments>,
): CatalogEntry<Arguments> {
  return definition;
}
