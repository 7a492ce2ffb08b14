// Checks the tree against the schema and says each fault at its place. What values mean together is
// cross-check's business.

import { printable } from "../../base/printable.ts";
import { type Collector, report, suggest } from "../../compiler/index.ts";
import { expectation, mendFor } from "./expectation.ts";
import { type ConfigurationPath, locate, nameOfKey, nameOfPlace } from "./locate.ts";
import { type CheckedFile, configurationJsonSchema, configurationSchema } from "./schema.ts";
import { LATER } from "./unsupported.ts";
import type { YamlValue } from "./yaml-tree.ts";

const SHOWN_CHARACTERS_MAX = 40;

/** The parts of the schema library's issues that are looked at. */
interface Issue {
  readonly code: string;
  readonly path: ConfigurationPath;
  readonly message: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly errors?: readonly (readonly Issue[])[];
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly origin?: string;
}

/** @returns the file with its defaults, or `undefined` where the collector has a fault of its form */
export function checkShape(root: YamlValue, collector: Collector): CheckedFile | undefined {
  const checked = configurationSchema.safeParse(plainValue(root));
  if (checked.success) return checked.data;
  for (const issue of checked.error.issues as readonly Issue[]) {
    reportIssue(root, issue, [], collector);
  }
  return undefined;
}

/** The value without places, as the schema takes it. */
function plainValue(value: YamlValue): unknown {
  switch (value.kind) {
    case "scalar":
      return value.value;
    case "list":
      return value.items.map(plainValue);
    case "map":
      // A name of the file may be __proto__: fromEntries defines it as any other.
      return Object.fromEntries(
        [...value.entries].map(([key, entry]) => [key, plainValue(entry.value)]),
      );
  }
}

function reportIssue(
  root: YamlValue,
  issue: Issue,
  base: ConfigurationPath,
  collector: Collector,
): void {
  const path = [...base, ...issue.path];
  const { value, span, keySpan } = locate(root, path);
  switch (issue.code) {
    case "unrecognized_keys":
      for (const key of issue.keys ?? []) reportUnknown(root, [...path, key], collector);
      return;
    case "invalid_key":
      reportWrong(root, path, expectation.name, collector, String(path.at(-1)));
      return;
    case "invalid_union": {
      const nested = matchingAlternative(issue);
      if (nested === undefined) break;
      for (const inner of nested) reportIssue(root, inner, path, collector);
      return;
    }
    case "invalid_value": {
      if (value === undefined) break;
      const given = describe(value);
      const choices = (issue.values ?? []).map(String).filter((choice) => !LATER.has(choice));
      const meant = suggest(String(plainValue(value)), choices);
      const args = { key: nameOfKey(path), given, choices };
      report(collector, "settingChoice", span, meant === undefined ? args : { ...args, meant });
      return;
    }
  }
  if (value === undefined) {
    const args = { key: nameOfKey(path), where: nameOfPlace(path.slice(0, -1)) };
    report(collector, "missingSetting", keySpan, { ...args, expected: expectedBy(issue) });
    return;
  }
  reportWrong(root, path, expectedBy(issue), collector);
}

function reportWrong(
  root: YamlValue,
  path: ConfigurationPath,
  expected: string,
  collector: Collector,
  key?: string,
): void {
  const { value, span, keySpan } = locate(root, path);
  const given = key ?? (value === undefined ? undefined : plainValue(value));
  const isPool = expected === expectation.mapping && path.length === 2 && path[0] === "pools";
  const mend = mendFor(isPool ? expectation.pools : expected, given);
  const shown =
    key !== undefined || value === undefined ? `'${shorten(key ?? "")}'` : describe(value);
  const args = { key: nameOfKey(path), expected, given: shown, mend };
  report(collector, "wrongSetting", key === undefined ? span : keySpan, args);
}

/** The issues of the alternative that is of the same kind as the value; its faults are what was meant. */
function matchingAlternative(issue: Issue): readonly Issue[] | undefined {
  return issue.errors?.find((issues) =>
    issues.every(
      ({ code, path }) => path.length > 0 || (code !== "invalid_type" && code !== "invalid_value"),
    ),
  );
}

function expectedBy({ code, message, minimum, maximum, origin }: Issue): string {
  const items = origin === "array" ? " items" : "";
  if (code === "too_small") return `at least ${minimum}${items}`;
  if (code === "too_big") return `at most ${maximum}${items}`;
  const isLibraryText = message.startsWith("Invalid") || message.startsWith("Expected");
  return isLibraryText ? expectation.mapping : message;
}

function reportUnknown(root: YamlValue, path: ConfigurationPath, collector: Collector): void {
  const { keySpan } = locate(root, path);
  const known = knownKeys(path.slice(0, -1));
  const key = String(path.at(-1));
  const meant = withBlank(key, known) ?? suggest(key, known);
  const args = {
    key: shorten(key),
    where: nameOfPlace(path.slice(0, -1)),
    known: known.filter((name) => !LATER.has(name)),
  };
  report(collector, "unknownSetting", keySpan, meant === undefined ? args : { ...args, meant });
}

/** `{name:x}` is one key for YAML: a blank is missing behind the colon. */
function withBlank(key: string, known: readonly string[]): string | undefined {
  const colon = key.indexOf(":");
  const isKnown = colon > 0 && known.includes(key.slice(0, colon));
  return isKnown ? shorten(`${key.slice(0, colon)}: ${key.slice(colon + 1)}`) : undefined;
}

/** One level of the JSON Schema, as far as it is looked at. */
interface SchemaPart {
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly additionalProperties?: SchemaPart | boolean;
  readonly items?: SchemaPart;
  readonly anyOf?: readonly SchemaPart[];
}

/** The keys that the schema knows at a path. */
function knownKeys(path: ConfigurationPath): readonly string[] {
  let part: SchemaPart | undefined = configurationJsonSchema();
  for (const step of path) {
    const rest: SchemaPart | boolean | undefined = part.additionalProperties;
    const named: SchemaPart | undefined =
      typeof step === "number" ? part.items : part.properties?.[String(step)];
    part = named ?? (typeof rest === "object" ? rest : undefined);
    if (part === undefined) return [];
    part = part.anyOf?.find((alternative) => alternative.properties !== undefined) ?? part;
  }
  return Object.keys(part.properties ?? {});
}

function describe(value: YamlValue): string {
  if (value.kind === "list") return "a list";
  if (value.kind === "map") return "a mapping";
  if (value.value === null) return "nothing";
  if (typeof value.value === "string") return `'${shorten(value.value)}'`;
  return shorten(String(value.value));
}

function shorten(text: string): string {
  return printable(text, SHOWN_CHARACTERS_MAX);
}
