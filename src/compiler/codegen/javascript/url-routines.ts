// Routines that find a part of a URL (RFC 3986, section 3) or of a path in origin form. As those for texts: they return
// where the part begins or −1, and leave its end in the module's variable.

import { assertNever } from "../../../base/assert.ts";
import type { UrlPart } from "../../ir/ir.ts";
import type { ModuleScope } from "./module-scope.ts";
import { foundEndOf, pairRoutine, pieceRoutine } from "./text-routines.ts";

/** `url…(bytes, from, to)`: the wanted part of the URL in [from, to). */
export function urlRoutine(module: ModuleScope, part: UrlPart): string {
  switch (part.kind) {
    case "scheme":
      return schemeRoutine(module);
    case "user":
      return userRoutine(module);
    case "host":
      return hostRoutine(module);
    case "port":
      return portRoutine(module);
    case "path":
      return pathRoutine(module);
    case "segment":
      return segmentRoutine(module, part.index);
    case "query":
      return queryRoutine(module, part.name);
    default:
      return assertNever(part);
  }
}

type Names = Readonly<Record<"name" | "foundEnd", string>>;

function routine(
  module: ModuleScope,
  key: string,
  wanted: string,
  text: (names: Names) => string,
): string {
  const foundEnd = foundEndOf(module);
  return module.routine(key, wanted, (name) => ({
    kind: "verbatim",
    text: text({ name, foundEnd }),
  }));
}

function schemeRoutine(module: ModuleScope): string {
  return routine(
    module,
    "url:scheme",
    "urlScheme",
    ({ name, foundEnd }) => `
/** Where a URL's scheme begins, which ends before ":", or -1. */
function ${name}(bytes, from, to) {
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    const letter = byte | 0x20;
    if (letter >= 0x61 && letter <= 0x7a) continue;
    if (at === from) return -1;
    if (byte === 0x3a) {
      ${foundEnd} = at;
      return from;
    }
    const isDigit = byte >= 0x30 && byte <= 0x39;
    if (!isDigit && byte !== 0x2b && byte !== 0x2d && byte !== 0x2e) return -1;
  }
  return -1;
}`,
  );
}

function authorityRoutine(module: ModuleScope): string {
  const scheme = schemeRoutine(module);
  return routine(
    module,
    "url:authority",
    "urlAuthority",
    ({ name, foundEnd }) => `
/** Where a URL's authority begins behind "scheme://", or -1. */
function ${name}(bytes, from, to) {
  if (${scheme}(bytes, from, to) < 0) return -1;
  const begin = ${foundEnd} + 3;
  if (begin > to || bytes[begin - 2] !== 0x2f || bytes[begin - 1] !== 0x2f) return -1;
  let at = begin;
  while (at < to && bytes[at] !== 0x2f && bytes[at] !== 0x3f && bytes[at] !== 0x23) at++;
  ${foundEnd} = at;
  return begin;
}`,
  );
}

function userRoutine(module: ModuleScope): string {
  const authority = authorityRoutine(module);
  return routine(
    module,
    "url:user",
    "urlUser",
    ({ name, foundEnd }) => `
/** Where the user of a URL's authority begins, which ends before ":" or the last "@", or -1. */
function ${name}(bytes, from, to) {
  const begin = ${authority}(bytes, from, to);
  if (begin < 0) return -1;
  let mark = ${foundEnd} - 1;
  while (mark >= begin && bytes[mark] !== 0x40) mark--;
  if (mark < begin) return -1;
  let at = begin;
  while (at < mark && bytes[at] !== 0x3a) at++;
  ${foundEnd} = at;
  return begin;
}`,
  );
}

function hostRoutine(module: ModuleScope): string {
  const authority = authorityRoutine(module);
  return routine(
    module,
    "url:host",
    "urlHost",
    ({ name, foundEnd }) => `
/** Where the host of a URL's authority begins, with the brackets of an IP literal, or -1. */
function ${name}(bytes, from, to) {
  const authority = ${authority}(bytes, from, to);
  if (authority < 0) return -1;
  const end = ${foundEnd};
  let begin = end;
  while (begin > authority && bytes[begin - 1] !== 0x40) begin--;
  let at = begin;
  if (at < end && bytes[at] === 0x5b) {
    while (at < end && bytes[at] !== 0x5d) at++;
    if (at < end) {
      ${foundEnd} = at + 1;
      return begin;
    }
    at = begin;
  }
  while (at < end && bytes[at] !== 0x3a) at++;
  ${foundEnd} = at;
  return begin;
}`,
  );
}

function portRoutine(module: ModuleScope): string {
  const authority = authorityRoutine(module);
  const host = hostRoutine(module);
  return routine(
    module,
    "url:port",
    "urlPort",
    ({ name, foundEnd }) => `
/** Where the port behind a URL's host begins, or -1. */
function ${name}(bytes, from, to) {
  if (${authority}(bytes, from, to) < 0) return -1;
  const end = ${foundEnd};
  ${host}(bytes, from, to);
  const at = ${foundEnd};
  if (at >= end || bytes[at] !== 0x3a) return -1;
  ${foundEnd} = end;
  return at + 1;
}`,
  );
}

function pathRoutine(module: ModuleScope): string {
  const scheme = schemeRoutine(module);
  const authority = authorityRoutine(module);
  return routine(
    module,
    "url:path",
    "urlPath",
    ({ name, foundEnd }) => `
/** Where a URL's path begins, which ends before "?" or "#"; it may be empty. */
function ${name}(bytes, from, to) {
  let begin = from;
  if (${authority}(bytes, from, to) >= 0) begin = ${foundEnd};
  else if (${scheme}(bytes, from, to) >= 0) begin = ${foundEnd} + 1;
  let at = begin;
  while (at < to && bytes[at] !== 0x3f && bytes[at] !== 0x23) at++;
  ${foundEnd} = at;
  return begin;
}`,
  );
}

function segmentRoutine(module: ModuleScope, index: number): string {
  const path = pathRoutine(module);
  const piece = pieceRoutine(module, Uint8Array.of(0x2f), index);
  const wanted = `urlSegment${index < 0 ? `Last${index === -1 ? "" : -index}` : index}`;
  return routine(
    module,
    `url:segment:${index}`,
    wanted,
    ({ name, foundEnd }) => `
/** Where segment ${index} of a URL's path begins, or -1. */
function ${name}(bytes, from, to) {
  const begin = ${path}(bytes, from, to);
  const end = ${foundEnd};
  if (begin === end) return -1;
  return ${piece}(bytes, bytes[begin] === 0x2f ? begin + 1 : begin, end);
}`,
  );
}

function queryRoutine(module: ModuleScope, parameter: Uint8Array): string {
  const path = pathRoutine(module);
  const value = pairRoutine(module, {
    separator: Uint8Array.of(0x26),
    assign: Uint8Array.of(0x3d),
    name: parameter,
    which: "first",
  });
  return routine(
    module,
    `url:query:${parameter.join()}`,
    `urlQuery`,
    ({ name, foundEnd }) => `
/** Where the value of a parameter begins in a URL's query, or -1. */
function ${name}(bytes, from, to) {
  ${path}(bytes, from, to);
  const begin = ${foundEnd} + 1;
  if (begin > to || bytes[begin - 1] !== 0x3f) return -1;
  let end = begin;
  while (end < to && bytes[end] !== 0x23) end++;
  return ${value}(bytes, begin, end);
}`,
  );
}
