// What people write who come from other languages or other keyboards, and what they mean by it. Reports nothing.

/** A piece of text that is not part of the language, and the way out. */
export interface ForeignMend {
  /** UTF-16 code units it takes, at least 1. */
  readonly length: number;
  /** It begins a foreign comment that ends with its line, or after this. */
  readonly comment?: "line" | "*/";
  readonly help: string;
  /** The mark or the word that was plainly meant. */
  readonly mark?: string;
  readonly word?: string;
}

const REMOVE = "remove it";

const KNOWN: ReadonlyMap<string, ForeignMend> = new Map([
  ["&&", { length: 2, help: "write and", word: "and" }],
  ["||", { length: 2, help: "write or", word: "or" }],
  ["!", { length: 1, help: "write not", word: "not" }],
  ["#", { length: 1, help: "comments begin with //", comment: "line" }],
  [
    "/*",
    {
      length: 2,
      help: "comments begin with // and end with the line",
      comment: "*/",
    },
  ],
  ["。", { length: 1, help: "write a full stop: .", mark: "." }],
  ["、", { length: 1, help: "write a comma: ,", mark: "," }],
  ["…", { length: 1, help: "write two full stops: ..", mark: ".." }],
  ["→", { length: 1, help: "write ->", mark: "->" }],
  ["–", { length: 1, help: "write a minus: -", mark: "-" }],
  ["≤", { length: 1, help: "write <=", mark: "<=" }],
  ["≥", { length: 1, help: "write >=", mark: ">=" }],
  ["≠", { length: 1, help: "write !=", mark: "!=" }],
]);

/** The mend of what stands at `at`, which is no token. */
export function mendOf(text: string, at: number): ForeignMend {
  const known = KNOWN.get(text.slice(at, at + 2)) ?? KNOWN.get(text.charAt(at));
  if (known !== undefined) return known;
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const ascii = character.normalize("NFKC");
  if (/^[;:,.{}()[\]=<>+\-*/%&|@]$/.test(ascii)) {
    return { length: character.length, help: `write the ASCII character ${ascii}`, mark: ascii };
  }
  if (/^[\p{L}\p{N}\p{M}]$/u.test(character)) {
    const letters = /^[\p{L}\p{N}\p{M}_]+/u.exec(text.slice(at, at + 64))?.[0] ?? character;
    return { length: letters.length, help: "names are made of the letters a-z, digits and _" };
  }
  const isBlank = /^\p{Zs}$/u.test(character);
  return { length: character.length, help: isBlank ? "write a plain space" : REMOVE };
}

const QUOTES: ReadonlyMap<string, string> = new Map([
  ["'", "'"],
  ["`", "`"],
  ["“", "”"],
  ["”", "”"],
  ["„", "“"],
  ["«", "»"],
  ["‘", "’"],
  ["＂", "＂"],
]);

/** The quote that would close a text opened by the foreign quote at `at`; `undefined` where there is none. */
export function textQuoteAt(text: string, at: number): string | undefined {
  const close = QUOTES.get(text.charAt(at));
  if (close === undefined) return undefined;
  const line = /^[^\r\n]*/.exec(text.slice(at + 1, at + 1000))?.[0] ?? "";
  return line.includes(close) ? close : undefined;
}
