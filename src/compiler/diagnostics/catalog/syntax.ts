// Findings of the lexer and the parser: WB01xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

export const syntaxCatalog = {
  unexpectedCharacter: entry({
    code: "WB0101",
    severity: "error",
    message: (args: { character: string; mend: string }) =>
      `'${args.character}' means nothing here`,
    help: (args) => args.mend,
    explanation: `
A character that no part of the language uses. Comments begin with //, conditions are joined by and, or and not, names
are made of ASCII letters, digits and _, and punctuation is ASCII: the full-width marks ；and ｛ that an input method
for Chinese or Japanese may write are other characters than ; and {.`,
  }),
  wrongQuotes: entry({
    code: "WB0102",
    severity: "error",
    message: (args: { quote: string }) => `${args.quote} does not begin a text`,
    help: () => 'text stands between double quotes: "abc"',
    explanation: `
Text stands between double quotes, "abc"; bytes in hexadecimal are written x"0D 0A". Single quotes, backticks and the
curled quotes of word processors are not used.`,
  }),
  unterminatedText: entry({
    code: "WB0103",
    severity: "error",
    message: () => "this text does not end on its line",
    help: () =>
      'close it with " before the end of the line; a line end inside a text is written \\n or \\r\\n',
    explanation: `
A text ends on the line on which it begins. Line ends inside it are written as escapes: "\\r\\n". A quote inside a text
is written \\", a backslash \\\\. A long text can be split where several stand one after another, as in bytes of a test.`,
  }),
  controlCharacter: entry({
    code: "WB0104",
    severity: "error",
    message: () => "a control character stands in a text",
    help: (args: { escape: string }) => `write it as an escape: ${args.escape}`,
    explanation: `
An invisible control character in a text cannot be told from its absence by a reader. Write it as an escape: \\x1C, or
\\r, \\n, \\t, \\0 for those that have a short one.`,
  }),
  badEscape: entry({
    code: "WB0105",
    severity: "error",
    message: (args: { reason: string }) => args.reason,
    help: () =>
      'escapes are \\r \\n \\t \\0 \\" \\\\, \\x1C for a byte and \\u{e9} for a character',
    explanation: `
In a text, a backslash begins an escape: \\r \\n \\t \\0 \\" \\\\ for those characters, \\x and two hexadecimal digits for
any byte, \\u{…} for a Unicode character, written as its UTF-8 bytes. A backslash itself is written \\\\.`,
  }),
  badHexBytes: entry({
    code: "WB0106",
    severity: "error",
    message: (args: { reason: string }) => args.reason,
    help: () => 'write two digits a byte; spaces between bytes are free: x"7D 01"',
    explanation: `
x"7D 01" are bytes in hexadecimal: two digits each, of 0-9, a-f and A-F, with spaces wherever they help.`,
  }),
  badNumber: entry({
    code: "WB0107",
    severity: "error",
    message: (args: { number: string }) => `'${args.number}' is not a number`,
    help: () => "numbers are written 12, 1_000, 0x7E, 0b1010, and with a unit 64KiB, 5s, 95%",
    explanation: `
Numbers are decimal (12, 1_000), hexadecimal (0x7E) or binary (0b1010). A unit follows decimal digits directly: KiB MiB
GiB for sizes, ms s m h for durations, % for shares. A name cannot begin with a digit.`,
  }),
  unknownUnit: entry({
    code: "WB0108",
    severity: "error",
    message: (args: { unit: string; nearest: string | undefined }) =>
      `'${args.unit}' is not a unit`,
    help: (args) =>
      args.nearest === undefined
        ? "units are KiB, MiB and GiB for sizes, ms, s, m and h for durations, % for shares"
        : `did you mean '${args.nearest}'? Sizes count in KiB, MiB and GiB: 1KiB is 1024 bytes`,
    explanation: `
The letters after a number are not one of the units KiB MiB GiB ms s m h %. Sizes are binary, 1KiB is 1024 bytes, and
say so; KB would mean 1000 to some and 1024 to others.`,
  }),
  numberTooLarge: entry({
    code: "WB0109",
    severity: "error",
    message: () => "this number is too large",
    help: () => 'numbers are below 2^64; write longer constants as bytes: x"…"',
    explanation: `
Numbers are below 2^64 with their unit, since the widest integer on the wire has 64 bits. Longer constants are written
as bytes.`,
  }),
  notText: entry({
    code: "WB0110",
    severity: "error",
    message: () => "this file is not a text: it holds a NUL character",
    help: () => "save it as UTF-8; a NUL inside a text is written \\0",
    explanation: `
Descriptions are UTF-8 texts. A NUL character means that the file is in another encoding, such as UTF-16, or is not a
text at all.`,
  }),
  tooManyTokens: entry({
    code: "WB0111",
    severity: "error",
    message: (args: { limit: number }) => `this file has more than ${args.limit} words and marks`,
    help: () => 'keep lists of keys in files of their own: when station in file "vip.txt"',
    explanation: `
The size of a description is bounded, so that no file can fill the memory. Long lists of keys belong in files of their
own, read by when KEY in file "…" and map KEY file "…".`,
  }),
  nestedTooDeep: entry({
    code: "WB0112",
    severity: "error",
    message: (args: { what: string; limit: number }) =>
      `${args.what} are nested more than ${args.limit} deep`,
    help: () =>
      "split what is inside: name parts as constants, or use in (…) for many alternatives",
    explanation: `
Brackets, blocks, else if chains and operators nest to a fixed depth only, so that no file can overflow the stack. For
one value among many, write x in (1, 2, 7..9) rather than a chain of or.`,
  }),
  expected: entry({
    code: "WB0113",
    severity: "error",
    message: (args: { expected: string; found: string; help: string }) =>
      `expected ${args.expected}, found ${args.found}`,
    help: (args) => args.help,
    explanation: `
The text at this place does not continue the statement in a way that the language knows. The message says what could
stand there; docs/language.md explains each statement, docs/grammar.md has them in full.`,
  }),
  missingMark: entry({
    code: "WB0114",
    severity: "error",
    message: (args: { mark: string; after: string }) =>
      `expected '${args.mark}' after ${args.after}`,
    help: (args) => `add '${args.mark}'`,
    explanation: `
A statement ends with a semicolon, and a bracket that was opened is closed. Only statements that end with a block in
braces take no semicolon.`,
  }),
  reservedName: entry({
    code: "WB0115",
    severity: "error",
    message: (args: { word: string }) =>
      `'${args.word}' is a word of the language and cannot be a name`,
    help: (args) => `choose another name, for example ${args.word}Field`,
    explanation: `
Words that begin a type (u16, text, bytes, bits, block, …) and words that join clauses (until max in take where else
then filling times and or not) cannot be names. All other words of the language can: size, start, key and client are
good names of fields.`,
  }),
  unknownStatement: entry({
    code: "WB0116",
    severity: "error",
    message: (args: { word: string; expected: string; help: string }) =>
      `'${args.word}' does not begin ${args.expected}`,
    help: (args) => args.help,
    explanation: `
Statements begin with a type (u16 length;) or with a word such as size, repeat, switch or key. In a field the type
comes first, then the name.`,
  }),
  unclosedBrace: entry({
    code: "WB0117",
    severity: "error",
    message: () => "this '{' is never closed",
    help: () => "add the '}' that ends its block",
    explanation: `
A block has no closing brace. Where several blocks are open, the brace whose block is closed by less indentation than
it was opened with is taken for the culprit.`,
  }),
  strayBrace: entry({
    code: "WB0118",
    severity: "error",
    message: () => "this '}' closes nothing",
    help: () => "remove it, or look for a '}' too many above it",
    explanation: `
There are more closing braces than opening ones: remove this one, or one above that closed its block too early.`,
  }),
  mixedOperators: entry({
    code: "WB0119",
    severity: "error",
    message: (args: { operator: string; other: string }) =>
      `'${args.operator}' and '${args.other}' stand side by side without parentheses`,
    help: (args: { operator: string; other: string; mend: string }) => `write ${args.mend}`,
    explanation: `
Languages disagree on whether a & b == c means (a & b) == c or a & (b == c). Here the reader never has to know: &, |
and shifts need parentheses beside other operators, and & and | beside comparisons.`,
  }),
  assignInCondition: entry({
    code: "WB0120",
    severity: "error",
    message: () => "a condition compares with '=='",
    help: () => "write == instead of =",
    explanation: `
In conditions, equality is written ==. A single = declares the value that a field must have: u8 type = 0x10;`,
  }),
  equalInGuard: entry({
    code: "WB0121",
    severity: "error",
    message: () => "the value that a field must have is declared with '='",
    help: () => "write = instead of ==",
    explanation: `
A field's required value is declared with a single =: u8 type = 0x10; In conditions, equality is written ==.`,
  }),
  chainedComparison: entry({
    code: "WB0122",
    severity: "error",
    message: () => "comparisons cannot be chained",
    help: () => "write x in 1..5 for a range, or join two comparisons by and",
    explanation: `
1 <= x <= 5 would compare a truth value with a number. Ranges are written x in 1..5, both ends included.`,
  }),
  repeatedClause: entry({
    code: "WB0123",
    severity: "error",
    message: (args: { clause: string }) => `'${args.clause}' is given twice`,
    help: () => "keep one of them",
    explanation: `
Each clause of a statement, such as max, until, @ or a required value, is given at most once. So are start, size, max, drop,
decide and prefix in a protocol and its frame: only one of two could count.`,
  }),
  misplacedClause: entry({
    code: "WB0124",
    severity: "error",
    message: (args: { clause: string; belongsTo: string }) =>
      `'${args.clause}' belongs to ${args.belongsTo}`,
    help: () => "remove it",
    explanation: `
A clause stands on a statement that has no use for it: filler is the nibble that fills up a bcd field, has asks for a
byte of a field.`,
  }),
  numberOutOfRange: entry({
    code: "WB0125",
    severity: "error",
    message: (args: { what: string; least: number; most: number }) =>
      `${args.what} must be from ${args.least} to ${args.most}`,
    help: (args) => `write a number from ${args.least} to ${args.most}`,
    explanation: `
A number that is part of the notation itself, such as the width of a bit field or the index of a piece, is outside the
range that makes sense there.`,
  }),
  misplacedElse: entry({
    code: "WB0126",
    severity: "error",
    message: () => "else must be the last arm of its switch, and the only else",
    help: () => "move it to the end",
    explanation: `
The arms of a switch are read from top to bottom, and else takes what is left. Arms below it could never be taken.`,
  }),
  emptyList: entry({
    code: "WB0127",
    severity: "error",
    message: (args: { what: string }) => `this ${args.what} is empty`,
    help: () => "put something in it or remove it",
    explanation: `
A set, an enum, a list of bit fields or a split with nothing in it has no meaning.`,
  }),
} as const;
