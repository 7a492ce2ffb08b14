// An explanation for people: the bytes with their fields, the verdict, the route, and what is known of the protocol.

import { assertNever } from "../../base/assert.ts";
import { hexOf } from "../../base/bytes.ts";
import { formatIpAddress } from "../../base/ip-address.ts";
import { printable } from "../../base/printable.ts";
import {
  type Examination,
  type KeyValue,
  type Program,
  type Refusal,
  type RejectKind,
  showBytes,
} from "../../compiler/index.ts";
import type { BackendChoice } from "../../runtime/index.ts";
import type { Paint } from "../colour.ts";
import { counted } from "../counted.ts";
import { tableLines } from "../table.ts";
import type { Explanation, Route, Step } from "./explanation.ts";
import { fieldRows } from "./field-rows.ts";
import { hexDump, type Mark } from "./hex-dump.ts";
import { keyHint } from "./key-hint.ts";
import { protocolFacts } from "./protocol-facts.ts";

/** Characters of a key that are shown. */
const KEY_MAX = 128;

/** Dropped bytes that are shown. */
const DROPPED_MAX = 16;

/** Lines, ending with a line end. */
export function explainText(explanation: Explanation, paint: Paint): string {
  const blocks = [
    dumpLines(explanation, paint),
    fieldLines(explanation),
    stepLines(explanation),
    resultLines(explanation, paint),
    factLines(explanation, paint),
  ];
  const full = blocks.filter((block) => block.length > 0);
  return `${full.map((block) => block.join("\n")).join("\n\n")}\n`;
}

function dumpLines({ bytes, examination }: Explanation, paint: Paint): readonly string[] {
  const { fields, dropped, consumed, offset, reject } = examination;
  const marks: Mark[] = fields.map((field) => ({
    kind: "field",
    offset: field.offset,
    length: field.bytes.length,
  }));
  if (consumed > 0) marks.push({ kind: "consumed", offset: 0, length: consumed });
  if (dropped > 0) marks.push({ kind: "dropped", offset: offset - dropped, length: dropped });
  return hexDump(bytes, marks, reject?.offset ?? null, paint);
}

function fieldLines({ examination }: Explanation): readonly string[] {
  if (examination.fields.length === 0) return [];
  return tableLines(fieldRows(examination.fields), ["right", "right", "left", "left", "left"]);
}

/** With several chunks, what was known after each. */
function stepLines({ protocol, steps, unseenChunks }: Explanation): readonly string[] {
  if (steps.length + unseenChunks < 2) return [];
  const lines = steps.map(
    (step, index) => `after chunk ${index + 1}: ${verdictText(step, protocol.program)}`,
  );
  if (unseenChunks > 0)
    lines.push(`${counted(unseenChunks, "chunk")} behind the verdict: not looked at`);
  return lines;
}

function resultLines(explanation: Explanation, paint: Paint): readonly string[] {
  const { examination, protocol, bytes, steps, route } = explanation;
  if (bytes.length === 0) return [];
  const { program } = protocol;
  const last = steps[steps.length - 1] ?? steps[0];
  const rows: (readonly [string, string])[] = [];
  if (examination.consumed > 0)
    rows.push(["consumed", `${counted(examination.consumed, "byte")} of a prefix, not forwarded`]);
  if (examination.client !== null)
    rows.push([
      "client",
      `${formatIpAddress(examination.client, examination.client.length)}, as the prefix says`,
    ]);
  if (examination.dropped > 0) rows.push(["dropped", droppedText(examination, bytes)]);
  for (const falseStart of examination.falseStarts)
    rows.push(["false start", `offset ${falseStart.offset}: ${reasonText(falseStart)}`]);
  rows.push(["verdict", paint("strong", verdictText(last, program))]);
  for (const [index, { name, value }] of examination.keys.entries())
    rows.push([`key ${name}`, paint("strong", keyText(value, program.keys[index]?.type))]);
  if (route !== null) rows.push(...routeRows(route, program));
  const hint = keyHint(explanation);
  if (hint !== undefined) rows.push(["hint", hint]);
  return tableLines(rows, ["left", "left"]);
}

function droppedText({ dropped, offset }: Examination, bytes: Uint8Array): string {
  const shown = bytes.subarray(offset - dropped, Math.min(offset, offset - dropped + DROPPED_MAX));
  const more = dropped > DROPPED_MAX ? " …" : "";
  return `${counted(dropped, "byte")} before the frame: ${hexOf(shown, " ")}${more}`;
}

function verdictText({ examination, bytes }: Step, program: Program): string {
  const { verdict, length, offset } = examination;
  switch (verdict) {
    case "need":
      return `need ${program.needIsExact ? "" : "at least "}${counted(examination.missing ?? 1, "more byte")}`;
    case "frame": {
      const behind = bytes - offset - (length ?? 0);
      const rest = behind > 0 ? `; ${counted(behind, "byte")} behind it` : "";
      return `frame of ${counted(length ?? 0, "byte")}${rest}`;
    }
    case "key":
      return `every key is known; the frame${length === null ? "" : ` of ${counted(length, "byte")}`} is forwarded unverified`;
    case "reject":
      return rejectText(examination, offset);
    default:
      return assertNever(verdict);
  }
}

function rejectText({ reject }: Examination, frameOffset: number): string {
  if (reject === null) return "refused";
  const { reason, offset } = reject;
  if (reason === "junk") return "refused: more junk before the frame than may be dropped";
  if (reason === "resync") return "refused: more false starts than are allowed";
  if (reason === "proxy-protocol")
    return "refused: the prefix names a client that is no IP address";
  const inFrame = frameOffset > 0 ? `, ${offset - frameOffset} in the frame` : "";
  return `refused: ${reasonText(reject, ` (offset ${offset}${inFrame})`)}`;
}

/** `the checksum differs, at crc: check xor(id..body), computed 0x5A` */
function reasonText({ reason, computed }: Refusal, place = ""): string {
  if (typeof reason === "string") return reason;
  const rule = printable(reason.rule.replace(/;$/, ""));
  const value = computed === undefined ? "" : `, computed 0x${computed.toString(16).toUpperCase()}`;
  return `${REASONS[reason.kind]}, at ${reason.field}${place}: ${rule}${value}`;
}

const REASONS: Readonly<Record<RejectKind, string>> = {
  mark: "the constant bytes differ",
  guard: "the rule for the value does not hold",
  digits: "a byte is no digit",
  varint: "the number does not end in time",
  "too-short": "the frame ends before the field",
  "too-long": "a size or count is above its maximum",
  trailing: "bytes are left over",
  delimiter: "the delimiter does not come in time",
  encoding: "the text is not in its encoding",
  check: "the checksum differs",
  duplicate: "a second one, where only one may be",
  "key-too-long": "the key is longer than its maximum",
  switch: "no case for the value",
};

function keyText(key: KeyValue, type: "text" | "bytes" | "integer" | undefined): string {
  if (key.kind === "missing") return "missing";
  if (key.kind === "integer") return String(key.value);
  if (type === "bytes") return `x"${printable(hexOf(key.bytes, " "), 3 * KEY_MAX)}"`;
  return `"${printable(showBytes("text", key.bytes), KEY_MAX)}"`;
}

function routeRows(
  { router, outcome, backend }: Route,
  program: Program,
): readonly (readonly [string, string])[] {
  if (outcome === null)
    return [["rule", `none of router ${router} matches: the connection is closed as no-route`]];
  const { line, text } = outcome.rule;
  const rule = ["rule", `line ${line} of router ${router}: ${printable(text, 200)}`] as const;
  if (outcome.kind === "reject") return [rule, ["refused", `"${printable(outcome.message)}"`]];
  const key = outcome.by < 0 ? undefined : program.keys[outcome.by]?.name;
  const by = key === undefined ? "" : `, by ${key}`;
  const pool = ["pool", outcome.pool] as const;
  return backend === null ? [rule, pool] : [rule, pool, ["backend", backendText(backend, by)]];
}

function backendText(backend: BackendChoice, by: string): string {
  switch (backend.kind) {
    case "chosen": {
      const { identity, address } = backend;
      return `${identity === address ? address : `${identity} (${address})`}${by}`;
    }
    case "in-turn":
      return `${backend.identities.join(" or ")}, in turn`;
    case "none":
      return `none: ${backend.reason}`;
    default:
      return assertNever(backend);
  }
}

function factLines({ protocol }: Explanation, paint: Paint): readonly string[] {
  const title = `protocol ${protocol.name}`;
  return [
    paint("strong", title),
    ...tableLines(protocolFacts(protocol), ["left", "left"]).map((line) => `  ${line}`),
  ];
}
