// Fields with their clauses, and bit fields.

import type {
  BytesLiteral,
  CheckCall,
  Expression,
  FieldPath,
  FieldRange,
  FieldStatement,
  FieldType,
  Guard,
  Name,
} from "../ast.ts";
import type { Token } from "../lexer.ts";
import {
  ComparisonOperator,
  Identifier,
  isReservedWord,
  isTypeWord,
  Mark,
  NumberToken,
  Reserved,
  Word,
} from "../tokens.ts";
import { TypeRules, wordOf } from "./type-rules.ts";

/** Clauses as they are met: each at most once. */
interface Clauses {
  endian?: "big" | "little";
  at?: Expression;
  guard?: Guard;
  max?: Expression;
  until?: readonly BytesLiteral[];
  counts?: FieldRange;
  check?: CheckCall;
  feeds?: { readonly frame: Name; readonly by?: FieldPath };
  filler?: { readonly value: number; readonly token: Token };
}

/** Words that may follow a field's name. */
const CLAUSE_NAMES = ["until", "max", "in", "not", "endian", "counts", "filler", "feeds"] as const;

/** Clause words that could be a field's name too. */
const SOFT_CLAUSES = new Set([Word.endian, Word.filler, Word.counts, Word.feeds]);

export abstract class FieldRules extends TypeRules {
  readonly fieldStatement = this.RULE("fieldStatement", (): FieldStatement => {
    const first = this.LA(1);
    const type = this.SUBRULE(this.fieldType);
    const name = this.#fieldName();
    const clauses: Clauses = {};
    this.MANY(() => this.SUBRULE(this.fieldClause, { ARGS: [clauses] }));
    this.semicolon(0, name === undefined ? "the field" : `the field '${name.text}'`, CLAUSE_NAMES);
    const { filler, ...others } = clauses;
    return {
      kind: "field",
      docs: this.docsFrom(first),
      type: filler === undefined ? type : this.#filled(type, filler),
      ...(name === undefined ? {} : { name }),
      ...others,
      span: this.spanFrom(first),
    };
  });

  /** The name, unless a clause begins; a reserved word in its place is reported and taken for it. */
  #fieldName(): Name | undefined {
    const next = this.LA(1);
    const isReserved = isReservedWord(next.tokenType) && !this.RECORDING_PHASE;
    if (isReserved && (isTypeWord(next.tokenType) || this.LA(2).tokenType === Mark.semicolon)) {
      this.complain("reservedName", this.spanOf(next), { word: next.image });
      this.SKIP_TOKEN();
      return this.toName(next);
    }
    const token = this.OPTION({
      GATE: () => !this.isSoftClause(),
      DEF: () => this.CONSUME(Identifier),
    });
    return token === undefined ? undefined : this.toName(token);
  }

  /** `endian little` is a clause, `endian;` a name. */
  protected isSoftClause(): boolean {
    const follows = this.LA(2).tokenType;
    return (
      SOFT_CLAUSES.has(this.LA(1).tokenType) &&
      !SOFT_CLAUSES.has(follows) &&
      (this.isNameAt(2) || follows === NumberToken)
    );
  }

  #filled(type: FieldType, filler: { readonly value: number; readonly token: Token }): FieldType {
    if (type.kind === "digits" && type.name === "bcd") return { ...type, filler: filler.value };
    const belongsTo = "bcd fields";
    this.complain("misplacedClause", this.spanOf(filler.token), { clause: "filler", belongsTo });
    return type;
  }

  /** Fills in one of the clauses. */
  readonly fieldClause = this.RULE("fieldClause", (clauses: Clauses = {}): void => {
    const first = this.LA(1);
    const once = <Key extends keyof Clauses>(key: Key, value: Clauses[Key]): void => {
      if (this.RECORDING_PHASE) return;
      if (clauses[key] === undefined) clauses[key] = value;
      else this.complain("repeatedClause", this.spanFrom(first), { clause: first.image });
    };
    this.OR<void>([
      { ALT: () => once("endian", this.SUBRULE(this.endianClause)) },
      { ALT: () => once("at", this.SUBRULE(this.atClause)) },
      {
        GATE: () => this.#isCheck(),
        ALT: () => {
          this.CONSUME(Mark.assign);
          once("check", this.SUBRULE(this.checkCall));
        },
      },
      { ALT: () => once("guard", this.SUBRULE(this.guard)) },
      {
        ALT: () => {
          this.CONSUME(Reserved.max);
          once("max", this.SUBRULE(this.sum));
        },
      },
      {
        ALT: () => {
          this.CONSUME(Reserved.until);
          once("until", this.SUBRULE(this.bytesLiterals));
        },
      },
      {
        ALT: () => {
          this.CONSUME(Word.counts);
          once("counts", this.SUBRULE(this.fieldRange));
        },
      },
      {
        ALT: () => {
          this.CONSUME(Word.filler);
          once("filler", this.SUBRULE(this.fillerNibble));
        },
      },
      {
        ALT: () => {
          this.CONSUME(Word.feeds);
          once("feeds", this.SUBRULE(this.feedsTarget));
        },
      },
    ]);
  });

  /** `= check …` or `= unverified check …`, and not a comparison with fields of those names. */
  #isCheck(): boolean {
    if (this.LA(1).tokenType !== Mark.assign) return false;
    const at = this.LA(2).tokenType === Word.unverified ? 3 : 2;
    return this.LA(at).tokenType === Word.check && this.isNameAt(at + 1);
  }

  readonly endianClause = this.RULE("endianClause", (): "big" | "little" => {
    this.CONSUME(Word.endian);
    return this.SUBRULE(this.byteOrder);
  });

  readonly byteOrder = this.RULE("byteOrder", (): "big" | "little" => {
    const token = this.OR([
      { ALT: () => this.CONSUME(Word.big) },
      { ALT: () => this.CONSUME(Word.little) },
    ]);
    return token.tokenType === Word.little ? "little" : "big";
  });

  /** `@19` */
  readonly atClause = this.RULE("atClause", (): Expression => {
    this.CONSUME(Mark.offset);
    return this.SUBRULE(this.sum);
  });

  /** `= 0x10`, `in 3..5`, `not in (1, 2)`, `>= 4` */
  readonly guard = this.RULE("guard", (): Guard => {
    const first = this.LA(1);
    return this.OR<Guard>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(Mark.assign);
            const value = this.SUBRULE(this.sum);
            return { kind: "compare", operator: "=", value, span: this.spanFrom(first) };
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME(ComparisonOperator);
            if (token.tokenType === Mark.equal)
              this.complain("equalInGuard", this.spanOf(token), {});
            const operator = wordOf(["=", "!=", "<", "<=", ">", ">="], token);
            const value = this.SUBRULE2(this.sum);
            return { kind: "compare", operator, value, span: this.spanFrom(first) };
          },
        },
        {
          ALT: () => {
            const not = this.OPTION(() => this.CONSUME(Reserved.not));
            this.CONSUME(Reserved.in);
            const set = this.SUBRULE(this.set);
            return { kind: "in", isNegated: not !== undefined, set, span: this.spanFrom(first) };
          },
        },
      ],
      ERR_MSG: "a value that the field must have",
    });
  });

  /** `"\r\n"` or `("\r\n", "\n")` */
  readonly bytesLiterals = this.RULE("bytesLiterals", (): readonly BytesLiteral[] => {
    const marks: BytesLiteral[] = [];
    this.OR([
      {
        ALT: () => {
          this.CONSUME(Mark.openParen);
          this.AT_LEAST_ONE_SEP({
            SEP: Mark.comma,
            DEF: () => marks.push(this.SUBRULE(this.bytesLiteral)),
            ERR_MSG: "a text or bytes",
          });
          this.closing(0, Mark.closeParen, "the delimiters");
        },
      },
      { ALT: () => marks.push(this.SUBRULE2(this.bytesLiteral)) },
    ]);
    return marks;
  });

  /** `id..body` or `data` */
  readonly fieldRange = this.RULE("fieldRange", (): FieldRange => {
    const first = this.SUBRULE(this.path);
    const last = this.OPTION(() => {
      this.CONSUME(Mark.range);
      return this.SUBRULE2(this.path);
    });
    if (this.RECORDING_PHASE) return { first, span: this.spanOf(this.LA(1)) };
    const span = this.spanFrom({ startOffset: first.span.start });
    return { first, ...(last === undefined ? {} : { last }), span };
  });

  /** `check xor(id..body)`, `unverified check hj212(data)` */
  readonly checkCall = this.RULE("checkCall", (): CheckCall => {
    const first = this.LA(1);
    const unverified = this.OPTION(() => this.CONSUME(Word.unverified));
    this.CONSUME(Word.check);
    const algorithm = this.toName(this.CONSUME(Identifier));
    this.CONSUME(Mark.openParen);
    const over = this.SUBRULE(this.fieldRange);
    this.closing(0, Mark.closeParen);
    return { algorithm, over, isUnverified: unverified !== undefined, span: this.spanFrom(first) };
  });

  /** `F`, `0xF` or `15` */
  readonly fillerNibble = this.RULE(
    "fillerNibble",
    (): { readonly value: number; readonly token: Token } =>
      this.OR({
        DEF: [
          {
            ALT: () => {
              const token = this.CONSUME(NumberToken);
              return { value: this.smallNumber(token, "a filler", 0, 15), token };
            },
          },
          {
            ALT: () => {
              const token = this.CONSUME(Identifier);
              if (/^[A-Fa-f]$/.test(token.image)) {
                return { value: Number.parseInt(token.image, 16), token };
              }
              const range = { what: "a filler", least: 0, most: 15 };
              this.complain("numberOutOfRange", this.spanOf(token), range);
              return { value: 15, token };
            },
          },
        ],
        ERR_MSG: "a hexadecimal digit",
      }),
  );

  /** `Hello by type` */
  readonly feedsTarget = this.RULE(
    "feedsTarget",
    (): { readonly frame: Name; readonly by?: FieldPath } => {
      const frame = this.toName(this.CONSUME(Identifier));
      const by = this.OPTION(() => {
        this.CONSUME(Word.by);
        return this.SUBRULE(this.path);
      });
      return by === undefined ? { frame } : { frame, by };
    },
  );
}
