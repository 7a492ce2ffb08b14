// What the compiler says about a user's file. Plain data: it knows neither the catalogue nor how it is shown.

import type { Span } from "../source/span.ts";

export type Severity = "error" | "warning";

/** One finding, in the order: what is wrong, where, how to mend it. */
export interface Diagnostic {
  /** Stable, never reused: `WB0203`. */
  readonly code: string;
  readonly severity: Severity;
  /** One line, no full stop. */
  readonly message: string;
  readonly span: Span;
  /** One line that says how to mend it. */
  readonly help: string;
  /** Other places that matter: an earlier declaration, the brace that was opened. */
  readonly related?: readonly RelatedPlace[];
}

export interface RelatedPlace {
  readonly message: string;
  readonly span: Span;
}
