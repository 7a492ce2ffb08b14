// Modifiers that turn one text into another or into nothing: split, pairs, url, trim, nonempty. Knows no key.

import { assertNever } from "../../../base/assert.ts";
import { report } from "../../diagnostics/collector.ts";
import type { KeyModifier, UrlPart as WrittenUrlPart } from "../../syntax/ast.ts";
import type { Cond, UrlPart, View } from "../ir.ts";
import { found, type KeyValue } from "./key-value.ts";
import {
  constant,
  failAt,
  type Lowering,
  newFound,
  newSlot,
  type Path,
  slotExpr,
} from "./lowering.ts";
import { emitRewrite } from "./scratch.ts";

type TextValue = KeyValue & { kind: "view" };
type TextModifier = Exclude<KeyModifier, { kind: "max" | "case" }>;

/** The value after the modifier; what it finds nothing in is missing. */
export function modifyView(
  lowering: Lowering,
  path: Path,
  value: TextValue,
  modifier: TextModifier,
  hint: string,
): KeyValue | undefined {
  switch (modifier.kind) {
    case "split": {
      if (isEmptyMark(lowering, modifier.separator.bytes, modifier)) return undefined;
      const into = newFound(lowering, hint, value.maxBytes);
      const separator = modifier.separator.bytes;
      path.ops.push({ kind: "piece", of: value.view, separator, index: modifier.index, into });
      return found(value, into, value.isText);
    }
    case "pairs": {
      if (isEmptyMark(lowering, modifier.separator.bytes, modifier)) return undefined;
      if (isEmptyMark(lowering, modifier.assign.bytes, modifier)) return undefined;
      const into = newFound(lowering, hint, value.maxBytes);
      const duplicate =
        modifier.which === "only"
          ? {
              ...failAt(lowering, path, "duplicate", hint, value.view.at, "take only"),
              resync: false,
            }
          : null;
      path.ops.push({
        kind: "pair",
        of: value.view,
        separator: modifier.separator.bytes,
        assign: modifier.assign.bytes,
        name: modifier.name.bytes,
        which: modifier.which,
        duplicate,
        into,
      });
      return found(value, into, value.isText);
    }
    case "url": {
      const into = newFound(lowering, hint, value.maxBytes);
      path.ops.push({ kind: "url", of: value.view, part: urlPart(modifier.part), into });
      return found(value, into, true);
    }
    case "dotted": {
      const view = emitRewrite(lowering, path, value.view, "dotted", null, value.maxBytes);
      return { ...value, view, isText: true, minBytes: 0 };
    }
    case "nonempty": {
      const condition: Cond = {
        kind: "compare",
        operator: ">",
        left: value.view.length,
        right: constant(0),
      };
      return { ...value, conditions: [...value.conditions, condition] };
    }
    case "trim":
      return trimmed(lowering, path, value, modifier, hint);
    default:
      return assertNever(modifier);
  }
}

function isEmptyMark(lowering: Lowering, mark: Uint8Array, modifier: TextModifier): boolean {
  if (mark.length > 0) return false;
  report(lowering.collector, "emptySeparator", modifier.span, { modifier: modifier.kind });
  return true;
}

function urlPart(part: WrittenUrlPart): UrlPart {
  return part.kind === "query" ? { kind: "query", name: part.name.bytes } : part;
}

function trimmed(
  lowering: Lowering,
  path: Path,
  value: TextValue,
  modifier: TextModifier & { kind: "trim" },
  hint: string,
): KeyValue {
  const most = Math.max(lowering.frameMax, lowering.scratchBytes);
  const offset = newSlot(lowering, `${hint}Offset`, { lo: 0, hi: most }, "position");
  const length = newSlot(lowering, `${hint}Length`, { lo: 0, hi: value.maxBytes });
  path.ops.push({
    kind: "trim",
    of: value.view,
    side: modifier.side,
    bytes: modifier.bytes.bytes,
    offset,
    length,
  });
  const view: View = {
    source: value.view.source,
    at: { base: offset, offset: 0 },
    length: slotExpr(length),
  };
  return { ...value, view, minBytes: 0 };
}
