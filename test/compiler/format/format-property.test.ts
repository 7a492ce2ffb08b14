import fc from "fast-check";
import { expect, test } from "vitest";
import { createCollector } from "../../../src/compiler/diagnostics/collector.ts";
import { formatFrameFile } from "../../../src/compiler/format/format.ts";
import { createSourceFile } from "../../../src/compiler/source/source-file.ts";
import { lexFile } from "../../../src/compiler/syntax/lexer.ts";
import { anyText, EXAMPLES, mutatedText, tokenImages } from "../syntax/mutations.ts";
import { parseText } from "../syntax/parse-text.ts";
import { sketch } from "../syntax/sketch.ts";

function format(text: string): string {
  return formatFrameFile(createSourceFile(0, "test.frame", text));
}

function commentsOf(text: string): readonly string[] {
  const { comments } = lexFile(createSourceFile(0, "test.frame", text), createCollector());
  return comments.map(({ start, end }) => text.slice(start, end).trimEnd());
}

/** Documentation in order of the nodes that carry it. */
function docsOf(node: unknown): readonly string[] {
  if (typeof node !== "object" || node === null || node instanceof Uint8Array) return [];
  const own = "docs" in node && Array.isArray(node.docs) ? node.docs : [];
  return [...own, ...Object.values(node).flatMap(docsOf)].filter((doc) => typeof doc === "string");
}

const images = tokenImages(EXAMPLES);

const gap = fc.constantFrom(
  ...[" ", " ", " ", "  ", "\t", "\n", "\r\n", "\n\n", "\n\n\n\n"],
  ...[" // c\n", "\n// own\n", "\n\n  // own\n\n", " /// doc\n", "\n/// doc\n", "\n//// rule\n"],
);

/** The examples with other white space and with comments anywhere. */
const spacedText = fc
  .tuple(
    fc.array(gap, { minLength: images.length, maxLength: images.length }),
    // Most places plain, or every line would be cut to pieces.
    fc.array(fc.nat(19), { minLength: images.length, maxLength: images.length }),
  )
  .map(([gaps, odds]) =>
    images.map((image, at) => image + (odds[at] === 0 ? (gaps[at] ?? " ") : " ")).join(""),
  );

test("formatting keeps the tree, the documentation and the comments, and is idempotent", () => {
  fc.assert(
    fc.property(spacedText, (text) => {
      const before = parseText(text);
      expect(before.diagnostics).toEqual([]);
      const formatted = format(text);
      const after = parseText(formatted);
      expect(after.diagnostics).toEqual([]);
      expect(sketch(after.tree.declarations)).toBe(sketch(before.tree.declarations));
      expect(docsOf(after.tree)).toEqual(docsOf(before.tree));
      expect(commentsOf(formatted)).toEqual(commentsOf(text));
      expect(format(formatted)).toBe(formatted);
    }),
    { numRuns: 100 },
  );
});

test("no line ends with white space, none but long literals are too wide", () => {
  fc.assert(
    fc.property(spacedText, (text) => {
      for (const line of format(text).split("\n")) {
        expect(line).toBe(line.trimEnd());
        if (!/["/]/.test(line)) expect(line.length).toBeLessThanOrEqual(100);
      }
    }),
    { numRuns: 50 },
  );
});

test("descriptions that do not parse do not break it", () => {
  fc.assert(
    fc.property(fc.oneof(anyText, mutatedText), (text) => {
      expect(typeof format(text)).toBe("string");
    }),
    { numRuns: 1000 },
  );
});

test("where a mutated description parses, formatting keeps its tree", () => {
  fc.assert(
    fc.property(mutatedText, (text) => {
      const before = parseText(text);
      fc.pre(before.diagnostics.length === 0);
      const after = parseText(format(text));
      expect(after.diagnostics).toEqual([]);
      expect(sketch(after.tree.declarations)).toBe(sketch(before.tree.declarations));
    }),
    { numRuns: 300 },
  );
});
