// What is said about the run itself: WB00xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

export const generalCatalog = {
  tooManyFindings: entry({
    code: "WB0001",
    severity: "warning",
    message: (args: { errors: number; warnings: number }) =>
      `and ${args.errors} more errors and ${args.warnings} more warnings, which are not shown`,
    help: () => "mend those above and run it again",
    explanation: `
At most 200 errors and 200 warnings of a run are shown. After the first ones are mended, many of the others are usually
gone too.`,
  }),
} as const;
