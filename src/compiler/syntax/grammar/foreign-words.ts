// Words of other languages and of manuals where an item begins: what is written here instead. Words only.

/** A line of help; `undefined` where the word is not known from elsewhere. */
export function helpForForeignWord(expected: string, word: string): string | undefined {
  switch (expected) {
    case "a statement":
      return helpForType(word);
    case "a part of a protocol":
      return ORDERS.test(word) ? ORDER : undefined;
    case "a rule":
      return ["else", "default"].includes(word) ? "did you mean 'otherwise'?" : undefined;
    default:
      return undefined;
  }
}

/** What is done in other languages by a statement; the word may also be a name that stands before its type. */
export function helpForForeignStatement(word: string): string | undefined {
  if (SKIPS.has(word)) return SKIP;
  return REFUSALS.has(word) ? REFUSE : undefined;
}

const ORDERS =
  /^(?:le|be|lsb|msb|little|big|byte_?order|endianness|(?:u?int|[ui])\d+_?(?:le|be))$/i;
const ORDER =
  "the byte order stands behind the name, u16 length endian little; or once in the protocol: endian little;";

const SKIPS: ReadonlySet<string> = new Set(["skip", "seek", "offset", "reserved", "padding"]);
const SKIP =
  "bytes are skipped by a type without a name, bytes[4]; or a field is placed: text[8] id @16;";

/** Where a frame is to be refused by a statement. */
const REFUSALS: ReadonlySet<string> = new Set(["reject", "refuse", "fail", "error", "abort"]);
const REFUSE =
  "a guard refuses what it does not hold for, u8 type in (1, 2); and a switch without else refuses other values";

function helpForType(word: string): string | undefined {
  if (ORDERS.test(word)) return ORDER;
  if (/^(?:f\d+|float\d*|double|real)$/i.test(word))
    return "there are no fractions: take their bytes, bytes[4] or bytes[8]";
  const bits = /^[ui](\d{1,3})$/.exec(word)?.[1];
  if (bits === undefined) return undefined;
  return Number(bits) % 8 === 0
    ? `integers have 8, 16, 24, 32, 48, 56 or 64 bits; take bytes[${Number(bits) / 8}]`
    : "fields of some bits are members of an integer: bits u16 head { kind:4, length:12 }";
}
