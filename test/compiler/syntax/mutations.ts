// Texts for properties: any characters, and valid descriptions with tokens lost, doubled, swapped or put in.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { createCollector } from "../../../src/compiler/diagnostics/collector.ts";
import { createSourceFile } from "../../../src/compiler/source/source-file.ts";
import { lexFile } from "../../../src/compiler/syntax/lexer.ts";
import { WORD_TOKENS } from "../../../src/compiler/syntax/tokens.ts";

/** The worked examples: every construct of the language. */
export const EXAMPLES = readFileSync(new URL("worked-examples.frame", import.meta.url), "utf8");

/** Spellings of the tokens of a text; a name with hyphens, such as a pool's, is one. */
export function tokenImages(text: string): string[] {
  const { tokens } = lexFile(createSourceFile(0, "test.frame", text), createCollector());
  const images: string[] = [];
  let end = -1;
  let isGlued = false;
  for (const { image, startOffset, endOffset = 0 } of tokens) {
    const isHyphen = image === "-" && startOffset === end && /\w$/.test(images.at(-1) ?? "");
    if (startOffset === end && (isGlued || isHyphen)) images.push(`${images.pop()}${image}`);
    else images.push(image);
    isGlued = isHyphen;
    end = endOffset + 1;
  }
  return images;
}

const IMAGES = tokenImages(EXAMPLES);

const MARKS = ["{", "}", "(", ")", "[", "]", ";", ",", ".", "..", "->", "=", "==", "@", "-", "&"];
const anyToken = fc.constantFrom(...WORD_TOKENS.keys(), ...MARKS, '"a"', 'x"00"', "7", "9KiB", "a");

/** Any characters, among them many that begin something. */
export const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc
    .array(fc.constantFrom(..."{}()[];\"'\\/x0#u8\n\r\t \0\u00a0；“”é😀@=<>!&|-+.,:%_*"), {
      maxLength: 200,
    })
    .map((characters) => characters.join("")),
  fc.array(anyToken, { maxLength: 100 }).map((tokens) => tokens.join(" ")),
);

type Mutation = (images: readonly string[], at: number, token: string) => string[];

const MUTATIONS: readonly Mutation[] = [
  (images, at) => images.toSpliced(at, 1),
  (images, at) => images.toSpliced(at, 0, images[at] ?? ""),
  (images, at, token) => images.toSpliced(at, 0, token),
  (images, at, token) => images.toSpliced(at, 1, token),
  (images, at) => images.toSpliced(at, 2, images[at + 1] ?? "", images[at] ?? ""),
  (images, at) => images.slice(0, at),
];

/** A stretch of the examples with up to five mutations. */
export const mutatedText = fc
  .tuple(
    fc.nat(IMAGES.length - 1),
    fc.integer({ min: 1, max: 400 }),
    fc.array(fc.tuple(fc.constantFrom(...MUTATIONS), fc.nat(), anyToken), { maxLength: 5 }),
    fc.constantFrom(" ", "\n"),
  )
  .map(([from, count, mutations, separator]) => {
    let images: string[] = IMAGES.slice(from, from + count);
    for (const [mutate, at, token] of mutations) {
      images = mutate(images, at % Math.max(1, images.length), token);
    }
    return images.join(separator);
  });
