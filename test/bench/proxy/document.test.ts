// The report: tables whose rows all have the header's columns, a picture that is well-formed, and what was left out.
import { describe, expect, test } from "vitest";
import { chart } from "../../../bench/proxy/chart.ts";
import { proxySection, type Report, withSection } from "../../../bench/proxy/document.ts";
import { MODES } from "../../../bench/proxy/modes.ts";
import type { Summary } from "../../../bench/proxy/summary.ts";
import { modeTable, type Row } from "../../../bench/proxy/table.ts";

const spread = (median: number) => ({
  median,
  lower: median * 0.95,
  upper: median * 1.05,
  least: median * 0.9,
  most: median * 1.1,
});

const nothing: Summary = {
  result: undefined,
  p50Us: undefined,
  p99Us: undefined,
  cpu: undefined,
  loadCpu: undefined,
  systemShare: undefined,
  baseMb: undefined,
  errors: 0,
  rounds: [],
};

const rows: readonly Row[] = [
  { name: "direct", title: "direct", isOurs: false, summary: { ...nothing, result: spread(200) } },
  {
    name: "haproxy",
    title: "HAProxy",
    isOurs: false,
    summary: {
      ...nothing,
      result: spread(100),
      p50Us: spread(40),
      p99Us: spread(90),
      cpu: spread(80),
      systemShare: 0.89,
    },
  },
  {
    name: "portable",
    title: "Waybill, portable",
    isOurs: true,
    summary: { ...nothing, result: spread(50), errors: 3 },
  },
];

const conn = MODES.filter(({ name }) => name === "conn");

function cells(line: string): readonly string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe("table", () => {
  test.for(MODES)("$name: every line has the header's columns", (mode) => {
    const lines = modeTable(mode, rows, ["haproxy"]);
    expect(lines).toHaveLength(2 + rows.length);
    expect(new Set(lines.map((line) => cells(line).length)).size).toBe(1);
  });

  test("ratios, ranges and errors", () => {
    const [mode] = conn;
    if (mode === undefined) throw new Error("no mode conn");
    const [header = "", , direct = "", haproxy = "", portable = ""] = modeTable(mode, rows, [
      "haproxy",
      "portable",
    ]);
    const column = (title: string) => cells(header).indexOf(title);
    expect(cells(direct)[column("× HAProxy")]).toBe("2.00");
    expect(cells(direct)[column("× Waybill, portable")]).toBe("4.00");
    expect(cells(haproxy)[column("in the kernel")]).toBe("89 %");
    expect(cells(haproxy)[column("CPU, µs a connection")]).toBe("80.0");
    expect(cells(portable)[column("least – most")]).toBe("45 – 55");
    expect(cells(portable)[column("p99 µs")]).toBe("");
    expect(cells(portable)[column("errors")]).toBe("3");
  });

  test("a column that nobody fills is left out", () => {
    const [mode] = conn;
    if (mode === undefined) throw new Error("no mode conn");
    const [header = ""] = modeTable(mode, rows.slice(0, 1), ["haproxy"]);
    expect(cells(header)).toEqual(["", "connections/s", "least – most", "errors"]);
  });
});

describe("picture", () => {
  const bars = rows.flatMap(({ title, isOurs, summary: { result } }) =>
    result === undefined ? [] : [{ title, isOurs, result }],
  );

  test("is well-formed, with a bar for each", () => {
    const svg = chart("a < b & c", [
      ...conn.map((mode) => ({ mode, bars })),
      ...MODES.slice(0, 1).map((mode) => ({ mode, bars: [] })),
    ]);
    expect(svg).toContain("<title>a &lt; b &amp; c</title>");
    expect(svg.match(/<rect/g)).toHaveLength(1 + bars.length);
    expect(unclosed(svg)).toEqual([]);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("of nothing but zeros", () => {
    const zero = { title: "none", isOurs: true, result: spread(0) };
    const svg = chart(
      "zeros",
      conn.map((mode) => ({ mode, bars: [zero] })),
    );
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});

test("the document says what was left out, what disturbed, and how to do it again", () => {
  const report: Report = {
    date: "2026-01-02",
    rounds: 3,
    seconds: 2,
    facts: ["2 × Something"],
    noise: ["Load average 3.00"],
    missing: [["nginx + njs", "nginx | is not\ninstalled"]],
    tables: conn.map((mode) => ({ mode, rows })),
    references: ["haproxy"],
    floors: ["| floor |", "| --- |"],
    costs: ["| mode |", "| --- |"],
    uncounted: ["strace is not installed"],
    picture: "x.svg",
    command: "npm run bench -- proxy --rounds 3",
  };
  const text = proxySection(report);
  expect(text).toContain("- nginx + njs: nginx \\| is not installed\n");
  expect(text).toContain("- Load average 3.00\n");
  expect(text).toContain("`npm run bench -- proxy --rounds 3`");
  expect(text).toContain("(x.svg)");
  expect(text).toContain("### Floors\n");
  expect(proxySection({ ...report, rounds: 16 })).toContain("uncertain by about 23 %");
  expect(text).toContain("### Where the time goes\n");
  expect(text).toContain("- Not counted: strace is not installed\n");
  expect(proxySection({ ...report, noise: [], missing: [] })).not.toContain("Not measured");
});

describe("the section in its document", () => {
  const by = "# Benchmarks\n\nBy hand.\n";

  test("comes behind what is there, and takes the place of its last one", () => {
    const first = withSection(by, "## One\n");
    expect(first.startsWith(by)).toBe(true);
    const second = withSection(`${first}\nMore by hand.\n`, "## Two\n");
    expect(second).toBe(`${first.replace("## One", "## Two")}\nMore by hand.\n`);
  });

  test("is all of a new one", () => {
    expect(withSection("", "## One\n")).toMatch(
      /^<!-- relays[^>]*-->\n\n## One\n\n<!-- end[^>]*-->\n$/,
    );
  });
});

/** Tags that are opened and never closed, or closed and never opened. */
function unclosed(xml: string): readonly string[] {
  const open: string[] = [];
  for (const [, slash, name = "", self] of xml.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (self === "/") continue;
    if (slash === "") open.push(name);
    else if (open.at(-1) === name) open.pop();
    else open.push(`/${name}`);
  }
  return open;
}
