// Findings about tests: WB06xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

export const testsCatalog = {
  expectationFailed: entry({
    code: "WB0601",
    severity: "error",
    message: (args: { expected: string; found: string }) =>
      `expected ${args.expected}, found ${args.found}`,
    help: () => "correct the bytes or the expectation: waybill explain --hex … shows every field",
    explanation: `
A test's bytes do not give what it expects. waybill explain shows what the description makes of them.`,
  }),
  testWithoutBytes: entry({
    code: "WB0602",
    severity: "error",
    message: () => "this test has no bytes",
    help: () => 'add bytes "…"; or bytes x"…";',
    explanation: `
A test feeds bytes to the protocol and says what must come out.`,
  }),
  testWithoutExpectation: entry({
    code: "WB0603",
    severity: "error",
    message: () => "this test expects nothing",
    help: () => "add expect frame; or expect key == …;",
    explanation: `
A test that expects nothing cannot fail.`,
  }),
  routerTestNeedsRouter: entry({
    code: "WB0604",
    severity: "error",
    message: (args: { name: string }) => `${args.name} is a protocol: it has no pools`,
    help: () => "write test with a router's name",
    explanation: `
expect pool and expect reject "…" say what a router's rules do; a protocol alone has keys but no rules.`,
  }),
  badClientAddress: entry({
    code: "WB0605",
    severity: "error",
    message: (args: { text: string }) => `'${args.text}' is not an IP address`,
    help: () => 'write an IPv4 or IPv6 address, for instance "10.1.2.3"',
    explanation: `
client gives the address that rules see in this test.`,
  }),
} as const;
