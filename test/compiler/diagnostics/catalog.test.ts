import { expect, test } from "vitest";
import { catalog, explainCode, listCodes } from "../../../src/compiler/diagnostics/catalog.ts";

const entries = Object.entries(catalog);

test("every code is used once", () => {
  const codes = entries.map(([, { code }]) => code);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

test.for(entries.map(([key, { code, explanation }]) => ({ key, code, explanation })))(
  "$code ($key) has four digits and an explanation",
  ({ code, explanation }) => {
    expect(code).toMatch(/^WB\d{4}$/);
    expect(explanation.trim()).toMatch(/^[^\n]{20}/);
  },
);

test("no area's file overwrites a key of another", () => {
  expect(new Set(listCodes().map(({ key }) => key)).size).toBe(listCodes().length);
  expect(listCodes().length).toBe(entries.length);
});

test("codes are listed in ascending order", () => {
  const codes = listCodes().map(({ code }) => code);
  expect(codes).toEqual([...codes].sort());
});

test.for([
  ["WB0113", "expected"],
  ["wb0113", "expected"],
  ["113", "expected"],
  ["0113", "expected"],
  ["WB0000", undefined],
  ["WB01130", undefined],
  ["hello", undefined],
  ["", undefined],
] as const)("explainCode(%j)", ([code, key]) => {
  expect(explainCode(code)?.key).toBe(key);
});
