// Findings about keys: WB04xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

const withArticle = (type: string): string => (type === "integer" ? "a number" : type);

export const keysCatalog = {
  keyTypesDiffer: entry({
    code: "WB0401",
    severity: "error",
    message: (args: { first: string; other: string }) =>
      `this alternative is ${withArticle(args.other)}, and the first one is ${withArticle(args.first)}`,
    help: () => "let all alternatives be numbers, or all text",
    explanation: `
A key has one type: rules compare it with numbers or with text. An integer field and a text field cannot be alternatives of
one key; number(…) turns digits into a number.`,
  }),
  modifierOnNumber: entry({
    code: "WB0402",
    severity: "error",
    message: (args: { modifier: string }) => `${args.modifier} works on text, and this is a number`,
    help: () => "remove it, or take a text field",
    explanation: `
trim, split, lower, max and the like change text. A number is routed as it is.`,
  }),
  badIndex: entry({
    code: "WB0403",
    severity: "error",
    message: (args: { index: number }) => `an element cannot be taken by index ${args.index}`,
    help: () => "count from 0, or -1 for the last one",
    explanation: `
Elements of a repetition are seen one after another: by index from the start, or the last one.`,
  }),
  takeWhat: entry({
    code: "WB0404",
    severity: "error",
    message: (_args: { names: readonly string[] }) => "say which field is the key",
    help: (args) =>
      args.names.length === 0
        ? "name a field with a value"
        : `take one of: ${args.names.slice(0, 8).join(", ")}`,
    explanation: `
A group of fields, or an element with several fields, has no single value.`,
  }),
  anyNeedsList: entry({
    code: "WB0405",
    severity: "error",
    message: () => "'any' asks about a repetition, and this names none",
    help: () => "write any list.field == value, where list is a repeat",
    explanation: `
any is true where some element of a repetition satisfies the condition; the condition names its fields as list.field.`,
  }),
  emptySeparator: entry({
    code: "WB0406",
    severity: "error",
    message: (args: { modifier: string }) => `an empty text cannot separate (${args.modifier})`,
    help: () => "write the separator between the quotes",
    explanation: `
split "" would cut between any two bytes.`,
  }),
  keyScratchTooLarge: entry({
    code: "WB0407",
    severity: "error",
    message: (args: { name: string; bytes: number; most: number }) =>
      `key ${args.name} needs ${args.bytes} bytes of memory to be rewritten`,
    help: (args) => `limit it: max ${args.most} or less`,
    explanation: `
A key that is rewritten (lower, upper, BCD digits) is copied, so its length is limited. Add max to the key or its field.`,
  }),
  keyTwice: entry({
    code: "WB0408",
    severity: "error",
    message: (args: { name: string }) => `key ${args.name} is declared twice`,
    help: () => "use else for alternatives: key x = a else b;",
    explanation: `
Each key has one declaration; alternatives stand behind else.`,
  }),
  keyBehindBody: entry({
    code: "WB0409",
    severity: "warning",
    message: (args: { name: string; bytes: number }) =>
      `key ${args.name} may lie behind ${args.bytes} bytes`,
    help: () => "decide at key; if it stands early in most frames, or lower max",
    explanation: `
All bytes before the verdict are held in memory for each connection. A key that far behind makes that expensive.`,
  }),
  keyNegative: entry({
    code: "WB0410",
    severity: "error",
    message: (args: { name: string }) => `key ${args.name} may be negative`,
    help: () => "declare the field as u8, u16 …, or guard it: i16 x >= 0",
    explanation: `
Rules and hashes work on whole numbers from 0 to 2^53 - 1. A signed field can be a key where a guard keeps it from being
negative.`,
  }),
} as const;
