// Test vectors: bytes and what is expected of them.

import type { BytesLiteral, Expectation, TestDeclaration, TestStatement } from "../ast.ts";
import { Identifier, Mark, Reserved, Word } from "../tokens.ts";
import { RouterRules } from "./router-rules.ts";

export abstract class TestRules extends RouterRules {
  /** `test HJ212 "a daily report" { … }` */
  readonly testDeclaration = this.RULE("testDeclaration", (): TestDeclaration => {
    const first = this.CONSUME(Word.test);
    const of = this.toName(this.CONSUME(Identifier));
    const title = this.SUBRULE(this.textLiteral);
    const statements = this.braced(0, this.testStatement);
    const docs = this.docsFrom(first);
    return { kind: "test", docs, of, title, statements, span: this.spanFrom(first) };
  });

  readonly testStatement = this.RULE("testStatement", (): TestStatement => {
    const first = this.LA(1);
    return this.OR<TestStatement>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(Reserved.bytes);
            const parts: BytesLiteral[] = [];
            this.AT_LEAST_ONE({
              DEF: () => parts.push(this.SUBRULE(this.bytesLiteral)),
              ERR_MSG: "a text or bytes",
            });
            this.semicolon(0, "the bytes");
            return { kind: "bytes", parts, span: this.spanFrom(first) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(Word.client);
            const address = this.SUBRULE(this.textLiteral);
            this.semicolon(1, "the address");
            return { kind: "client", address, span: this.spanFrom(first) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(Word.expect);
            const what = this.SUBRULE(this.expectation);
            this.semicolon(2, "the expectation", ["at"]);
            return { kind: "expect", what, span: this.spanFrom(first) };
          },
        },
      ],
      ERR_MSG: "a line of a test",
    });
  });

  /** Whether a key of that name is compared: `expect frame == "A01"`. */
  #isKey(): boolean {
    const follows = this.LA(2).tokenType;
    return this.isNameAt(1) && (follows === Mark.equal || follows === Mark.assign);
  }

  readonly expectation = this.RULE(
    "expectation",
    (): Expectation =>
      this.OR<Expectation>({
        DEF: [
          { GATE: () => this.#isKey(), ALT: () => this.SUBRULE(this.keyExpectation) },
          {
            ALT: () => {
              this.CONSUME(Word.missing);
              return { kind: "missing", key: this.toName(this.CONSUME(Identifier)) };
            },
          },
          {
            ALT: () => {
              this.CONSUME(Word.frame);
              const length = this.OPTION(() => this.SUBRULE(this.sum));
              return { kind: "frame", ...(length === undefined ? {} : { length }) };
            },
          },
          { ALT: () => this.SUBRULE(this.rejectExpectation) },
          {
            ALT: () => {
              this.CONSUME(Word.need);
              const bytes = this.OPTION2(() => this.SUBRULE2(this.sum));
              return { kind: "need", ...(bytes === undefined ? {} : { bytes }) };
            },
          },
          {
            ALT: () => {
              this.CONSUME(Word.drop);
              return { kind: "drop", bytes: this.SUBRULE3(this.sum) };
            },
          },
          {
            ALT: () => {
              this.CONSUME(Word.pool);
              return { kind: "pool", pool: this.SUBRULE(this.poolName) };
            },
          },
        ],
        IGNORE_AMBIGUITIES: true,
        ERR_MSG: "an outcome",
      }),
  );

  /** `station == "A01"` */
  readonly keyExpectation = this.RULE("keyExpectation", (): Expectation => {
    const key = this.toName(this.CONSUME(Identifier));
    const token = this.OR([
      { ALT: () => this.CONSUME(Mark.equal) },
      { ALT: () => this.CONSUME(Mark.assign) },
    ]);
    if (token.tokenType === Mark.assign) this.complain("assignInCondition", this.spanOf(token), {});
    return { kind: "key", key, value: this.SUBRULE(this.literal) };
  });

  /** `reject`, `reject at crc`, `reject "no station number"` */
  readonly rejectExpectation = this.RULE("rejectExpectation", (): Expectation => {
    this.CONSUME(Word.reject);
    const at = this.OPTION(() => {
      this.CONSUME(Word.at);
      return this.SUBRULE(this.path);
    });
    const message = this.OPTION2(() => this.SUBRULE(this.bytesLiteral));
    return {
      kind: "reject",
      ...(at === undefined ? {} : { at }),
      ...(message === undefined ? {} : { message }),
    };
  });
}
