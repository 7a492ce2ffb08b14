// Types of fields, and what stands in size brackets.

import type { Expression, FieldType, SizeOf } from "../ast.ts";
import type { Token } from "../lexer.ts";
import {
  BytesType,
  DigitType,
  IntegerType,
  isTypeWord,
  Mark,
  Reserved,
  VarintType,
} from "../tokens.ts";
import {
  BYTES_TYPE_WORDS,
  DIGIT_TYPE_WORDS,
  INTEGER_TYPE_WORDS,
  VARINT_TYPE_WORDS,
} from "../words.ts";
import { ExpressionRules } from "./expression-rules.ts";

/** The one of `words` that the token spells: the grammar has seen to it that it is one. */
export function wordOf<const Spelling extends string>(
  words: readonly [Spelling, ...Spelling[]],
  token: Token,
): Spelling {
  return words.find((word) => word === token.image) ?? words[0];
}

export abstract class TypeRules extends ExpressionRules {
  readonly fieldType = this.RULE(
    "fieldType",
    (): FieldType =>
      this.OR<FieldType>({
        DEF: [
          { ALT: () => this.SUBRULE(this.integerType) },
          { ALT: () => this.SUBRULE(this.varintType) },
          { ALT: () => this.SUBRULE(this.digitsType) },
          { ALT: () => this.SUBRULE(this.bytesType) },
          { ALT: () => this.SUBRULE(this.cstringType) },
        ],
        ERR_MSG: "a field's type",
      }),
  );

  readonly integerType = this.RULE("integerType", (): FieldType => {
    const token = this.CONSUME(IntegerType);
    const next = this.LA(1);
    // Arrays as other languages write them.
    if (this.OPTION(() => this.SUBRULE(this.bracketed)) !== undefined)
      this.complain("expected", this.spanFrom(next), {
        expected: `a name after ${token.image}`,
        found: "'['",
        help: "n bytes are written bytes[n]; several integers: repeat n times { u8 x; }",
      });
    return { kind: "integer", name: wordOf(INTEGER_TYPE_WORDS, token), span: this.spanOf(token) };
  });

  readonly varintType = this.RULE("varintType", (): FieldType => {
    const token = this.CONSUME(VarintType);
    const mostBytes = this.OPTION(() => this.SUBRULE(this.bracketed));
    const name = wordOf(VARINT_TYPE_WORDS, token);
    const span = this.spanFrom(token);
    return { kind: "varint", name, ...(mostBytes === undefined ? {} : { mostBytes }), span };
  });

  readonly digitsType = this.RULE("digitsType", (): FieldType => {
    const token = this.CONSUME(DigitType);
    const sizeBytes = this.OPTION(() => this.SUBRULE(this.bracketed));
    const name = wordOf(DIGIT_TYPE_WORDS, token);
    const span = this.spanFrom(token);
    return { kind: "digits", name, ...(sizeBytes === undefined ? {} : { sizeBytes }), span };
  });

  readonly bytesType = this.RULE("bytesType", (): FieldType => {
    const token = this.CONSUME(BytesType);
    const size = this.OPTION(() => this.SUBRULE(this.bracketedSize));
    const name = wordOf(BYTES_TYPE_WORDS, token);
    const span = this.spanFrom(token);
    return { kind: "bytes", name, ...(size === undefined ? {} : { size }), span };
  });

  readonly cstringType = this.RULE("cstringType", (): FieldType => {
    const token = this.CONSUME(Reserved.cstring);
    const mostBytes = this.SUBRULE(this.bracketed);
    return { kind: "cstring", mostBytes, span: this.spanFrom(token) };
  });

  /** `[4]` */
  readonly bracketed = this.RULE("bracketed", (): Expression => {
    this.CONSUME(Mark.openSquare);
    const size = this.SUBRULE(this.sum);
    this.closing(0, Mark.closeSquare, "the size");
    return size;
  });

  /** `[length]` or `[u16]` */
  readonly bracketedSize = this.RULE("bracketedSize", (): SizeOf => {
    this.CONSUME(Mark.openSquare);
    const size = this.SUBRULE(this.sizeOf);
    this.closing(0, Mark.closeSquare, "the size");
    return size;
  });

  readonly sizeOf = this.RULE(
    "sizeOf",
    (): SizeOf =>
      this.OR<SizeOf>([
        {
          GATE: () => isTypeWord(this.LA(1).tokenType),
          ALT: () => ({ kind: "prefix", type: this.SUBRULE(this.fieldType) }),
        },
        { ALT: () => ({ kind: "expression", value: this.SUBRULE(this.sum) }) },
      ]),
  );
}
