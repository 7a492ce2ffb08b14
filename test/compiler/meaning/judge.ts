// What the first protocol of a source text makes of some bytes, in one line: so that meanings can be tested in tables.
import { compileFrameFiles } from "../../../src/compiler/compile.ts";
import { type Examination, examine } from "../../../src/compiler/explain/examine.ts";
import type { KeyValue } from "../../../src/compiler/ir/interpret/outcome.ts";

/** `"ab"` as it stands, `\x2A` and `\r\n` as escapes. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "latin1"));
}

/** `frame 35 drop 2 station=A01`, `need 7`, `reject guard:type at 0`. Throws where the source does not compile. */
export function judge(source: string, input: string): string {
  const compilation = compileFrameFiles({
    paths: ["test.frame"],
    read: () => ({ kind: "text", text: source }),
    readList: (path) => ({ kind: "error", path, reason: "none" }),
  });
  const errors = compilation.diagnostics.filter((each) => each.severity === "error");
  if (errors.length > 0)
    throw new Error(errors.map((each) => `${each.code} ${each.message}`).join("; "));
  const [name = ""] = compilation.entryProtocols;
  const protocol = compilation.protocols.get(name);
  if (protocol === undefined) throw new Error("no protocol");
  return lineOf(examine(protocol, bytesOf(input)));
}

function lineOf(examination: Examination): string {
  const { verdict, dropped, consumed } = examination;
  const before = [dropped > 0 ? `drop ${dropped}` : "", consumed > 0 ? `consume ${consumed}` : ""];
  const keys = examination.keys.map(({ name, value }) => `${name}=${shown(value)}`);
  return [headOf(examination, verdict), ...before, ...keys].filter((part) => part !== "").join(" ");
}

function headOf(examination: Examination, verdict: Examination["verdict"]): string {
  if (verdict === "need") return `need ${examination.missing}`;
  if (verdict === "frame") return `frame ${examination.length}`;
  if (verdict === "key") return `key of ${examination.length ?? "?"}`;
  const reason = examination.reject?.reason ?? "junk";
  const name = typeof reason === "string" ? reason : `${reason.kind}:${reason.field}`;
  return `reject ${name} at ${examination.reject?.offset}`;
}

function shown(value: KeyValue): string {
  if (value.kind === "missing") return "-";
  return value.kind === "integer"
    ? String(value.value)
    : `"${Buffer.from(value.bytes).toString("latin1")}"`;
}
