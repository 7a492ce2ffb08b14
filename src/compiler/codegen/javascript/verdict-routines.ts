// Routines that write a verdict other than a frame into the words and return its code.

import { DROP_CAUSE, VERDICT } from "../../abi.ts";
import type { ModuleScope } from "./module-scope.ts";

/** `need(s, missing)`. */
export function needRoutine(module: ModuleScope): string {
  return routine(
    module,
    "need",
    (name) => `
/** NEED: at least \`missing\` more bytes. */
function ${name}(s, missing) {
  s[0] = missing;
  return ${VERDICT.need};
}`,
  );
}

/** `drop(s, count, cause)`. */
export function dropRoutine(module: ModuleScope): string {
  return routine(
    module,
    "drop",
    (name) => `
/** DROP: the first \`count\` bytes are junk (cause ${DROP_CAUSE.junk}) or ignored (${DROP_CAUSE.ignored}). */
function ${name}(s, count, cause) {
  s[0] = count;
  s[1] = cause;
  s[2] = 0;
  return ${VERDICT.drop};
}`,
  );
}

/** `falseStart(s, reason)`. */
export function falseStartRoutine(module: ModuleScope): string {
  return routine(
    module,
    "falseStart",
    (name) => `
/** DROP of one byte: no frame begins here after all. */
function ${name}(s, reason) {
  s[0] = 1;
  s[1] = ${DROP_CAUSE.falseStart};
  s[2] = reason;
  return ${VERDICT.drop};
}`,
  );
}

/** `reject(s, reason, at)`. */
export function rejectRoutine(module: ModuleScope): string {
  return routine(
    module,
    "reject",
    (name) => `
/** REJECT: \`reason\` is an index into \`meta.reasons\`, \`at\` counts from the frame's start. */
function ${name}(s, reason, at) {
  s[0] = reason;
  s[1] = at;
  s[2] = 0;
  return ${VERDICT.reject};
}`,
  );
}

function routine(module: ModuleScope, wanted: string, text: (name: string) => string): string {
  return module.routine(wanted, wanted, (name) => ({ kind: "verbatim", text: text(name) }));
}
