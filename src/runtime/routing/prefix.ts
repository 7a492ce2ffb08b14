// The prefixes before a frame (PROXY protocol): consumed, never forwarded, and they may say who the client
// is. A stage's modules are tried in order; each keeps its state until it has decided.

import { parseIpAddress, unmapIpv4 } from "../../base/ip-address.ts";
import { type UnpackModule, VERDICT } from "../../compiler/abi.ts";
import {
  callUnpack,
  clearState,
  INSPECTED,
  type Inspector,
  keepNeed,
  refuse,
  refuseFrame,
  UNPACK_THREW,
} from "./inspector.ts";
import { createKeyPlace, locateKey } from "./key.ts";
import type { PrefixStage, RouterProgram } from "./program.ts";
import { ROW, setRowClient } from "./row.ts";

/** The key of a prefix that names the client's address. */
const SOURCE_KEY = "source";
/** Longest text of an address (RFC 4291: an IPv4-mapped one written out). */
const ADDRESS_TEXT_MAX = 45;

const place = createKeyPlace();
const address = new Uint8Array(16);

/** @returns `route` once every stage is behind and the frame may be read, else `need` or `refuse`. */
export function readPrefixes(
  inspector: Inspector,
  program: RouterProgram,
  row: Int32Array,
  at: number,
  buf: Buffer,
  end: number,
): number {
  for (;;) {
    const stage = program.prefixes[row[at + ROW.stage] ?? 0];
    if (stage === undefined) return INSPECTED.route;
    const module = stage.modules[row[at + ROW.module] ?? 0];
    if (module === undefined) {
      if (!mayBeAbsent(stage, row, at)) return refuseStage(inspector, stage, row, at);
      nextStage(row, at);
      continue;
    }
    const answer = tryModule(inspector, module, row, at, buf, end);
    if (answer !== INSPECTED.route) return answer;
  }
}

/** @returns `route` where this module has decided: it consumed its prefix, or it is not that prefix. */
function tryModule(
  inspector: Inspector,
  module: UnpackModule,
  row: Int32Array,
  at: number,
  buf: Buffer,
  end: number,
): number {
  const { result, s } = inspector;
  const verdict = callUnpack(inspector, module, row, at, buf, end);
  if (verdict === VERDICT.need) return keepNeed(inspector, module, row, at, end);
  if (verdict === UNPACK_THREW) return refuse(result, "unpack-threw", 0);
  clearState(module, row, at);
  if (verdict !== VERDICT.consume && verdict <= 0) {
    noteRefusal(inspector, verdict, row, at);
    row[at + ROW.module] = (row[at + ROW.module] ?? 0) + 1;
    return INSPECTED.route;
  }
  const bytes = verdict > 0 ? verdict : (s[0] ?? 0);
  if (bytes <= 0 || bytes > end - result.frameStart) return refuse(result, "unpack-invalid", 0);
  if (!takeSource(inspector, module, row, at, buf)) {
    result.refusedBy = module;
    return refuse(result, "proxy-protocol", 0);
  }
  row[at + ROW.consumed] = (row[at + ROW.consumed] ?? 0) + bytes;
  result.frameStart += bytes;
  nextStage(row, at);
  return INSPECTED.route;
}

function nextStage(row: Int32Array, at: number): void {
  row[at + ROW.stage] = (row[at + ROW.stage] ?? 0) + 1;
  row[at + ROW.module] = 0;
  row[at + ROW.furthestModule] = 0;
}

/** Remembers the refusal that lies furthest: of several alternatives, it is the one the client meant. */
function noteRefusal(inspector: Inspector, verdict: number, row: Int32Array, at: number): void {
  const isReject = verdict === VERDICT.reject;
  const offset = isReject ? (inspector.s[1] ?? 0) : 0;
  if (row[at + ROW.furthestModule] !== 0 && offset <= (row[at + ROW.furthestOffset] ?? 0)) return;
  row[at + ROW.furthestModule] = (row[at + ROW.module] ?? 0) + 1;
  row[at + ROW.furthestReason] = isReject ? (inspector.s[0] ?? 0) : -1;
  row[at + ROW.furthestOffset] = offset;
}

/** An optional prefix is absent where its first bytes differ; one that began and is malformed is refused. */
function mayBeAbsent(stage: PrefixStage, row: Int32Array, at: number): boolean {
  if (stage.isRequired) return false;
  if ((row[at + ROW.furthestOffset] ?? 0) === 0) return true;
  const module = stage.modules[(row[at + ROW.furthestModule] ?? 0) - 1];
  return module?.meta.reasons[row[at + ROW.furthestReason] ?? -1]?.kind === "mark";
}

function refuseStage(
  inspector: Inspector,
  stage: PrefixStage,
  row: Int32Array,
  at: number,
): number {
  const { result } = inspector;
  const module = stage.modules[(row[at + ROW.furthestModule] ?? 0) - 1];
  const reason = row[at + ROW.furthestReason] ?? -1;
  const offset = row[at + ROW.furthestOffset] ?? 0;
  if (module === undefined || reason < 0 || offset === 0) {
    return refuse(result, "prefix-missing", offset);
  }
  return refuseFrame(result, module, reason, offset);
}

/** Takes the client's address from the key `source`. @returns false where it is present and no address. */
function takeSource(
  inspector: Inspector,
  module: UnpackModule,
  row: Int32Array,
  at: number,
  buf: Buffer,
): boolean {
  const index = module.meta.keys.indexOf(SOURCE_KEY);
  if (index < 0) return true;
  const { input } = inspector;
  input.buf = buf;
  input.start = inspector.result.frameStart;
  input.scratch = module.scratch;
  if (!locateKey(input, index, place)) return true;
  const length = readAddress(module.meta.keyTypes[index] === "text");
  if (length === 0) return false;
  setRowClient(row, at, address, length);
  return true;
}

/** Reads `place` as text or as raw bytes into `address`. */
function readAddress(isText: boolean): 0 | 4 | 16 {
  const { bytes, offset, length, isInteger } = place;
  if (isInteger) return 0;
  if (isText) {
    if (length > ADDRESS_TEXT_MAX) return 0;
    return parseIpAddress(String.fromCharCode(...bytes.subarray(offset, offset + length)), address);
  }
  if (length !== 4 && length !== 16) return 0;
  address.set(bytes.subarray(offset, offset + length));
  return unmapIpv4(address, length);
}
