// Findings about names and types: WB02xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

export const namesCatalog = {
  unknownName: entry({
    code: "WB0201",
    severity: "error",
    message: (args: { kind: string; name: string; suggestion: string | undefined }) =>
      `there is no ${args.kind} '${args.name}' here`,
    help: (args) =>
      args.suggestion === undefined
        ? "declare it before it is used, or check the spelling"
        : `did you mean '${args.suggestion}'?`,
    explanation: `
A name is used that nothing declares: a field, a constant, an enum member, a checksum, a protocol. A field can be used
after its declaration only, since its bytes arrive in that order.`,
  }),
  duplicateName: entry({
    code: "WB0202",
    severity: "error",
    message: (args: { kind: string; name: string }) =>
      `the ${args.kind} '${args.name}' is declared twice`,
    help: () => "give one of them another name",
    explanation: `
Two declarations of one kind have the same name, here or in an imported file. Only fields in different arms of an if or a
switch may share a name: they are then one field, present where its arm was taken.`,
  }),
  notConstant: entry({
    code: "WB0203",
    severity: "error",
    message: (args: { what: string; suggestion: string | undefined }) =>
      `${args.what} must be a constant`,
    help: (args) =>
      args.suggestion === undefined
        ? "write a number, a quoted text, a const or an enum member"
        : `did you mean '${args.suggestion}'?`,
    explanation: `
Limits, marks and the values of a set are fixed when the file is compiled. A field's value is known only when a client
sends it, so it cannot stand there.`,
  }),
  wrongType: entry({
    code: "WB0204",
    severity: "error",
    message: (args: { expected: string; found: string }) =>
      `this should be ${args.expected}, not ${args.found}`,
    help: () =>
      "look at the field's type: integers compare with numbers, text and bytes with quoted text",
    explanation: `
A number stands where bytes are needed, or the other way round. u8, u16 … and digits in arithmetic are numbers; text,
bytes and cstring are bytes. One quoted character may stand for the number of its byte: u8 type = "*".`,
  }),
  checksumParameter: entry({
    code: "WB0205",
    severity: "error",
    message: (args: { name: string; problem: string }) => `checksum ${args.name}: ${args.problem}`,
    help: () =>
      "a checksum needs width (8, 16, 24 or 32) and poly; init and xorout are 0 where they are absent",
    explanation: `
A checksum of your own is a CRC by the parameters that catalogues of CRCs list: width, poly, init, reflect in, reflect out,
xorout. Each value must fit the width.`,
  }),
  noFrame: entry({
    code: "WB0206",
    severity: "error",
    message: (args: { name: string }) => `protocol ${args.name} has no frame`,
    help: () => "add frame { … } with the fields of the client's first message",
    explanation: `
A protocol says what a client's first message looks like. Without a frame there is nothing to read a key from.`,
  }),
  unusedFrame: entry({
    code: "WB0207",
    severity: "warning",
    message: (args: { name: string }) => `frame ${args.name} is never used`,
    help: () => "remove it, or make it the first frame: a connection is routed by its first frame",
    explanation: `
With several frames a connection begins with the first one. Only a dialog goes on to others.`,
  }),
  fieldMayBeAbsent: entry({
    code: "WB0208",
    severity: "error",
    message: (args: { name: string }) => `${args.name} may be absent here`,
    help: () =>
      "use it inside the same branch, or compare it: a comparison with an absent field is false",
    explanation: `
The field is declared in an arm of an if or a switch, which may not have been taken. A size or an offset cannot be computed
from it. Comparisons can: they are false where the field is absent.`,
  }),
  listNeedsSearch: entry({
    code: "WB0209",
    severity: "error",
    message: (args: { name: string }) => `${args.name} is repeated: say which element is meant`,
    help: (args) => `write: key x = ${args.name} where … take …`,
    explanation: `
A repetition has many elements, so list.field alone has no single value. A key searches:
key sni = extensions where id == 0 take name; or by index: key command = words[0] take value;`,
  }),
  wideInteger: entry({
    code: "WB0210",
    severity: "error",
    message: (args: { name: string }) => `${args.name} may be larger than can be computed with`,
    help: () =>
      "add max (at most 2^53 - 1), or compare it with = to one constant, or route by its bytes",
    explanation: `
Integers of 7 and 8 bytes exceed what is computed exactly (2^53 - 1), and so do more than 15 digits. With max the value is
checked and can be used; without it the field's bytes can be a key.`,
  }),
  misplaced: entry({
    code: "WB0211",
    severity: "error",
    message: (args: { what: string; mend: string }) => `${args.what} cannot stand here`,
    help: (args) => args.mend,
    explanation: `
The statement has a meaning in one place only: start first in the frame, end last, ignore, drop and max in the frame itself,
size in the frame or in a repetition. What is read before a frame begins with the connection's first byte.`,
  }),
  declaredDifferently: entry({
    code: "WB0212",
    severity: "error",
    message: (args: { name: string }) => `${args.name} is declared differently in another arm`,
    help: () => "give it the same kind of type in every arm, or another name",
    explanation: `
A name declared in several arms is one field. It cannot be a number in one arm and text in another.`,
  }),
  placeUnknown: entry({
    code: "WB0213",
    severity: "error",
    message: (args: { name: string }) => `the place of ${args.name} depends on the branch taken`,
    help: () => "let the range begin and end at fields outside the branch",
    explanation: `
A checksum runs from the start of one field to the end of another. Both have to be there on every path.`,
  }),
  bitsTooWide: entry({
    code: "WB0214",
    severity: "error",
    message: (args: { type: string }) => `bits ${args.type} is too wide`,
    help: () => "split it: at most u32 holds named bits",
    explanation: `
Named bits stand in an integer of at most four bytes.`,
  }),
  bitsDoNotFit: entry({
    code: "WB0215",
    severity: "error",
    message: (args: { type: string; bits: number }) =>
      `this bit lies outside ${args.type}, which has ${args.bits} bits`,
    help: () =>
      "count from the most significant bit down, or write bit N with the least significant as 0",
    explanation: `
The members take more bits than the type has, or a bit number is too large.`,
  }),
  bitsLeftOver: entry({
    code: "WB0216",
    severity: "error",
    message: (args: { type: string; bits: number; left: number }) =>
      `the members take ${args.bits - args.left} of ${args.bits} bits of ${args.type}`,
    help: (args) => `add _:${args.left} where the unused bits are`,
    explanation: `
Members in order take bits from the most significant one down, so unused bits have to be written: _ for one, _:4 for four.`,
  }),
  groupInNumber: entry({
    code: "WB0217",
    severity: "error",
    message: () => "number(…) takes one source, not alternatives",
    help: () => "write number(a) else number(b)",
    explanation: `
number(a else b) would have two meanings where a is there but no number. Write which one you mean.`,
  }),
} as const;
