// Findings about names and types: WB02xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

export const namesCatalog = {
  unknownName: entry({
    code: "WB0201",
    severity: "error",
    message: (args: { name: string; nearest: string | undefined }) =>
      `there is no '${args.name}' here`,
    help: (args) =>
      args.nearest === undefined
        ? "declare it before it is used, or check the spelling"
        : `did you mean '${args.nearest}'?`,
    explanation: `
A name is used that nothing declares: a field, a constant, an enum member, a frame, a protocol or a key. A field can be
used after its declaration only, since its bytes arrive in that order.`,
  }),
  duplicateName: entry({
    code: "WB0202",
    severity: "error",
    message: (args: { name: string }) => `'${args.name}' is declared twice`,
    help: () => "give one of them another name",
    explanation: `
Two declarations of one kind have the same name in the same place. Only fields in different arms of an if or a switch
may share a name: they are then one field, present where its arm was taken.`,
  }),
} as const;
