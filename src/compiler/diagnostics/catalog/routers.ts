// Findings about routers and their rules: WB05xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

/** Places in a file of keys: `vip.txt:12`. */
/** What all messages about a list file name; exported because the catalogue's declared type spells it. */
export interface FileArguments {
  readonly path: string;
}

export const routersCatalog = {
  routeUnknownKey: entry({
    code: "WB0501",
    severity: "error",
    message: (args: {
      name: string;
      protocol: string;
      keys: readonly string[];
      nearest: string | undefined;
    }) => `protocol '${args.protocol}' has no key '${args.name}'`,
    help: (args) => {
      if (args.nearest !== undefined) return `did you mean '${args.nearest}'?`;
      if (args.keys.length === 0) return `declare one in the protocol: key ${args.name} = …;`;
      return `its keys are: ${args.keys.join(", ")}`;
    },
    explanation: `
A rule asks about keys, not about fields: what routes is declared in the protocol by "key NAME = …;". The name in the
rule must be one of these, or client, the client's address.`,
  }),
  routeTypeMismatch: entry({
    code: "WB0502",
    severity: "error",
    message: (args: { key: string; keyType: string; valueType: string; mend: string }) =>
      `'${args.key}' is ${args.keyType} and is compared with ${args.valueType}`,
    help: (args) => args.mend,
    explanation: `
A text or bytes key is compared with text in quotes or bytes, an integer key with numbers. A station number that the
protocol carries as digits is text, leading zeros and all: "0042" and "42" differ. To compare its value, write
number(station) == 42.`,
  }),
  routeNumberOfNonText: entry({
    code: "WB0503",
    severity: "error",
    message: (args: { key: string; keyType: string }) =>
      `number() reads decimal digits of a text, and '${args.key}' is ${args.keyType}`,
    help: (args) =>
      args.keyType === "an integer"
        ? `leave it out: ${args.key} is a number already`
        : "compare its bytes, or decode the number in the protocol and make it a key",
    explanation: `
number(key) takes a text key of decimal digits and gives its value, so that ranges count: number(station) in 1..4999.
A key that is not all digits, or above 2^53 - 1, is unknown and no rule that asks so matches it.`,
  }),
  routeOrderOfBytes: entry({
    code: "WB0504",
    severity: "error",
    message: (args: { key: string; operator: string }) =>
      `'${args.operator}' orders numbers, and '${args.key}' is not a number`,
    help: (args) =>
      `write a range, ${args.key} in "A000".."A999", or number(${args.key}) ${args.operator} …`,
    explanation: `
Texts have no order that everyone agrees on: by bytes, "9" comes after "10". A range of texts, "A000".."A999", compares
bytes and matches only keys of exactly that length; number(key) compares digits by their value.`,
  }),
  routeNotConstant: entry({
    code: "WB0505",
    severity: "error",
    message: (args: { written: string }) => `'${args.written}' is not a constant`,
    help: () => "write the value, or the name of a const or of an enum member",
    explanation: `
What a rule compares a key with is known when the file is compiled: a literal, a const, an enum member, or arithmetic on
these. Fields and other keys have no value there.`,
  }),
  routeNumberRange: entry({
    code: "WB0506",
    severity: "error",
    message: (args: { value: string }) => `no key can be ${args.value}`,
    help: () => "numbers of keys are 0 to 9007199254740991 (2^53 - 1)",
    explanation: `
Integer keys are whole numbers from 0 to 2^53 - 1. A value outside never equals one, so a rule with it is a mistake.`,
  }),
  routeEmptyRange: entry({
    code: "WB0507",
    severity: "error",
    message: (args: { range: string }) => `nothing lies in ${args.range}`,
    help: () => "a range goes from the lower bound to the higher one, both included",
    explanation: `
The first bound is above the second, or a comparison leaves no number, as "device < 0" does. Ranges of texts compare
bytes: "a" comes after "Z".`,
  }),
  routeRangeLengths: entry({
    code: "WB0508",
    severity: "error",
    message: (args: { from: number; to: number }) =>
      `the bounds of this range are ${args.from} and ${args.to} bytes long`,
    help: () => "pad them to one length, or compare digits by value: number(station) in 1..4999",
    explanation: `
A range of texts compares bytes and matches only keys of exactly the bounds' length, so both bounds have one length:
"A0001".."A4999". With "1".."4999" it would be unclear whether "20" lies within; number(station) in 1..4999 says what is
meant.`,
  }),
  routeBadAddress: entry({
    code: "WB0509",
    severity: "error",
    message: (args: { text: string; meant: string | undefined }) =>
      args.meant === undefined
        ? `"${args.text}" is no address and no block of addresses`
        : `"${args.text}" has bits set beyond its prefix`,
    help: (args) =>
      args.meant === undefined
        ? 'write an address or a block: "10.0.0.0/8", "192.0.2.7", "2001:db8::/32"'
        : `write the block, "${args.meant}", or the address without its prefix`,
    explanation: `
client in takes addresses and blocks of them (CIDR): "10.0.0.0/8", "2001:db8::/32". The bits beyond the prefix are zero,
since "10.1.2.3/8" may be meant as the block or as the address. Octets have no leading zeros. IPv4 clients that come
over an IPv6 socket (::ffff:10.0.0.1) count as IPv4.`,
  }),
  routeClientMisuse: entry({
    code: "WB0510",
    severity: "error",
    message: (args: { use: string }) => `the client's address cannot be ${args.use}`,
    help: () =>
      'ask whether it lies in a block: client in "10.0.0.0/8", client not in ("10.0.0.0/8", …)',
    explanation: `
client is the address of the client's socket, or the one that the PROXY protocol names. It is not a key: it can be
looked for in blocks of addresses (in "…", in (…), in file "…") and nothing else. Where the protocol has a key named
client, rules mean that key.`,
  }),
  routeClientIsKey: entry({
    code: "WB0511",
    severity: "warning",
    message: (args: { text: string; protocol: string }) =>
      `client is the key of protocol '${args.protocol}' here: "${args.text}" is compared as text`,
    help: () => "to route by address, give the protocol's key another name",
    explanation: `
Where a protocol declares a key named client (MQTT's client id, for instance), client means that key in the rules of its
routers. A block of addresses as its value is then most likely a mistake. Rename the key to use the client's address:
key id = client;`,
  }),
  routePercentSum: entry({
    code: "WB0512",
    severity: "error",
    message: (args: { sum: string }) => `these shares sum to ${args.sum}%, not to 100%`,
    help: () => "change them so that every key falls in exactly one: 95% -> stable; 5% -> canary;",
    explanation: `
The shares of a split divide all keys, so they sum to 100%. A share may be 0%: it is then written down and takes nothing
yet.`,
  }),
  routePercentUnit: entry({
    code: "WB0513",
    severity: "error",
    message: (args: { written: string }) =>
      `a share is a percentage, and '${args.written}' is none`,
    help: (args) => `write ${/^\d+$/.test(args.written) ? args.written : 5}% -> …;`,
    explanation: `
split key { 95% -> stable; 5% -> canary; } divides keys by whole percentages. The share of a key depends on its bytes
alone: it is the same after a restart and on every node, and growing a share from 5% to 10% moves only the keys between.`,
  }),
  routeMissingUnhandled: entry({
    code: "WB0514",
    severity: "error",
    message: (args: { key: string }) => `'${args.key}' may be missing, and no rule says what then`,
    help: (args) =>
      `add a rule: when missing ${args.key} -> reject "no ${args.key}"; or end with otherwise`,
    explanation: `
A condition on a missing key is unknown, and so is its negation: neither "station == X" nor "not station == X" matches a
frame without a station. Where a key may be missing, the router says what becomes of such frames: by a rule with
"missing", or by "otherwise". A split on a missing key does not decide either.`,
  }),
  routeAfterOtherwise: entry({
    code: "WB0515",
    severity: "error",
    message: () => "no rule after otherwise is ever reached",
    help: () => "move it before otherwise, or remove it",
    explanation: `
Rules are tried in order and the first that matches wins. otherwise matches everything, so it comes last.`,
  }),
  routeUnreachable: entry({
    code: "WB0516",
    severity: "warning",
    message: (args: { lines: readonly number[] }) =>
      `this rule never decides: the ${args.lines.length === 1 ? "rule" : "rules"} in ${lines(args.lines)} ${args.lines.length === 1 ? "takes" : "take"} all that it matches`,
    help: () => "move it up, or remove it",
    explanation: `
Rules are tried in order and the first that matches wins. Everything this rule matches is matched by rules before it, so
it never decides. Put the special case before the general one. Found for sets, ranges, prefixes, suffixes, blocks of
addresses, and for conditions that repeat; not for every condition one could write.`,
  }),
  routeOverlap: entry({
    code: "WB0517",
    severity: "warning",
    message: (args: { example: string; line: number; isLast: boolean }) =>
      `the rule in line ${args.line} takes ${args.example} first${args.isLast ? "; further overlaps are not shown" : ""}`,
    help: () =>
      "if that is meant, list the exception as a rule of its own before this one; else mend the bounds",
    explanation: `
Two rules match some of the same keys, neither is a special case of the other, and they do different things. The first
wins, which is seldom what both were written for: think of ranges that meet at one number too many. A rule that lies
wholly within a later one is an exception to it and is not reported.`,
  }),
  routeDuplicateValue: entry({
    code: "WB0518",
    severity: "warning",
    message: (args: { value: string }) => `${args.value} stands in this set twice`,
    help: () => "remove one of them",
    explanation: `
A value that stands twice in one set changes nothing, and often hides a slip: the second was meant to be another one.`,
  }),
  routeValueTooLong: entry({
    code: "WB0519",
    severity: "warning",
    message: (args: { key: string; lengthBytes: number; maxBytes: number }) =>
      `this is ${args.lengthBytes} bytes long, and '${args.key}' has at most ${args.maxBytes}`,
    help: () => "check the value, or raise the key's max in the protocol",
    explanation: `
The protocol bounds the length of the key: a longer one is refused before any rule is asked. So a value or a pattern that
needs more bytes never matches. Texts are counted in bytes of UTF-8: "é" is two.`,
  }),
  routeNoOtherwise: entry({
    code: "WB0520",
    severity: "warning",
    message: (args: { router: string }) => `router '${args.router}' has no otherwise`,
    help: () =>
      'end with otherwise -> POOL; or say that it is meant: otherwise -> reject "unknown";',
    explanation: `
A connection that no rule matches is closed and counted under no-route. That is safe, and often not what was meant: a
last rule otherwise makes it plain either way.`,
  }),
  routeLikeWithoutWildcard: entry({
    code: "WB0521",
    severity: "warning",
    message: (args: { key: string; pattern: string }) =>
      `this pattern has no wildcard: it matches ${args.pattern} alone`,
    help: (args) =>
      `write ${args.key} == ${args.pattern}, or add a wildcard: * is any bytes, ? is one byte`,
    explanation: `
like compares with a pattern in which * is any run of bytes and ? any one byte. Without them it is a plain comparison,
which == says better. There is no escape for them: use ==, prefix or suffix where a key holds a real * or ?.`,
  }),
  routePatternTooLong: entry({
    code: "WB0522",
    severity: "error",
    message: (args: { lengthBytes: number; maxBytes: number }) =>
      `this pattern is ${args.lengthBytes} bytes long; like takes at most ${args.maxBytes}`,
    help: () => "use prefix or suffix for long constant parts, or list the keys in a file",
    explanation: `
The work for a pattern grows with its length times the key's, so the length has a bound. prefix and suffix have none.`,
  }),
  routeEmptyPattern: entry({
    code: "WB0523",
    severity: "error",
    message: (args: { match: string }) => `every key has an empty ${args.match}`,
    help: (args) => `write the ${args.match} that is meant, or: not missing KEY`,
    explanation: `
prefix "" and suffix "" match every key that is present. If that is meant, "not missing station" says so.`,
  }),
  routeFileUnreadable: entry({
    code: "WB0524",
    severity: "error",
    message: (args: FileArguments & { reason: string }) =>
      `the file '${args.path}' cannot be read: ${args.reason}`,
    help: () => "check the path: it is relative to the description that names it",
    explanation: `
in file and map read a list of keys, one a line. The file must be there when the description is compiled; without it no
rule could decide. When it fails at a reload, the old routes stay.`,
  }),
  routeFileTooLarge: entry({
    code: "WB0525",
    severity: "error",
    message: (args: FileArguments & { limit: string }) =>
      `the file '${args.path}' is too large: at most ${args.limit}`,
    help: () => "use ranges, prefixes or a split instead of listing every key",
    explanation: `
A list file holds at most 64 MiB and 2,000,000 entries: they are kept in memory, twice while a change is taken over.`,
  }),
  routeFileMalformed: entry({
    code: "WB0526",
    severity: "error",
    message: (args: FileArguments & { line: number; text: string; reason: string }) =>
      `${args.path}:${args.line}: '${args.text}': ${args.reason}`,
    help: () => "mend that line; one entry a line, # begins a comment",
    explanation: `
A list file holds one entry a line; blanks around it are dropped; # begins a comment at the start of a line or after a
blank. For text and bytes keys an entry is the line itself, or bytes, x"7D 01", or quoted, "a b", as spreadsheets write
it. For numbers it is decimal digits or 0x and hexadecimal ones, for client an address or a block. A map file holds
KEY,POOL lines.`,
  }),
  routeFileMalformedMore: entry({
    code: "WB0527",
    severity: "error",
    message: (args: FileArguments & { count: number }) =>
      `${args.path}: ${args.count} more ${args.count === 1 ? "line means" : "lines mean"} nothing here`,
    help: () => "check that it is the right file, and one entry a line",
    explanation: `
The first lines that mean nothing are shown one by one, the others only counted. Many of them mean that it is another
file than the rule expects: addresses where numbers should be, or a map where a list should be.`,
  }),
  routeFileDuplicates: entry({
    code: "WB0528",
    severity: "warning",
    message: (args: FileArguments & { count: number; line: number; firstLine: number }) =>
      `${args.path}: ${args.count} ${args.count === 1 ? "entry stands" : "entries stand"} there twice, first line ${args.line}, which repeats line ${args.firstLine}`,
    help: () => "remove them: the first of equal entries counts",
    explanation: `
The same key stands on several lines. In a list it changes nothing; in a map the first line counts and the others are
passed over, which may hide that a key was moved to another pool.`,
  }),
  routeFileTooLong: entry({
    code: "WB0529",
    severity: "warning",
    message: (
      args: FileArguments & { count: number; line: number; key: string; maxBytes: number },
    ) =>
      `${args.path}: ${args.count} ${args.count === 1 ? "entry is" : "entries are"} longer than the ${args.maxBytes} bytes of '${args.key}', first line ${args.line}`,
    help: () => "check those lines, or raise the key's max in the protocol",
    explanation: `
The protocol bounds the length of the key: a longer one is refused before any rule is asked. So these entries never
match.`,
  }),
  routeFileEmpty: entry({
    code: "WB0530",
    severity: "warning",
    message: (args: FileArguments) => `the file '${args.path}' has no entries`,
    help: () => "add entries, one a line; a rule on an empty list never matches",
    explanation: `
The file is there and holds only blanks and comments. That is allowed, since lists grow and shrink while the router
runs; a rule that asks for it matches nothing until then.`,
  }),
  routeManyResiduals: entry({
    code: "WB0531",
    severity: "warning",
    message: (args: { count: number; limit: number }) =>
      `${args.count} conditions of this router can only be tried one by one; up to ${args.limit} are cheap`,
    help: () =>
      "ask also for a value, a range, a prefix or a file: these are found at once, however many",
    explanation: `
Sets, ranges, prefixes, suffixes, patterns with a constant beginning or end, and blocks of addresses are found by tables:
100,000 of them cost about what 10 do. "not", "!=" on texts, and patterns such as "*x*" cannot be, unless an "and" joins
them with something that can; nor can more than 64 rules that all ask for one value and differ only in such tests. They
are tried one after another for every connection.`,
  }),
  routeNeverMissing: entry({
    code: "WB0532",
    severity: "warning",
    message: (args: { key: string }) => `'${args.key}' is never missing`,
    help: () => 'remove this, or mark an empty key as missing in the protocol: "nonempty"',
    explanation: `
Every frame that the protocol accepts has this key, so "missing" never holds. An empty key is present, with length 0; the
modifier nonempty makes it missing.`,
  }),
  routeTooManyTests: entry({
    code: "WB0533",
    severity: "error",
    message: (args: { limit: number }) => `this rule has more than ${args.limit} conditions`,
    help: () => 'put values in one set, station in ("a", "b"), or in a file, station in file "…"',
    explanation: `
The number of conditions in one rule has a bound, so that the work of a decision has one. Long chains of "or" are sets:
station in ("a", "b", …), which has no such bound.`,
  }),
  routeEmpty: entry({
    code: "WB0534",
    severity: "error",
    message: (args: { router: string }) => `router '${args.router}' has no rules`,
    help: () => "add one: otherwise -> POOL;",
    explanation: `
A router without rules would refuse every connection.`,
  }),
  routeSplitTooDeep: entry({
    code: "WB0535",
    severity: "error",
    message: (args: { limit: number }) => `splits are nested more than ${args.limit} deep`,
    help: () => "give each share its whole percentage in one split",
    explanation: `
A split within a split takes a share of a share. The depth has a bound, so that the work of a decision has one.`,
  }),
  routeValueTooShort: entry({
    code: "WB0536",
    severity: "warning",
    message: (args: { key: string; lengthBytes: number; minBytes: number }) =>
      `this is ${args.lengthBytes} ${args.lengthBytes === 1 ? "byte" : "bytes"} long, and '${args.key}' has at least ${args.minBytes}`,
    help: () =>
      'write it as it comes, with what fills it up, or trim the key in the protocol: trim right " ", digits trim left "0"',
    explanation: `
A key taken from a field of fixed size has all the bytes of that field, blanks, NULs and leading zeros included: text[8]
holding N17 is "N17     ", bcd[6] is twelve digits. A shorter value is never equal to it. Trim the key where it is declared:
    key device = device trim right " \0";        key phone = phone trim left "0";`,
  }),
  routeNumberTooLarge: entry({
    code: "WB0537",
    severity: "warning",
    message: (args: { key: string; max: number }) =>
      `'${args.key}' is never so large: at most ${args.max}`,
    help: () => "check the value against the field's type and guards",
    explanation: `
The type of the key's field, or a guard on it, bounds its value: a u8 is at most 255, and four digits are at most 9999. A
rule that asks for more never matches.`,
  }),
  routeNeverMatches: entry({
    code: "WB0538",
    severity: "warning",
    message: () => "this rule never matches: its conditions exclude one another",
    help: () => "a key has one value: write or, or a set, KEY in (A, B), where either will do",
    explanation: `
No connection can meet all conditions that the rule joins by and: station == "A" and station == "B", or serial < 5 and
serial > 7. Found for sets, ranges, prefixes, suffixes, missing and blocks of addresses; not for every condition one could
write.`,
  }),
} as const;

function lines(numbers: readonly number[]): string {
  return numbers.length === 1 ? `line ${numbers[0]}` : `lines ${numbers.join(", ")}`;
}
