// Findings about keys: WB04xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

export const keysCatalog = {
  searchNotRepetition: entry({
    code: "WB0401",
    severity: "error",
    message: (args: { list: string }) => `'${args.list}' is not a repetition`,
    help: () => "take searches the elements of a repeat; name one of those",
    explanation: `
where … take … looks through the elements of a repetition. The name before it must be that of a repeat statement.`,
  }),
} as const;
