import { expect, test } from "vitest";
import { PROXY_DEFAULTS, parseProxyOptions, proxyUsage } from "../../../bench/proxy/options.ts";

const choices = { modes: ["up", "conn", "idle"], peers: ["direct", "haproxy", "portable"] };
const parse = (line: string) => parseProxyOptions(line.split(" ").filter(Boolean), choices);

test("without options everything is measured", () => {
  expect(parse("")).toEqual({ ...choices, ...PROXY_DEFAULTS, out: "docs/benchmarks.md" });
  expect(parse("--modes idle").out).toBeUndefined();
  expect(parse("--peers portable").out).toBeUndefined();
});

test("what is chosen comes in the table's order, once", () => {
  const options = parse("--modes idle,up,up --peers portable,direct --rounds 3 --seconds 0.5");
  expect(options).toMatchObject({ modes: ["up", "idle"], peers: ["direct", "portable"] });
  expect(options).toMatchObject({ rounds: 3, seconds: 0.5 });
});

test("idle connections and the place of the report", () => {
  expect(parse("--idle 100 --out build/x")).toMatchObject({ idleConnections: 100, out: "build/x" });
});

test.for([
  ["--modes up,fast", /--modes: 'fast' is none of up, conn, idle/],
  ["--peers varnish", /--peers: 'varnish' is none of/],
  ["--rounds 0", /--rounds: '0' is no number from 1 to 100/],
  ["--rounds many", /'many' is no number/],
  ["--seconds 61", /--seconds: '61'/],
  ["--seconds NaN", /--seconds/],
  ["--idle -1", /--idle/],
  ["--fast", /Unknown option '--fast'/],
  ["up", /Unexpected argument 'up'/],
] as const)("%s is refused", ([line, message]) => {
  expect(() => parse(line)).toThrow(message);
});

test("the usage names what there is", () => {
  expect(proxyUsage(choices)).toContain("--modes up,conn,idle");
});
