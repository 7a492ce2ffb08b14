// An explanation for programs. The members' names and meanings are stable: scripts rely on them.

import { hexOf } from "../../base/bytes.ts";
import { type Examination, type KeyValue, type Program, showBytes } from "../../compiler/index.ts";
import type { Explanation, Route } from "./explanation.ts";

/** One object, indented, ending with a line end. Offsets count from the first byte given. */
export function explainJson(explanation: Explanation): string {
  const { protocol, examination, route } = explanation;
  const { program } = protocol;
  const object = {
    protocol: protocol.name,
    class: program.class,
    bounds: { need: program.needMin, max: program.frameMax, memory: program.holdMax },
    verdict: verdictOf(examination),
    ...(examination.verdict === "need" ? { need: examination.missing } : {}),
    offset: examination.offset,
    length: examination.length,
    dropped: examination.dropped,
    fields: examination.fields.map(({ path, offset, bytes, value }) => ({
      path,
      offset,
      bytes: hexOf(bytes),
      value,
    })),
    keys: keysOf(examination, program),
    ...(route === null ? {} : { route: routeOf(route) }),
    ...(examination.reject === null ? {} : { reject: rejectOf(examination.reject) }),
  };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}

/** Deciding at the key is a frame as far as known: its rest is not looked at. */
function verdictOf({ verdict }: Examination): "frame" | "need" | "reject" {
  return verdict === "key" ? "frame" : verdict;
}

function keysOf({ keys }: Examination, program: Program) {
  return Object.fromEntries(
    keys.map(({ name, value }, index) => [
      name,
      keyOf(value, program.keys[index]?.type === "bytes" ? "bytes" : "text"),
    ]),
  );
}

/** Null: missing. Bytes as hexadecimal digits. */
function keyOf(key: KeyValue, type: "text" | "bytes"): string | number | null {
  if (key.kind === "missing") return null;
  return key.kind === "integer" ? key.value : showBytes(type, key.bytes);
}

function routeOf({ router, outcome, backend }: Route) {
  if (outcome === null)
    return { router, rule: null, action: "no-route", pool: null, backend: null };
  const { line, text } = outcome.rule;
  return {
    router,
    rule: { line, text },
    action: outcome.kind,
    pool: outcome.kind === "pool" ? outcome.pool : null,
    backend: backend?.kind === "chosen" ? backend.identity : null,
  };
}

function rejectOf({ reason, offset }: NonNullable<Examination["reject"]>) {
  return typeof reason === "string"
    ? { reason, field: null, offset }
    : { reason: reason.kind, field: reason.field, offset };
}
