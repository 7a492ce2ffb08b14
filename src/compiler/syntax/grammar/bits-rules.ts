// Bit fields.

import type { BitMember, BitsStatement } from "../ast.ts";
import { Identifier, IntegerType, Mark, NumberToken, Reserved, Word } from "../tokens.ts";
import { INTEGER_TYPE_WORDS } from "../words.ts";
import { FieldRules } from "./field-rules.ts";
import { wordOf } from "./type-rules.ts";

/** Widest bit field: that of the widest integer. */
const MAX_BITS = 64;

export abstract class BitsRules extends FieldRules {
  /** `bits u16 props { _, split, crypt:3 }` */
  readonly bitsStatement = this.RULE("bitsStatement", (): BitsStatement => {
    const first = this.CONSUME(Reserved.bits);
    const type = wordOf(INTEGER_TYPE_WORDS, this.CONSUME(IntegerType));
    const name = this.OPTION({
      GATE: () => !this.isSoftClause(),
      DEF: () => this.toName(this.CONSUME(Identifier)),
    });
    const endian = this.OPTION2(() => this.SUBRULE(this.endianClause));
    const at = this.OPTION3(() => this.SUBRULE(this.atClause));
    const open = this.CONSUME(Mark.openBrace);
    const members: BitMember[] = [];
    this.MANY(() => members.push(this.SUBRULE(this.bitMember)));
    this.CONSUME(Mark.closeBrace);
    if (this.isEmptyPair())
      this.complain("emptyList", this.spanFrom(open), { what: "list of bits" });
    return {
      kind: "bits",
      docs: this.docsFrom(first),
      type,
      ...(name === undefined ? {} : { name }),
      ...(endian === undefined ? {} : { endian }),
      ...(at === undefined ? {} : { at }),
      members,
      span: this.spanFrom(first),
    };
  });

  /** `crypt:3`, `user bit 7`, `mode bits 5..3 in 0..2`; followed by `,` or `;` unless it is the last. */
  readonly bitMember = this.RULE("bitMember", (): BitMember => {
    const first = this.CONSUME(Identifier);
    const place = this.OPTION(() => this.SUBRULE(this.bitPlace));
    const guard = this.OPTION2(() => this.SUBRULE(this.guard));
    const span = this.spanFrom(first);
    if (this.RECORDING_PHASE || this.LA(1).tokenType !== Mark.closeBrace) {
      this.OR({
        DEF: [{ ALT: () => this.CONSUME(Mark.comma) }, { ALT: () => this.CONSUME(Mark.semicolon) }],
        ERR_MSG: "',' or '}'",
      });
    }
    return {
      name: this.toName(first),
      place: place ?? { kind: "ordered", widthBits: 1 },
      ...(guard === undefined ? {} : { guard }),
      span,
    };
  });

  readonly bitPlace = this.RULE("bitPlace", (): BitMember["place"] =>
    this.OR<BitMember["place"]>([
      {
        ALT: () => {
          this.CONSUME(Mark.colon);
          const token = this.CONSUME(NumberToken);
          const widthBits = this.smallNumber(token, "the width of a bit field", 1, MAX_BITS);
          return { kind: "ordered", widthBits };
        },
      },
      {
        ALT: () => {
          this.CONSUME(Word.bit);
          const high = this.smallNumber(
            this.CONSUME2(NumberToken),
            "a bit's number",
            0,
            MAX_BITS - 1,
          );
          return { kind: "numbered", high, low: high };
        },
      },
      {
        ALT: () => {
          this.CONSUME(Reserved.bits);
          const high = this.smallNumber(
            this.CONSUME3(NumberToken),
            "a bit's number",
            0,
            MAX_BITS - 1,
          );
          this.CONSUME(Mark.range);
          const low = this.smallNumber(
            this.CONSUME4(NumberToken),
            "the lower bit, behind the higher one,",
            0,
            high,
          );
          return { kind: "numbered", high, low };
        },
      },
    ]),
  );
}
