// Findings about sizes, reads and repetitions: WB03xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

/** A frame and an element are called so by the passes; other parts have names of their own. */
const partNamed = (name: string): string =>
  name === "frame" || name === "element" ? `the ${name}` : name;

export const boundsCatalog = {
  unboundedFrame: entry({
    code: "WB0301",
    severity: "error",
    message: (args: { name: string; derived: number | undefined }) =>
      args.derived === undefined
        ? `a frame of ${args.name} may grow without bound`
        : `a frame of ${args.name} may have ${args.derived} bytes`,
    help: () => "add max to the frame: max 64KiB;",
    explanation: `
Every byte before the verdict is held in memory, for every connection, so a frame needs a largest size. It follows from the
fields' widths where those are small (up to 1 MiB); otherwise it has to be said.`,
  }),
  unboundedField: entry({
    code: "WB0302",
    severity: "error",
    message: (args: { name: string }) => `${args.name} has no end`,
    help: () => 'give it a size in brackets, until "…" with max, or max for the frame',
    explanation: `
A field without a size runs until something ends it. A search for a delimiter needs a window, or a client could make us
wait for it for ever.`,
  }),
  negativeSize: entry({
    code: "WB0303",
    severity: "error",
    message: (args: { name: string; least: number; needed: number }) =>
      `the size of ${args.name} may be negative (${args.least})`,
    help: (args) =>
      `guard the length so that it cannot, for instance: u16 length >= ${args.needed};`,
    explanation: `
A size is computed by subtraction, and the client may send a length that is smaller than what is taken away. A guard on the
length (in 4..1024, or >= 4) rules that out.`,
  }),
  overflow: entry({
    code: "WB0304",
    severity: "error",
    message: (args: { what: string }) => `${args.what} may be larger than can be computed with`,
    help: () => "limit what it is computed from with max, and a divisor with a guard: in 1..8",
    explanation: `
Arithmetic is exact up to 2^53 - 1. A product or sum of unlimited values may exceed it, and so does a quotient where the
divisor may be 0. &, | and shifts take numbers from 0 to 2^32 - 1.`,
  }),
  impossibleRead: entry({
    code: "WB0305",
    severity: "error",
    message: (args: { name: string }) =>
      `${args.name} always ends beyond the frame, block or element around it`,
    help: () =>
      "check its offset and size against what is around it; where a length counts what follows it: size = length + 2",
    explanation: `
Whatever the client sends, the field lies beyond the end of the frame, block or element around it.`,
  }),
  guardNeverHolds: entry({
    code: "WB0306",
    severity: "error",
    message: (args: { name: string }) => `no value that ${args.name} can have satisfies this rule`,
    help: () => "check the value against the field's type and the rules before it",
    explanation: `
No value that the field can have satisfies the guard: every frame would be refused.`,
  }),
  needsSizedPart: entry({
    code: "WB0307",
    severity: "error",
    message: (args: { what: string }) => `${args.what} needs a part of known size around it`,
    help: () => "give the frame a size (size = …;) or put it into block[…] { … }",
    explanation: `
rest, more, filling rest and fields at offsets refer to the end of what is around them. In a frame whose size is not known
yet there is no such end.`,
  }),
  mayNotAdvance: entry({
    code: "WB0308",
    severity: "error",
    message: (args: { name: string }) => `an element of ${args.name} may be empty`,
    help: () => "give each element at least one byte that is always there",
    explanation: `
A repetition that fills a size or looks for a terminator goes on until it is there. An element of no bytes would never get
there.`,
  }),
  unboundedRepeat: entry({
    code: "WB0309",
    severity: "error",
    message: (args: { name: string }) => `${args.name} may repeat without bound`,
    help: () => "add max: repeat … max 64 { … }",
    explanation: `
Every repetition has a largest count. It follows from the sizes where those are small; otherwise it has to be said.`,
  }),
  badSize: entry({
    code: "WB0310",
    severity: "error",
    message: (args: { what: string; least: number; most?: number }) =>
      args.most === undefined
        ? `${args.what} must be at least ${args.least}`
        : `${args.what} must be from ${args.least} to ${args.most}`,
    help: () => "choose a value in that range",
    explanation: `
A limit of the language: see its reference for each type.`,
  }),
  ambiguousMarks: entry({
    code: "WB0311",
    severity: "error",
    message: (args: { name: string }) => `the delimiters of ${args.name} are empty or begin alike`,
    help: () => "leave out the shorter of two that begin alike",
    explanation: `
Where one delimiter is the beginning of another, the bytes that have come cannot tell which of them is meant.`,
  }),
  beyondMax: entry({
    code: "WB0312",
    severity: "error",
    message: (args: { name: string; max: number }) => `${args.name} is larger than max ${args.max}`,
    help: () => "raise max, or check the sizes",
    explanation: `
The smallest possible frame, or a part of it, exceeds the maximum that was given: every frame would be refused.`,
  }),
  leftOver: entry({
    code: "WB0313",
    severity: "error",
    message: (args: { name: string; bytes: number | undefined }) =>
      args.bytes === undefined
        ? `the fields of ${partNamed(args.name)} never fill it exactly`
        : args.bytes < 0
          ? `the fields of ${partNamed(args.name)} take ${-args.bytes} bytes too many`
          : `${args.bytes} bytes of ${partNamed(args.name)} are not described`,
    help: () => "describe all its bytes, or end it with rest;",
    explanation: `
A sized part has to be used up exactly, so that a frame with something else in it is not passed. rest; takes what is left.`,
  }),
  branchNeverTaken: entry({
    code: "WB0314",
    severity: "warning",
    message: () => "this condition never holds",
    help: () => "check it against the rules for the fields in it",
    explanation: `
The values that the fields can have at this point never satisfy the condition, so its statements are never used.`,
  }),
  armTwice: entry({
    code: "WB0315",
    severity: "error",
    message: () => "a value of this arm belongs to an earlier arm",
    help: () => "list each value once",
    explanation: `
The first arm that lists a value is taken. A value listed again would never reach the later arm.`,
  }),
  emptyRange: entry({
    code: "WB0316",
    severity: "error",
    message: (args: { from: number; to: number }) => `the range ${args.from}..${args.to} is empty`,
    help: () => "write the smaller value first",
    explanation: `
A range includes both ends and goes upwards.`,
  }),
  weakStart: entry({
    code: "WB0317",
    severity: "warning",
    message: () => "a one-byte start mark may be found in junk",
    help: () =>
      "add 'at connection' where the client never sends junk, or 'confirm check' where the frame has a check",
    explanation: `
After junk that happens to hold the start byte, a frame may be read from the wrong place and swallow the real one. Where the
client sends nothing before its first frame, start … at connection; refuses anything else. With a checksum,
confirm check; tries the next start mark when it differs.`,
  }),
  confirmBehindKey: entry({
    code: "WB0318",
    severity: "error",
    message: (args: { confirm: string }) => `decide at key cannot wait for confirm ${args.confirm}`,
    help: () => "use confirm header, or decide at frame",
    explanation: `
Deciding at the key means that what follows it is not looked at, so nothing behind it can confirm the start mark.`,
  }),
  checkUnverified: entry({
    code: "WB0319",
    severity: "error",
    message: (args: { algorithm: string }) => `decide at key never reaches check ${args.algorithm}`,
    help: () => "write = unverified check …, or decide at frame",
    explanation: `
Deciding at the key forwards a frame before its checksum has come. unverified check says that this is intended.`,
  }),
  countsUnknown: entry({
    code: "WB0320",
    severity: "error",
    message: (args: { name: string }) =>
      `counts names '${args.name}', which is not a field of the same part`,
    help: () => "name the first and the last field that the length counts",
    explanation: `
u16 length counts code..value; counts from the start of code to the end of value. Both are fields of the same frame or
block; value follows the length.`,
  }),
  endNotLast: entry({
    code: "WB0321",
    severity: "error",
    message: () => "end stands before other fields",
    help: () => "put end last in the frame: it is its last bytes",
    explanation: `
end "…"; is the frame's last bytes. Constant bytes in the middle are written as a statement by themselves: "…";`,
  }),
  walkUnused: entry({
    code: "WB0322",
    severity: "warning",
    message: (args: { name: string }) => `nothing looks at the elements of ${args.name}`,
    help: () => "write bytes[…] instead, or use the elements in a key",
    explanation: `
A repetition that fills a size is walked element by element for every frame. Where no key and no rule looks at the elements,
bytes of that size say the same and cost nothing.`,
  }),
  restNotLast: entry({
    code: "WB0323",
    severity: "error",
    message: (args: { name: string; follows: string }) =>
      `${args.name} takes all that is left, and ${args.follows} stands behind it`,
    help: (args) =>
      `give it a size, bytes[length - 8] data; or place what follows: ${args.follows} @(length - 2)`,
    explanation: `
rest is everything up to the end of the frame, block or element, so nothing can stand behind it. Where a checksum or another
field comes last, the data before it have a size: what the frame's length leaves,
    u16 length in 8..512;  size = length;  …  bytes[length - 8] data;  u16 crc;
or the last field is placed from the end: u16 crc @(length - 2); A length that counts up to the rest
(u16 length counts kind..data; … rest data; u8 tail;) ends it too.`,
  }),
  noFalseStarts: entry({
    code: "WB0324",
    severity: "warning",
    message: (args: { by: string }) => `with ${args.by} there are no false starts to count`,
    help: (args) => `leave out 'max … false starts', or ${args.by}`,
    explanation: `
A false start is a mark among junk that turns out to begin no frame: a byte is dropped and the mark is looked for again. With
start … at connection; nothing is dropped, and with confirm none; whatever is wrong behind the mark refuses the connection.`,
  }),
  emptyFrame: entry({
    code: "WB0325",
    severity: "error",
    message: (args: { name: string }) => `a frame of ${args.name} may have no bytes`,
    help: () => "describe at least one byte that is always there",
    explanation: `
A frame is routed when its bytes have come. One without any would be there before the client has sent something, and again
behind itself, for ever.`,
  }),
  rangeBackwards: entry({
    code: "WB0326",
    severity: "error",
    message: (args: { first: string; last: string }) =>
      `${args.last} ends before ${args.first} begins`,
    help: (args) => `write ${args.last}..${args.first}: fields in the order of the wire`,
    explanation: `
A range of fields runs from the first byte of the first one to the last byte of the last one. Named the other way round it
would hold nothing.`,
  }),
  checkOfItself: entry({
    code: "WB0327",
    severity: "error",
    message: (args: { algorithm: string; field: string }) =>
      `${args.algorithm} covers ${args.field}, the field that holds it`,
    help: () => "let the range end with the field before it",
    explanation: `
A sender computes the checksum before it writes it, so that the checksum's own field cannot be among the bytes it covers. Where
a manual says that the checksum of everything together, itself included, is a constant, the check is a statement:
    check crc32c(first..crc) == 0x48674BC7;`,
  }),
  checkTooWide: entry({
    code: "WB0328",
    severity: "error",
    message: (args: { field: string; most: number; algorithm: string; max: number }) =>
      `${args.field} is at most ${args.most}, and ${args.algorithm} goes up to ${args.max}`,
    help: () => "take an unsigned type of the checksum's width, or the checksum of the field's",
    explanation: `
The field cannot hold every value of the checksum, so that right frames would be refused. Manuals call checksums of 8 bits and
of 16 alike: count the bytes that it takes on the wire.`,
  }),
} as const;
