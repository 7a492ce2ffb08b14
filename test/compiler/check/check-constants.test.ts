// Constants by themselves: each has a value or is told of once, however many refer to one another.
import { expect, test } from "vitest";
import { compileFrameFiles } from "../../../src/compiler/compile.ts";

const USE = "protocol P { frame { u8 a != A; } key a = a; }";

function findings(source: string): readonly string[] {
  const { diagnostics } = compileFrameFiles({
    paths: ["test.frame"],
    read: () => ({ kind: "text", text: source }),
    readList: (path) => ({ kind: "error", path, reason: "none" }),
  });
  return diagnostics.map(
    ({ code, message, span }) => `${code} ${message} at ${source.slice(span.start, span.end)}`,
  );
}

const chain = Array.from({ length: 100 }, (_, index) => `const C${index} = C${index + 1};`);
const squares = Array.from({ length: 200 }, (_, index) =>
  index === 0 ? "const C0 = 2;" : `const C${index} = C${index - 1} * C${index - 1};`,
);

test.for<readonly [title: string, source: string, expected: readonly string[]]>([
  ["in any order", `const A = B + 1; const B = 2; ${USE}`, []],
  ["each by the one behind it", `${chain.join("")} const C100 = 1; const A = C0; ${USE}`, []],
  [
    "unused, of an unknown one",
    "const A = Bee + 1; const Beer = 2;",
    ["WB0201 there is no constant 'Bee' here at Bee"],
  ],
  [
    "used, of an unknown one",
    `const A = E.two; enum E { one = 1; } ${USE}`,
    ["WB0201 there is no constant 'E.two' here at E.two"],
  ],
  [
    "a cycle",
    `const A = B; const B = A; ${USE}`,
    [
      "WB0203 the value of A must be a constant at B",
      "WB0203 the value of B must be a constant at A",
    ],
  ],
  [
    "a division by nothing",
    `const A = 5 / (2 - 2); ${USE}`,
    ["WB0203 the value of A must be a constant at 5 / (2 - 2)"],
  ],
  [
    "squares of squares: the first one that is too large",
    squares.join("\n"),
    ["WB0203 the value of C7 must be a constant at C6 * C6"],
  ],
  [
    "a member twice",
    "enum E { a = 1; a = 2; }",
    ["WB0202 the member of E 'a' is declared twice at a"],
  ],
])("%s", ([, source, expected]) => {
  expect(findings(source)).toEqual(expected);
});
