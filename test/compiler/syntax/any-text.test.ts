import fc from "fast-check";
import { expect, test } from "vitest";
import { renderText } from "../../../src/compiler/diagnostics/render.ts";
import { createSourceFile } from "../../../src/compiler/source/source-file.ts";
import type { Span } from "../../../src/compiler/source/span.ts";
import { anyText, EXAMPLES, mutatedText, tokenImages } from "./mutations.ts";
import { parseText } from "./parse-text.ts";
import { sketch } from "./sketch.ts";

/** Every span below a node lies in the text, and inside that of the node above it. */
function misplacedSpans(node: unknown, outer: Span): Span[] {
  if (typeof node !== "object" || node === null || node instanceof Uint8Array) return [];
  const own = "span" in node ? (node.span as Span) : outer;
  const isInside = own.start >= outer.start && own.end <= outer.end && own.start <= own.end;
  const below = Object.entries(node).flatMap(([name, value]) =>
    name === "span" ? [] : misplacedSpans(value, own),
  );
  return isInside ? below : [own, ...below];
}

function checkText(text: string): void {
  const { tree, diagnostics } = parseText(text);
  const file = createSourceFile(0, "test.frame", text);
  const whole = { file: 0, start: 0, end: text.length };
  expect(misplacedSpans(tree, whole)).toEqual([]);
  for (const { span, message, help } of diagnostics) {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeLessThanOrEqual(text.length);
    expect(span.start).toBeLessThanOrEqual(span.end);
    expect(message).not.toMatch(/Token|Word_|undefined|-->|NaN/);
    expect(help).not.toMatch(/Word_|undefined|NaN/);
  }
  expect(renderText(diagnostics, [file])).not.toContain("\u001b");
}

test("any text gives a tree and findings, never an exception", () => {
  fc.assert(fc.property(anyText, checkText), { numRuns: 2000 });
});

test("so does a description with faults", () => {
  fc.assert(fc.property(mutatedText, checkText), { numRuns: 1000 });
});

test("a description put together from its tokens has the same tree", () => {
  const expected = sketch(parseText(EXAMPLES).tree.declarations);
  for (const separator of [" ", "\n", "\t\r\n", " // comment\n"]) {
    const { tree, diagnostics } = parseText(tokenImages(EXAMPLES).join(separator));
    expect(diagnostics).toEqual([]);
    expect(sketch(tree.declarations)).toBe(expected);
  }
});

test("a token that is left out is nearly always missed", () => {
  // What may be left out: names of frames and fields, modifiers, statements of one word.
  const images = tokenImages(EXAMPLES);
  const whole = sketch(parseText(EXAMPLES).tree.declarations);
  const semicolons = images.flatMap((image, at) => (image === ";" ? [at] : []));
  for (const at of semicolons) {
    const { tree, diagnostics } = parseText(images.toSpliced(at, 1).join("\n"));
    // Supposed where it is missing at the end of a line: one finding, and nothing lost.
    expect(diagnostics.map(({ code }) => code)).toEqual(["WB0114"]);
    expect(sketch(tree.declarations)).toBe(whole);
  }
});
