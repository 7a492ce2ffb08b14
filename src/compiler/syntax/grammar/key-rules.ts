// Keys: where they are taken from and how they are rewritten.

import type {
  BytesLiteral,
  KeyAlternative,
  KeyDeclaration,
  KeyModifier,
  KeySource,
  UrlPart,
  Which,
} from "../ast.ts";
import { Identifier, Mark, NumberToken, Reserved, Word } from "../tokens.ts";
import { BlockRules } from "./block-rules.ts";
import { wordOf } from "./type-rules.ts";

/** Largest index of a piece or an element, from either end. */
const MAX_INDEX = 65_535;

/** Words that may follow a key's source. */
const MODIFIERS = [
  "split",
  "url",
  "nonempty",
  "dotted",
  "lower",
  "upper",
  "trim",
  "max",
  "else",
  "where",
  "take",
] as const;

type Selection = Extract<KeySource, { kind: "search" }>["select"];

export abstract class KeyRules extends BlockRules {
  /** `key db = database nonempty else user lower max 64;` */
  readonly keyDeclaration = this.RULE("keyDeclaration", (): KeyDeclaration => {
    const first = this.CONSUME(Word.key);
    const name = this.toName(this.CONSUME(Identifier));
    this.CONSUME(Mark.assign);
    const alternatives = this.SUBRULE(this.keyAlternatives);
    this.semicolon(0, `the key '${name.text}'`, MODIFIERS);
    const docs = this.docsFrom(first);
    return { kind: "key", docs, name, alternatives, span: this.spanFrom(first) };
  });

  readonly keyAlternatives = this.RULE("keyAlternatives", (): readonly KeyAlternative[] => {
    const alternatives = [this.SUBRULE(this.keyAlternative)];
    this.MANY(() => {
      this.CONSUME(Reserved.else);
      alternatives.push(this.SUBRULE2(this.keyAlternative));
    });
    return alternatives;
  });

  readonly keyAlternative = this.RULE("keyAlternative", (): KeyAlternative => {
    const first = this.LA(1);
    const source = this.SUBRULE(this.keySource);
    const modifiers: KeyModifier[] = [];
    this.MANY(() => modifiers.push(this.SUBRULE(this.keyModifier)));
    return { source, modifiers, span: this.spanFrom(first) };
  });

  readonly keySource = this.RULE("keySource", (): KeySource => {
    const first = this.LA(1);
    return this.OR<KeySource>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(Mark.openParen);
            const alternatives = this.SUBRULE(this.keyAlternatives);
            this.closing(0, Mark.closeParen);
            return { kind: "group", alternatives, span: this.spanFrom(first) };
          },
        },
        {
          ALT: () => {
            const value = this.SUBRULE(this.literal);
            return { kind: "literal", value, span: this.spanFrom(first) };
          },
        },
        {
          GATE: () => this.LA(1).tokenType === Word.any && this.isAnyPrefix(),
          ALT: () => {
            this.CONSUME(Word.any);
            const condition = this.SUBRULE(this.condition);
            return { kind: "any", condition, span: this.spanFrom(first) };
          },
        },
        {
          GATE: () => this.isNext(Word.number, Mark.openParen),
          ALT: () => {
            this.CONSUME(Word.number);
            this.CONSUME2(Mark.openParen);
            const of = this.SUBRULE2(this.keyAlternative);
            this.closing(2, Mark.closeParen);
            return { kind: "number", of, span: this.spanFrom(first) };
          },
        },
        {
          GATE: () => this.isNext(Word.headers, Mark.openParen),
          ALT: () => this.SUBRULE(this.headersSource),
        },
        { ALT: () => this.SUBRULE(this.fieldSource) },
      ],
      IGNORE_AMBIGUITIES: true,
      ERR_MSG: "a key's source",
    });
  });

  /** `headers(head) take only "host"` */
  readonly headersSource = this.RULE("headersSource", (): KeySource => {
    const first = this.CONSUME(Word.headers);
    this.CONSUME(Mark.openParen);
    const of = this.SUBRULE(this.path);
    this.closing(0, Mark.closeParen);
    this.CONSUME(Reserved.take);
    const which = this.SUBRULE(this.which);
    const name = this.SUBRULE(this.bytesLiteral);
    return { kind: "headers", of, which, name, span: this.spanFrom(first) };
  });

  /** `database`, `args[1] take value`, `extensions where id == 0 take last name` */
  readonly fieldSource = this.RULE("fieldSource", (): KeySource => {
    const first = this.LA(1);
    const list = this.SUBRULE(this.path);
    const select = this.OPTION(() => this.SUBRULE(this.selection));
    if (!this.RECORDING_PHASE && select === undefined && this.LA(1).tokenType !== Reserved.take) {
      return { kind: "field", path: list, span: this.spanFrom(first) };
    }
    this.CONSUME(Reserved.take);
    const which = this.SUBRULE(this.which);
    const take = this.SUBRULE2(this.path);
    const selected = select ?? { kind: "every" };
    return { kind: "search", list, select: selected, which, take, span: this.spanFrom(first) };
  });

  readonly selection = this.RULE(
    "selection",
    (): Selection =>
      this.OR<Selection>([
        {
          ALT: () => {
            this.CONSUME(Reserved.where);
            return { kind: "where", condition: this.SUBRULE(this.condition) };
          },
        },
        { ALT: () => ({ kind: "index", index: this.SUBRULE(this.index) }) },
      ]),
  );

  /** `[1]`, `[-1]` */
  readonly index = this.RULE("index", (): number => {
    this.CONSUME(Mark.openSquare);
    const minus = this.OPTION(() => this.CONSUME(Mark.minus));
    const value = this.smallNumber(this.CONSUME(NumberToken), "an index", 0, MAX_INDEX);
    this.closing(0, Mark.closeSquare, "the index");
    return minus === undefined ? value : -value;
  });

  /** `first`, `last`, `only` before what is taken; otherwise it is a name itself, and the first is taken. */
  readonly which = this.RULE("which", (): Which => {
    const token = this.OPTION({
      GATE: () => this.isNameAt(2) || this.isBytesAt(2),
      DEF: () =>
        this.OR([
          { ALT: () => this.CONSUME(Word.first) },
          { ALT: () => this.CONSUME(Word.last) },
          { ALT: () => this.CONSUME(Word.only) },
        ]),
    });
    return token === undefined ? "first" : wordOf(["first", "last", "only"], token);
  });

  readonly keyModifier = this.RULE("keyModifier", (): KeyModifier => {
    const first = this.LA(1);
    return this.OR<KeyModifier>([
      { ALT: () => this.SUBRULE(this.splitModifier) },
      {
        ALT: () => {
          this.CONSUME(Word.url);
          const part = this.SUBRULE(this.urlPart);
          return { kind: "url", part, span: this.spanFrom(first) };
        },
      },
      { ALT: () => ({ kind: "nonempty", span: this.spanOf(this.CONSUME(Word.nonempty)) }) },
      { ALT: () => ({ kind: "dotted", span: this.spanOf(this.CONSUME(Word.dotted)) }) },
      { ALT: () => ({ kind: "case", to: "lower", span: this.spanOf(this.CONSUME(Word.lower)) }) },
      { ALT: () => ({ kind: "case", to: "upper", span: this.spanOf(this.CONSUME(Word.upper)) }) },
      {
        ALT: () => {
          this.CONSUME(Word.trim);
          const side = this.SUBRULE(this.trimSide);
          const bytes = this.SUBRULE(this.bytesLiteral);
          return { kind: "trim", side, bytes, span: this.spanFrom(first) };
        },
      },
      {
        ALT: () => {
          this.CONSUME(Reserved.max);
          const value = this.SUBRULE(this.sum);
          return { kind: "max", value, span: this.spanFrom(first) };
        },
      },
    ]);
  });

  /** `split " " [1]` or `split ";" pairs "=" take "MN"` */
  readonly splitModifier = this.RULE("splitModifier", (): KeyModifier => {
    const first = this.CONSUME(Word.split);
    const separator = this.SUBRULE(this.bytesLiteral);
    return this.OR<KeyModifier>({
      DEF: [
        {
          ALT: () => {
            const index = this.SUBRULE(this.index);
            return { kind: "split", separator, index, span: this.spanFrom(first) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(Word.pairs);
            const assign = this.SUBRULE2(this.bytesLiteral);
            this.CONSUME(Reserved.take);
            const which = this.SUBRULE(this.which);
            const name: BytesLiteral = this.SUBRULE3(this.bytesLiteral);
            const span = this.spanFrom(first);
            return { kind: "pairs", separator, assign, which, name, span };
          },
        },
      ],
      ERR_MSG: '[INDEX] or pairs "=" take "NAME"',
    });
  });

  readonly trimSide = this.RULE("trimSide", () => {
    const token = this.OPTION(() =>
      this.OR([{ ALT: () => this.CONSUME(Word.left) }, { ALT: () => this.CONSUME(Word.right) }]),
    );
    return token === undefined ? "both" : wordOf(["left", "right"], token);
  });

  /** `host`, `path [-1]`, `query "id"` */
  readonly urlPart = this.RULE(
    "urlPart",
    (): UrlPart =>
      this.OR<UrlPart>({
        DEF: [
          { ALT: () => this.#plainPart(this.CONSUME(Word.scheme).image) },
          { ALT: () => this.#plainPart(this.CONSUME(Word.user).image) },
          { ALT: () => this.#plainPart(this.CONSUME(Word.host).image) },
          { ALT: () => this.#plainPart(this.CONSUME(Word.port).image) },
          {
            ALT: () => {
              this.CONSUME(Word.path);
              const index = this.OPTION(() => this.SUBRULE(this.index));
              return index === undefined ? { kind: "path" } : { kind: "segment", index };
            },
          },
          {
            ALT: () => {
              this.CONSUME(Word.query);
              return { kind: "query", name: this.SUBRULE(this.bytesLiteral) };
            },
          },
        ],
        ERR_MSG: "scheme, user, host, port, path or query",
      }),
  );

  #plainPart(word: string): UrlPart {
    const kinds = ["scheme", "user", "host", "port"] as const;
    return { kind: kinds.find((kind) => kind === word) ?? "host" };
  }
}
