// Findings about sizes, reads and repetitions: WB03xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

export const boundsCatalog = {
  unboundedLength: entry({
    code: "WB0301",
    severity: "error",
    message: (args: { field: string }) => `nothing bounds the length of '${args.field}'`,
    help: () => "add a maximum: max 64KiB",
    explanation: `
Every frame, field, repetition and search has a maximum, so that memory and work for a connection are known before it
is accepted. Where the widths of the fields give none, the author writes it.`,
  }),
} as const;
