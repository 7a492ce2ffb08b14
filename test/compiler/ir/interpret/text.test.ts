// Pieces, pairs, headers and parts of URLs, each by its definition.
import { describe, expect, test } from "vitest";
import {
  headerValues,
  type Part,
  pairValues,
  partAt,
  splitText,
} from "../../../../src/compiler/ir/interpret/text.ts";
import { partOfUrl } from "../../../../src/compiler/ir/interpret/url.ts";
import type { UrlPart } from "../../../../src/compiler/ir/ir.ts";
import { ascii } from "../../../support/ir-build.ts";

/** Texts begin at 100, so that a place that is not moved along shows. */
function whole(text: string): Part {
  return { at: 100, text };
}

test.for([
  ["a b c", " ", 0, "a", 100],
  ["a b c", " ", 2, "c", 104],
  ["a b c", " ", 3, null, 0],
  ["a b c", " ", -1, "c", 104],
  ["a b c", " ", -3, "a", 100],
  ["a b c", " ", -4, null, 0],
  ["", " ", 0, "", 100],
  ["", " ", -1, "", 100],
  ["", " ", 1, null, 0],
  [" a", " ", 0, "", 100],
  [" a", " ", 1, "a", 101],
  ["a ", " ", 1, "", 102],
  ["a::b::c", "::", 1, "b", 103],
  ["a:::b", "::", 1, ":b", 103],
  ["::::", "::", 1, "", 102],
] as const)("piece of %j by %j at %i", ([text, separator, index, piece, at]) => {
  const part = partAt(splitText(whole(text), separator), index);
  expect(part ?? null).toEqual(piece === null ? null : { at, text: piece });
});

test.for<readonly [string, string, string, string, readonly (readonly [number, string])[]]>([
  ["a=1;b=2", ";", "=", "b", [[106, "2"]]],
  ["a=1;b=2", ";", "=", "c", []],
  [
    "a=1;a=2",
    ";",
    "=",
    "a",
    [
      [102, "1"],
      [106, "2"],
    ],
  ],
  ["a=1=2", ";", "=", "a", [[102, "1=2"]]],
  ["a=", ";", "=", "a", [[102, ""]]],
  ["a", ";", "=", "a", []],
  ["A=1", ";", "=", "a", []],
  [" a=1", ";", "=", "a", []],
  ["aa=1;ba=2", ";", "=", "a", []],
  ["=1", ";", "=", "", [[101, "1"]]],
  ["", ";", "=", "a", []],
  ["k: v\r\nl: w", "\r\n", ": ", "l", [[109, "w"]]],
  ["CP=&&MN=1&&;MN=2", ";", "=", "MN", [[115, "2"]]],
])("pairs of %j by %j and %j named %j", ([text, separator, assign, name, values]) => {
  const parts = pairValues(whole(text), separator, assign, name);
  expect(parts.map((part) => [part.at, part.text])).toEqual(values);
});

test.for<readonly [string, string, readonly (readonly [number, string])[]]>([
  ["Host: a\r\nX: b\r\n", "host", [[106, "a"]]],
  ["Host: a\nX: b", "x", [[111, "b"]]],
  ["hOsT:a", "host", [[105, "a"]]],
  ["Host: \t a b \t\r\n", "host", [[108, "a b"]]],
  ["Host:\r\n", "host", [[105, ""]]],
  ["Host:   \r\n", "host", [[108, ""]]],
  [
    "Host: a\r\nHOST: b\r\n",
    "host",
    [
      [106, "a"],
      [115, "b"],
    ],
  ],
  ["Host : a", "host", []],
  [" Host: a", "host", []],
  ["X-Host: a", "host", []],
  ["GET / HTTP/1.1\r\nHost: a:80", "host", [[122, "a:80"]]],
  ["Host: a\r", "host", [[106, "a\r"]]],
  ["Host: a\r\r\n", "host", [[106, "a\r"]]],
  [
    "Host: a\n\nHost: b",
    "host",
    [
      [106, "a"],
      [115, "b"],
    ],
  ],
  ["nothing here", "host", []],
  ["", "host", []],
])("headers of %j named %j", ([text, name, values]) => {
  expect(headerValues(whole(text), name).map((part) => [part.at, part.text])).toEqual(values);
});

describe("URLs", () => {
  const absolute = "rtsp://ann:pw@cam.example:554/live/1?id=7&x=#top";
  const parts: readonly (readonly [string, UrlPart, string | null])[] = [
    [absolute, { kind: "scheme" }, "rtsp"],
    [absolute, { kind: "user" }, "ann"],
    [absolute, { kind: "host" }, "cam.example"],
    [absolute, { kind: "port" }, "554"],
    [absolute, { kind: "path" }, "/live/1"],
    [absolute, { kind: "segment", index: 0 }, "live"],
    [absolute, { kind: "segment", index: -1 }, "1"],
    [absolute, { kind: "segment", index: 2 }, null],
    [absolute, { kind: "query", name: ascii("id") }, "7"],
    [absolute, { kind: "query", name: ascii("x") }, ""],
    [absolute, { kind: "query", name: ascii("y") }, null],
    ["http://a", { kind: "user" }, null],
    ["http://a", { kind: "port" }, null],
    ["http://a", { kind: "path" }, ""],
    ["http://a", { kind: "segment", index: 0 }, null],
    ["http://a/", { kind: "segment", index: 0 }, ""],
    ["http://a:", { kind: "port" }, ""],
    ["http://", { kind: "host" }, ""],
    ["http://@a", { kind: "user" }, ""],
    ["http://a@b@c", { kind: "host" }, "c"],
    ["http://a@b@c", { kind: "user" }, "a@b"],
    ["http://[2001:db8::1]:80/", { kind: "host" }, "[2001:db8::1]"],
    ["http://[2001:db8::1]:80/", { kind: "port" }, "80"],
    ["http://a?x=/y", { kind: "path" }, ""],
    ["http://a#/y", { kind: "host" }, "a"],
    ["/a/b?c=d", { kind: "path" }, "/a/b"],
    ["/a/b?c=d", { kind: "host" }, null],
    ["/a/b?c=d", { kind: "scheme" }, null],
    ["/a/b?c=d", { kind: "query", name: ascii("c") }, "d"],
    ["/a//b", { kind: "segment", index: 1 }, ""],
    ["//evil/x", { kind: "host" }, null],
    ["//evil/x", { kind: "path" }, "//evil/x"],
    ["/a?b#c=d", { kind: "query", name: ascii("c") }, null],
    ["/a?x=1&x=2", { kind: "query", name: ascii("x") }, "1"],
    ["/a?flag", { kind: "query", name: ascii("flag") }, null],
    ["sip:bob@example.org", { kind: "scheme" }, "sip"],
    ["sip:bob@example.org", { kind: "host" }, null],
    ["sip:bob@example.org", { kind: "path" }, "bob@example.org"],
    ["1a://b", { kind: "scheme" }, null],
    ["1a://b", { kind: "path" }, "1a://b"],
    ["a/b", { kind: "segment", index: 0 }, "a"],
    ["", { kind: "path" }, ""],
    ["", { kind: "segment", index: 0 }, null],
    ["*", { kind: "path" }, "*"],
  ];

  test.for(parts)("%j %j", ([text, wanted, expected]) => {
    const part = partOfUrl(whole(text), wanted);
    expect(part?.text ?? null).toBe(expected);
    if (part !== undefined) {
      expect(text.slice(part.at - 100, part.at - 100 + part.text.length)).toBe(part.text);
    }
  });
});
