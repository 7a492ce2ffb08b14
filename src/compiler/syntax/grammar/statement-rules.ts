// Statements of a frame, a block or an element, all but fields and what nests.

import type {
  BetweenStatement,
  BytesLiteral,
  CheckStatement,
  DropStatement,
  EndianByField,
  EndianStatement,
  EndStatement,
  FieldPath,
  IgnoreStatement,
  LiteralStatement,
  MaxStatement,
  PadStatement,
  RestStatement,
  SizeStatement,
  StartStatement,
  UnescapePair,
} from "../ast.ts";
import { Identifier, Mark, Reserved, Word } from "../tokens.ts";
import { BitsRules } from "./bits-rules.ts";
import { wordOf } from "./type-rules.ts";

type EndianCase = EndianByField["cases"][number];

export abstract class StatementRules extends BitsRules {
  /** A mark: bytes, or the name of a constant. */
  readonly mark = this.RULE("mark", (): BytesLiteral | FieldPath =>
    this.OR<BytesLiteral | FieldPath>({
      DEF: [{ ALT: () => this.SUBRULE(this.bytesLiteral) }, { ALT: () => this.SUBRULE(this.path) }],
      ERR_MSG: "a text or bytes",
    }),
  );

  /** `start "*" at connection confirm end max 8 false starts;` */
  readonly startStatement = this.RULE("startStatement", (): StartStatement => {
    const first = this.CONSUME(Word.start);
    const mark = this.SUBRULE(this.mark);
    const at = this.OPTION(() => {
      const token = this.CONSUME(Word.at);
      this.CONSUME(Word.connection);
      return token;
    });
    const confirm = this.OPTION2(() => {
      this.CONSUME(Word.confirm);
      return this.SUBRULE(this.confirmation);
    });
    const falseStarts = this.OPTION3(() => {
      this.CONSUME(Reserved.max);
      const value = this.SUBRULE(this.sum);
      this.CONSUME(Word.false);
      this.CONSUME(Word.starts);
      return value;
    });
    this.semicolon(0, "the start mark", ["at", "confirm", "max"]);
    return {
      kind: "start",
      mark,
      atConnection: at !== undefined,
      ...(confirm === undefined ? {} : { confirm }),
      ...(falseStarts === undefined ? {} : { falseStarts }),
      span: this.spanFrom(first),
    };
  });

  readonly confirmation = this.RULE("confirmation", () => {
    const token = this.OR({
      DEF: [
        { ALT: () => this.CONSUME(Word.none) },
        { ALT: () => this.CONSUME(Word.header) },
        { ALT: () => this.CONSUME(Word.end) },
        { ALT: () => this.CONSUME(Word.check) },
      ],
      ERR_MSG: "none, header, end or check",
    });
    return wordOf(["none", "header", "end", "check"], token);
  });

  readonly endStatement = this.RULE("endStatement", (): EndStatement => {
    const first = this.CONSUME(Word.end);
    const mark = this.SUBRULE(this.mark);
    this.semicolon(0, "the end mark");
    return { kind: "end", mark, span: this.spanFrom(first) };
  });

  /** `between 0x7E and 0x7E unescape { x"7D 01" -> x"7D"; }` */
  readonly betweenStatement = this.RULE("betweenStatement", (): BetweenStatement => {
    const first = this.CONSUME(Word.between);
    const open = this.SUBRULE(this.literal);
    this.CONSUME(Reserved.and);
    const close = this.SUBRULE2(this.literal);
    const pairs = this.OPTION(() => {
      this.CONSUME(Word.unescape);
      return this.braced(0, this.unescapePair);
    });
    if (this.RECORDING_PHASE) this.OPTION2(() => this.CONSUME2(Mark.semicolon));
    else if (pairs === undefined) this.semicolon(2, "the closing byte", ["unescape"]);
    return { kind: "between", open, close, unescape: pairs ?? [], span: this.spanFrom(first) };
  });

  readonly unescapePair = this.RULE("unescapePair", (): UnescapePair => {
    const first = this.LA(1);
    const from = this.SUBRULE(this.bytesLiteral);
    this.CONSUME(Mark.arrow);
    const to = this.SUBRULE2(this.bytesLiteral);
    this.semicolon(0, "the pair");
    return { from, to, span: this.spanFrom(first) };
  });

  /** `ignore x"00", "\r\n" before frame;` */
  readonly ignoreStatement = this.RULE("ignoreStatement", (): IgnoreStatement => {
    const first = this.CONSUME(Word.ignore);
    const marks: BytesLiteral[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: Mark.comma,
      DEF: () => marks.push(this.SUBRULE(this.bytesLiteral)),
      ERR_MSG: "a text or bytes",
    });
    this.CONSUME(Word.before);
    this.CONSUME(Word.frame);
    this.semicolon(0, "before frame");
    return { kind: "ignore", marks, span: this.spanFrom(first) };
  });

  readonly dropStatement = this.RULE("dropStatement", (): DropStatement => {
    const first = this.CONSUME(Word.drop);
    this.CONSUME(Reserved.max);
    const max = this.SUBRULE(this.sum);
    this.semicolon(0, "the maximum");
    return { kind: "drop", max, span: this.spanFrom(first) };
  });

  readonly sizeStatement = this.RULE("sizeStatement", (): SizeStatement => {
    const first = this.CONSUME(Word.size);
    this.CONSUME(Mark.assign);
    const value = this.SUBRULE(this.sum);
    this.semicolon(0, "the size");
    return { kind: "size", value, span: this.spanFrom(first) };
  });

  readonly maxStatement = this.RULE("maxStatement", (): MaxStatement => {
    const first = this.CONSUME(Reserved.max);
    const value = this.SUBRULE(this.sum);
    this.semicolon(0, "the maximum");
    return { kind: "max", value, span: this.spanFrom(first) };
  });

  /** `endian little;` or `endian by mark { "B": big, "l": little }` */
  readonly endianStatement = this.RULE("endianStatement", (): EndianStatement => {
    const first = this.CONSUME(Word.endian);
    const order = this.OR<EndianStatement["order"]>({
      DEF: [
        {
          ALT: () => {
            const plain = this.SUBRULE(this.byteOrder);
            this.semicolon(0, "the byte order");
            return plain;
          },
        },
        { ALT: () => this.SUBRULE(this.endianByField) },
      ],
      ERR_MSG: "big, little or by FIELD { … }",
    });
    return { kind: "endian", order, span: this.spanFrom(first) };
  });

  readonly endianByField = this.RULE("endianByField", (): EndianByField => {
    const first = this.CONSUME(Word.by);
    const field = this.SUBRULE(this.path);
    this.CONSUME(Mark.openBrace);
    const cases: EndianCase[] = [];
    this.MANY(() => cases.push(this.SUBRULE(this.endianCase)));
    this.CONSUME(Mark.closeBrace);
    return { field, cases, span: this.spanFrom(first) };
  });

  readonly endianCase = this.RULE("endianCase", (): EndianCase => {
    const value = this.SUBRULE(this.literal);
    this.CONSUME(Mark.colon);
    const order = this.SUBRULE(this.byteOrder);
    if (this.RECORDING_PHASE || this.LA(1).tokenType !== Mark.closeBrace) {
      this.OR([
        { ALT: () => this.CONSUME(Mark.comma) },
        { ALT: () => this.CONSUME(Mark.semicolon) },
      ]);
    }
    return { value, order };
  });

  readonly padStatement = this.RULE("padStatement", (): PadStatement => {
    const first = this.CONSUME(Word.pad);
    this.CONSUME(Word.to);
    const to = this.SUBRULE(this.sum);
    this.semicolon(0, "the padding");
    return { kind: "pad", to, span: this.spanFrom(first) };
  });

  readonly restStatement = this.RULE("restStatement", (): RestStatement => {
    const first = this.CONSUME(Word.rest);
    const name = this.OPTION(() => this.toName(this.CONSUME(Identifier)));
    this.semicolon(0, "rest");
    const docs = this.docsFrom(first);
    return { kind: "rest", docs, ...(name ? { name } : {}), span: this.spanFrom(first) };
  });

  readonly literalStatement = this.RULE("literalStatement", (): LiteralStatement => {
    const first = this.LA(1);
    const bytes = this.SUBRULE(this.bytesLiteral);
    this.semicolon(0, "the constant bytes");
    return { kind: "literal", bytes, span: this.spanFrom(first) };
  });

  /** `check crc32c(id..crc) == 0xB798B438;` */
  readonly checkStatement = this.RULE("checkStatement", (): CheckStatement => {
    const first = this.LA(1);
    const call = this.SUBRULE(this.checkCall);
    this.CONSUME(Mark.equal);
    const value = this.SUBRULE(this.sum);
    this.semicolon(0, "the check");
    return { kind: "check", call, value, span: this.spanFrom(first) };
  });
}
