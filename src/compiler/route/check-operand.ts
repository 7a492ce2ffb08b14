// Which key a rule asks about. Reports names that the protocol does not have.

import { assertNever } from "../../base/assert.ts";
import { report } from "../diagnostics/collector.ts";
import { suggest } from "../diagnostics/suggest.ts";
import type { Span } from "../source/span.ts";
import type { Name, RouteOperand } from "../syntax/ast.ts";
import type { RouteKey } from "./checked-router.ts";
import type { RouterCheck } from "./router-context.ts";

/** What a condition asks about. */
export type Operand =
  /** `isNumber`: an integer key, or `number(…)` of a text key. */
  | {
      readonly kind: "key";
      readonly index: number;
      readonly key: RouteKey;
      readonly isNumber: boolean;
      /** As it is written: `number(station)`. */
      readonly shown: string;
    }
  | { readonly kind: "client" };

const CLIENT = "client";

/** A key by its name; `use` says what a rule may not do with the client's address: "the client's address cannot be …". */
export function resolveKey(check: RouterCheck, name: Name, use: string): number | undefined {
  const index = check.keys.findIndex((key) => key.name === name.text);
  if (index >= 0) return index;
  if (name.text === CLIENT) {
    report(check.collector, "routeClientMisuse", name.span, { use });
    return undefined;
  }
  const keys = check.keys.map((key) => key.name);
  report(check.collector, "routeUnknownKey", name.span, {
    name: name.text,
    protocol: check.protocol,
    keys,
    nearest: suggest(name.text, [...keys, CLIENT]),
  });
  return undefined;
}

/** What an operand means; the name `client` is the protocol's key of that name where there is one. */
export function resolveOperand(check: RouterCheck, operand: RouteOperand): Operand | undefined {
  switch (operand.kind) {
    case "client": {
      const isKey = check.keys.some((key) => key.name === CLIENT);
      if (!isKey) return { kind: "client" };
      return keyOperand(check, { text: CLIENT, span: operand.span });
    }
    case "key":
      return keyOperand(check, operand.name);
    case "number":
      return numberOperand(check, operand.name, operand.span);
    default:
      return assertNever(operand);
  }
}

/** `text`, `bytes` or `an integer`, as a message says it. */
export function shownKeyType(key: RouteKey): string {
  return key.type === "integer" ? "an integer" : key.type;
}

function keyOperand(check: RouterCheck, name: Name): Operand | undefined {
  const index = resolveKey(check, name, "compared");
  const key = index === undefined ? undefined : check.keys[index];
  if (index === undefined || key === undefined) return undefined;
  return { kind: "key", index, key, isNumber: key.type === "integer", shown: name.text };
}

function numberOperand(check: RouterCheck, name: Name, span: Span): Operand | undefined {
  const index = resolveKey(check, name, "read as a number");
  const key = index === undefined ? undefined : check.keys[index];
  if (index === undefined || key === undefined) return undefined;
  if (key.type !== "text") {
    const keyType = shownKeyType(key);
    report(check.collector, "routeNumberOfNonText", span, { key: key.name, keyType });
    return undefined;
  }
  return { kind: "key", index, key, isNumber: true, shown: `number(${name.text})` };
}
