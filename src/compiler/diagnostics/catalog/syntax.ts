// Findings of the lexer and the parser: WB01xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

export const syntaxCatalog = {
  unexpectedCharacter: entry({
    code: "WB0101",
    severity: "error",
    message: (args: { character: string; mend: string }) =>
      `the character ${args.character} means nothing here`,
    help: (args) => args.mend,
    explanation: `
A character that no part of the language uses. Text stands between double quotes, comments begin with //, and
punctuation is ASCII: full-width marks such as ；or ｛, as an input method for Chinese or Japanese may write them, are
other characters than ; and {.`,
  }),
} as const;
