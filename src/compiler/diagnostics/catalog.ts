// The one typed catalogue of what the compiler and the configuration can say. Codes are stable and never reused; each
// area's entries stand in a file of their own, so that `help CODE` and the docs can be made from here.

import { boundsCatalog } from "./catalog/bounds.ts";
import { configurationCatalog } from "./catalog/configuration.ts";
import { filesCatalog } from "./catalog/files.ts";
import { generalCatalog } from "./catalog/general.ts";
import { keysCatalog } from "./catalog/keys.ts";
import { namesCatalog } from "./catalog/names.ts";
import { routersCatalog } from "./catalog/routers.ts";
import { syntaxCatalog } from "./catalog/syntax.ts";
import { testsCatalog } from "./catalog/tests.ts";
import { unsupportedCatalog } from "./catalog/unsupported.ts";
import type { Severity } from "./diagnostic.ts";
import type { CatalogEntry } from "./entry.ts";

export const catalog = {
  ...generalCatalog,
  ...syntaxCatalog,
  ...namesCatalog,
  ...boundsCatalog,
  ...keysCatalog,
  ...routersCatalog,
  ...testsCatalog,
  ...unsupportedCatalog,
  ...filesCatalog,
  ...configurationCatalog,
} as const;

type Catalog = typeof catalog;

/** How passes name an entry: `report(collector, "unknownName", …)`. */
export type CatalogKey = keyof Catalog;

/** What the words of an entry need. */
export type ArgumentsOf<Key extends CatalogKey> =
  Catalog[Key] extends CatalogEntry<infer Arguments> ? Arguments : never;

/** What `waybill help CODE` shows of an entry. */
export interface CodeExplanation {
  readonly code: string;
  readonly key: string;
  readonly severity: Severity;
  readonly explanation: string;
}

/** Every code in ascending order. */
export function listCodes(): readonly CodeExplanation[] {
  return Object.entries(catalog)
    .map(([key, { code, severity, explanation }]) => ({
      code,
      key,
      severity,
      explanation: explanation.trim(),
    }))
    .sort((left, right) => left.code.localeCompare(right.code));
}

/** The entry with that code; `WB0203`, `wb203` and `203` all name the same one. */
export function explainCode(code: string): CodeExplanation | undefined {
  const digits = /^(?:WB)?0*(\d{1,4})$/i.exec(code.trim())?.[1];
  if (digits === undefined) return undefined;
  const wanted = `WB${digits.padStart(4, "0")}`;
  return listCodes().find((known) => known.code === wanted);
}
