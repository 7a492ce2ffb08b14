import { describe, expect, test } from "vitest";
import {
  parseAnonymousBytes,
  parseCpuTime,
  parseDescriptorLimit,
  parseFamilySeconds,
  parseLoad,
  parseMachineTime,
  parseResidentBytes,
} from "../../../bench/proxy/proc-files.ts";

const numbers = "S 1 2 3 0 -1 4194304 100 0 0 0 250 75 0 0 20 0 11 0 12345 1000000 500";

describe("CPU time of /proc/PID/stat", () => {
  test.for([`42 (relay) ${numbers}`, `42 (a b) c) ) ${numbers}`])("%s", (stat) => {
    expect(parseCpuTime(stat, 100)).toEqual({ user: 2.5, system: 0.75 });
  });

  test("cut short it is refused", () => {
    expect(() => parseCpuTime("42 (relay) S 1 2", 100)).toThrow("no ticks");
  });
});

describe("memory", () => {
  test("resident", () => {
    const status = "Name:\tx\nVmHWM:\t  900 kB\nVmRSS:\t  512 kB\nRssAnon:\t 1 kB\n";
    expect(parseResidentBytes(status)).toBe(512 * 1024);
  });

  test("of it, what no file stands behind", () => {
    expect(parseAnonymousBytes("VmRSS:\t  512 kB\nRssAnon:\t 12 kB\n")).toBe(12 * 1024);
    expect(() => parseAnonymousBytes("VmRSS:\t  512 kB\n")).toThrow("no RssAnon");
  });

  test("a process that has ended has none", () => {
    expect(() => parseResidentBytes("Name:\tx\nState:\tZ (zombie)\n")).toThrow("no VmRSS");
  });
});

test.for([
  ["Max open files            1024                 524288               files     \n", 524_288],
  ["Max open files            1024   unlimited  files", Number.MAX_SAFE_INTEGER],
] as const)("the hard limit of %s", ([limits, expected]) => {
  expect(parseDescriptorLimit(limits)).toBe(expected);
});

test("the load of the last minute", () => {
  expect(parseLoad("3.32 2.10 1.00 2/184 999\n")).toBe(3.32);
});

test("CPU time of a process and of its children that have ended", () => {
  const stat = `42 (a b) ${numbers.replace("250 75 0 0", "250 75 100 25")}`;
  expect(parseFamilySeconds(stat, 100)).toBe(4.5);
});

test("what the machine did", () => {
  const stat = "cpu  100 20 30 9000 5 1 2 50 10 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
  expect(parseMachineTime(stat, 100)).toEqual({ busy: 1.5, stolen: 0.5 });
  expect(() => parseMachineTime("intr 1\n", 100)).toThrow("no ticks");
});
