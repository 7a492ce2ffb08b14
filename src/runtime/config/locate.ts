// Finds the place in the YAML text that a path of keys and indexes stands for, and names it for people.

import type { Span } from "../../compiler/index.ts";
import type { YamlValue } from "./yaml-tree.ts";

export type ConfigurationPath = readonly PropertyKey[];

/** What stands at a path. */
export interface Located {
  /** The value, or undefined where the file does not have it. */
  readonly value: YamlValue | undefined;
  /** Of the value, or of the nearest thing around it that the file has. */
  readonly span: Span;
  /** Of the key that the path ends in, or `span` where it is a list item or absent. */
  readonly keySpan: Span;
}

export function locate(root: YamlValue, path: ConfigurationPath): Located {
  let value = root;
  let keySpan = firstOf(root);
  for (const step of path) {
    const entry = value.kind === "map" ? value.entries.get(String(step)) : undefined;
    const item = value.kind === "list" ? value.items[Number(step)] : undefined;
    const next = entry?.value ?? item;
    if (next === undefined) return { value: undefined, span: keySpan, keySpan };
    keySpan = entry?.keySpan ?? firstOf(next);
    value = next;
  }
  return { value, span: value.span, keySpan };
}

/** A mapping is pointed at by its first key: its own span may go over many lines. */
function firstOf(value: YamlValue): Span {
  if (value.kind !== "map") return value.span;
  const [first] = value.entries.values();
  return first?.keySpan ?? value.span;
}

/** `the configuration`, `a listener`, `the pool 'main'`, `'limits'` */
export function nameOfPlace(path: ConfigurationPath): string {
  const last = path.at(-1);
  const before = path.at(-2);
  if (last === undefined) return "the configuration";
  if (typeof last === "number")
    return before === "backends" ? "a backend" : `a ${singular(before)}`;
  return before === "pools" ? `the pool '${String(last)}'` : `'${String(last)}'`;
}

/** `limits.inspect` without what only counts: the words that stand in the file nearest to the value. */
export function nameOfKey(path: ConfigurationPath): string {
  const words = path.filter((step) => typeof step === "string");
  return words.slice(-1).join(".") || "the configuration";
}

function singular(plural: PropertyKey | undefined): string {
  return String(plural ?? "value").replace(/s$/, "");
}
