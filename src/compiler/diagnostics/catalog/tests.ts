// Findings about test vectors: WB06xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

export const testsCatalog = {
  expectationFailed: entry({
    code: "WB0601",
    severity: "error",
    message: (args: { expected: string; actual: string }) =>
      `expected ${args.expected}, got ${args.actual}`,
    help: () => "correct the vector or the protocol: waybill explain shows how the bytes are read",
    explanation: `
A test vector does not do what it says. The bytes of the test were given to the protocol or the router, and the
outcome is not the one that is expected.`,
  }),
} as const;
