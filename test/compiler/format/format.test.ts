import { describe, expect, test } from "vitest";
import { formatFrameFile } from "../../../src/compiler/format/format.ts";
import { createSourceFile } from "../../../src/compiler/source/source-file.ts";
import { EXAMPLES } from "../syntax/mutations.ts";

function format(text: string): string {
  return formatFrameFile(createSourceFile(0, "test.frame", text));
}

function expectLayout(text: string, ...lines: string[]): void {
  const expected = lines.map((line) => `${line}\n`).join("");
  expect(format(text)).toBe(expected);
  expect(format(expected)).toBe(expected);
}

test("the worked examples", async () => {
  const formatted = format(EXAMPLES);
  expect(format(formatted)).toBe(formatted);
  await expect(formatted).toMatchFileSnapshot("worked-examples.formatted.txt");
});

test("an empty file stays empty, comments alone stay", () => {
  expectLayout("");
  expectLayout("\n\n \t\n");
  expectLayout("\n//a\n\n\n\n  /// b \n", "//a", "", "/// b");
});

describe("statements", () => {
  test("one a line, two spaces a level", () => {
    expectLayout(
      "protocol P{frame{u8 a;u16   b\n;block[ 4 ]x@2{rest ;}}}",
      "protocol P {",
      "  frame {",
      "    u8 a;",
      "    u16 b;",
      "    block[4] x @2 { rest; }",
      "  }",
      "}",
    );
  });

  test("what was written on one line stays there, unless it holds braces or does not fit", () => {
    expectLayout(
      "protocol P { frame { rest; } key k = a; }",
      "protocol P {",
      "  frame { rest; }",
      "  key k = a;",
      "}",
    );
    expectLayout(
      `protocol P { frame { u8 a; u8 b; } frame B { text t until "${"x".repeat(80)}"; rest; } }`,
      "protocol P {",
      "  frame { u8 a; u8 b; }",
      "  frame B {",
      `    text t until "${"x".repeat(80)}";`,
      "    rest;",
      "  }",
      "}",
    );
    expectLayout(
      "protocol P {\nframe {\nrest; } }",
      "protocol P {",
      "  frame {",
      "    rest;",
      "  }",
      "}",
    );
  });

  test("an if with its else is opened as a whole", () => {
    expectLayout(
      "protocol P { frame { if a { u8 b; } else { u8 c; } if a { u8 b; } else if d { u8 c;\nu8 e; } else { } } }",
      "protocol P {",
      "  frame {",
      "    if a { u8 b; } else { u8 c; }",
      "    if a {",
      "      u8 b;",
      "    } else if d {",
      "      u8 c;",
      "      u8 e;",
      "    } else {",
      "    }",
      "  }",
      "}",
    );
  });

  test("arms of a switch", () => {
    expectLayout(
      "protocol P { frame { switch a { 1 : u8 x; 2..4,7: { rest; } 5: if b { rest; } else : { u8 y;\nu8 z; } } } }",
      "protocol P {",
      "  frame {",
      "    switch a {",
      "      1: u8 x;",
      "      2..4, 7: { rest; }",
      "      5: if b { rest; }",
      "      else: {",
      "        u8 y;",
      "        u8 z;",
      "      }",
      "    }",
      "  }",
      "}",
    );
  });

  test("semicolons behind braces are dropped", () => {
    expectLayout(
      "protocol P { frame { bits u8 f { a,b }; if a { rest; }; }; };",
      "protocol P {",
      "  frame {",
      "    bits u8 f { a, b }",
      "    if a { rest; }",
      "  }",
      "}",
    );
  });
});

describe("lists", () => {
  const bits = (count: number) =>
    Array.from({ length: count }, (_, index) => `member${index}:1`).join(", ");

  test("share a line where they did and where they fit", () => {
    expectLayout(
      `protocol P { endian by mark{"B":big,"l":little,} frame { rest; } }`,
      "protocol P {",
      '  endian by mark { "B": big, "l": little }',
      "  frame { rest; }",
      "}",
    );
    expectLayout(
      `protocol P { frame { bits u8 { ${bits(5)} } } }`,
      "protocol P {",
      "  frame {",
      `    bits u8 { ${bits(5)} }`,
      "  }",
      "}",
    );
    expectLayout(
      `protocol P { frame { bits u16 f { ${bits(8)} } } }`,
      "protocol P {",
      "  frame {",
      "    bits u16 f {",
      ...bits(8)
        .split(", ")
        .map((member) => `      ${member},`),
      "    }",
      "  }",
      "}",
    );
  });

  test("separators of bits are commas", () => {
    expectLayout(
      "protocol P { frame { bits u8 f { a bit 7; b bits 5 .. 3 in 0..2; } } }",
      "protocol P {",
      "  frame {",
      "    bits u8 f { a bit 7, b bits 5..3 in 0..2 }",
      "  }",
      "}",
    );
  });

  test("long sets end their lines at commas, and keep the lines they have", () => {
    const values = Array.from({ length: 30 }, (_, index) => `${1000 + index}`);
    const lines = format(`const a = 1; router r on P { when k in (${values.join(",")}) -> n; }`)
      .trimEnd()
      .split("\n");
    expect(lines.every((line) => line.length <= 100)).toBe(true);
    expect(lines.slice(2, 4).map((line) => line.slice(0, 30))).toEqual([
      "router r on P {",
      "  when k in (1000, 1001, 1002,",
    ]);
    expectLayout(
      'router r on P {\nwhen k in (\n"a", "b",\n"c") or\nmissing k\nand k == "d" -> n; otherwise -> m; }',
      "router r on P {",
      "  when k in (",
      '    "a", "b",',
      '    "c") or missing k',
      '      and k == "d" -> n;',
      "  otherwise -> m;",
      "}",
    );
  });

  test("bytes of a test keep their lines", () => {
    expectLayout(
      'test P "t" { bytes x"01"\n  x"02 03" "abc"\n "d"; expect need; }',
      'test P "t" {',
      '  bytes x"01"',
      '      x"02 03" "abc"',
      '      "d";',
      "  expect need;",
      "}",
    );
  });
});

describe("spaces", () => {
  test.for([
    ["u8 a=1;", "u8 a = 1;"],
    ["u8 a in -5 .. - 1;", "u8 a in -5..-1;"],
    ["size=(a-1)*b-  -2;", "size = (a - 1) * b - -2;"],
    ["size=a%3+length ( b );", "size = a % 3 + length(b);"],
    ["text [ u16 ]name in( 1,2 );", "text[u16] name in (1, 2);"],
    ["bytes[varint[ 4 ]] p @ x . y;", "bytes[varint[4]] p @x.y;"],
    ["hex[4]crc=check xor( a .. b );", "hex[4] crc = check xor(a..b);"],
    ["check  crc32(a)==0x10 ;", "check crc32(a) == 0x10;"],
    ['text t until("a","b")max 5;', 'text t until ("a", "b") max 5;'],
    ["bcd[6]p filler F;", "bcd[6] p filler F;"],
    [
      'start"*"at connection confirm end max 8 false starts;',
      'start "*" at connection confirm end max 8 false starts;',
    ],
  ] as const)("%s", ([text, expected]) => {
    const lines = format(`protocol P { frame {\n${text}\nrest; } }`).split("\n");
    expect(lines[2]).toBe(`    ${expected}`);
  });

  test.for([
    [
      'key k=line split" "[1]else args [1]take v;',
      'key k = line split " " [1] else args[1] take v;',
    ],
    ["key k=u url path[-1]max 5;", "key k = u url path [-1] max 5;"],
    ["key k=path [0]take value;", "key k = path[0] take value;"],
    ["key k=(a else b)lower;", "key k = (a else b) lower;"],
    ["key k=number (a)else any(b==1);", "key k = number(a) else any (b == 1);"],
    ["prefix A|B required;", "prefix A | B required;"],
  ] as const)("%s", ([text, expected]) => {
    expect(format(`protocol P {\n${text}\nmax 5; }`).split("\n")[1]).toBe(`  ${expected}`);
  });

  test.for([
    ["when not(missing k)->us-east-2 by k;", "when not (missing k) -> us-east-2 by k;"],
    ["when k in'a'->n;", "when k in 'a' -> n;"],
    ["otherwise->split k{95%->a-1;5%->b;}", "otherwise -> split k { 95% -> a-1; 5% -> b; }"],
    ['map k file"d.csv"->pool by k;', 'map k file "d.csv" -> pool by k;'],
  ] as const)("%s", ([text, expected]) => {
    expect(format(`router r on P {\n${text}\notherwise -> n; }`).split("\n")[1]).toBe(
      `  ${expected}`,
    );
  });
});

describe("blank lines and comments", () => {
  test("at most one blank line, none at the edges of braces, one around blocks of the file", () => {
    expectLayout(
      "\n\nconst a = 1;\nconst b = 2;\nprotocol P {\n\n\n  frame {\n    u8 a;\n\n\n    u8 b;\n\n  }\n}\nconst c = 3;\n\n",
      "const a = 1;",
      "const b = 2;",
      "",
      "protocol P {",
      "  frame {",
      "    u8 a;",
      "",
      "    u8 b;",
      "  }",
      "}",
      "",
      "const c = 3;",
    );
  });

  test("comments stay with what they stand at, those behind code in one column", () => {
    expectLayout(
      `// head

/// docs
protocol P { // of P
// before the frame
frame { // of the frame
u8 a; // of a
u16 length; /// docs of length
u8 c;
// at the end
} // behind the frame
// last
}
// tail`,
      "// head",
      "",
      "/// docs",
      "protocol P {  // of P",
      "  // before the frame",
      "  frame {  // of the frame",
      "    u8 a;        // of a",
      "    u16 length;  /// docs of length",
      "    u8 c;",
      "    // at the end",
      "  }  // behind the frame",
      "  // last",
      "}",
      "// tail",
    );
  });

  test("comments inside a statement break it, and nothing is lost", () => {
    expectLayout(
      `router r on P { when k in ( // first
"a", // of a
// own
"b" ) // behind
-> n; otherwise // why
-> m; }`,
      "router r on P {",
      "  when k in (  // first",
      '    "a",  // of a',
      "    // own",
      '    "b")  // behind',
      "      -> n;",
      "  otherwise  // why",
      "      -> m;",
      "}",
    );
    expectLayout(
      "protocol P { frame { if a { u8 b; } // then\nelse { u8 c; } bits u8 f { a, // of a\nb // of b\n} } }",
      "protocol P {",
      "  frame {",
      "    if a { u8 b; }  // then",
      "    else { u8 c; }",
      "    bits u8 f {",
      "      a,  // of a",
      "      b,  // of b",
      "    }",
      "  }",
      "}",
    );
  });

  test("one very wide line does not push the comments of its neighbours away", () => {
    const wide = `text t until "${"x".repeat(90)}";`;
    const lines = format(`protocol P { frame { u8 a; // a\n${wide} // wide\nu16 b; // b\n} }`);
    expect(lines.split("\n").slice(2, 5)).toEqual([
      "    u8 a;   // a",
      `    ${wide}  // wide`,
      "    u16 b;  // b",
    ]);
  });
});
