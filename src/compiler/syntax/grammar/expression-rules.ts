// Expressions: sums of fields and constants, conditions, sets. What a name may mean is the checker's business.

import { coverSpans, type Span } from "../../source/span.ts";
import type { BinaryOperator, Expression, SetItem, SetLiteral } from "../ast.ts";
import type { Token } from "../lexer.ts";
import { ArithmeticOperator, ComparisonOperator, Mark, Reserved, Word } from "../tokens.ts";
import { LiteralRules } from "./literal-rules.ts";
import { combine, isBitwise, mixedAt, operatorOf } from "./operators.ts";
import type { ParseContext } from "./reporting-parser.ts";
import { MAX_EXPRESSION_DEPTH, noteHeight, type TreeHeights } from "./tree-heights.ts";

export abstract class ExpressionRules extends LiteralRules {
  readonly #heights: TreeHeights = new WeakMap();
  /** The run in which too deep a tree was reported: once is enough. */
  #deepIn: ParseContext | undefined;
  /** Where parentheses stood: the tree itself forgets them. */
  readonly #parentheses = new WeakMap<object, Span>();

  /** Arithmetic without comparisons, as in clauses: ends before `max`, `in`, `..` and the like. */
  readonly sum = this.RULE("sum", (): Expression => {
    const operands = [this.SUBRULE(this.operand)];
    const operators: Token[] = [];
    this.MANY(() => {
      operators.push(this.CONSUME(ArithmeticOperator));
      operands.push(this.SUBRULE2(this.operand));
    });
    this.#checkMixed(operands, operators);
    return this.#combined(operands, operators);
  });

  readonly operand = this.RULE(
    "operand",
    (): Expression =>
      this.OR<Expression>({
        DEF: [
          { ALT: () => this.SUBRULE(this.bytesLiteral) },
          { ALT: () => this.SUBRULE(this.numberLiteral) },
          { ALT: () => this.SUBRULE(this.parenthesised) },
          {
            GATE: () => this.isNext(Word.length, Mark.openParen),
            ALT: () => this.SUBRULE(this.lengthCall),
          },
          {
            GATE: () => this.isNext(Word.present, Mark.openParen),
            ALT: () => this.SUBRULE(this.presentCall),
          },
          {
            GATE: () => this.LA(2).tokenType !== Mark.dot,
            ALT: (): Expression => ({ kind: "more", span: this.spanOf(this.CONSUME(Word.more)) }),
          },
          { ALT: () => this.SUBRULE(this.path) },
        ],
        IGNORE_AMBIGUITIES: true,
        ERR_MSG: "a value",
      }),
  );

  readonly parenthesised = this.RULE("parenthesised", (): Expression => {
    const open = this.CONSUME(Mark.openParen);
    const inner = this.SUBRULE(this.condition);
    this.closing(0, Mark.closeParen);
    if (!this.RECORDING_PHASE) this.#parentheses.set(inner, this.spanFrom(open));
    return inner;
  });

  readonly lengthCall = this.RULE("lengthCall", (): Expression => {
    const first = this.CONSUME(Word.length);
    this.CONSUME(Mark.openParen);
    const of = this.SUBRULE(this.path);
    this.closing(0, Mark.closeParen);
    return { kind: "length", of, span: this.spanFrom(first) };
  });

  readonly presentCall = this.RULE("presentCall", (): Expression => {
    const first = this.CONSUME(Word.present);
    this.CONSUME(Mark.openParen);
    const of = this.SUBRULE(this.path);
    this.closing(0, Mark.closeParen);
    return { kind: "present", of, span: this.spanFrom(first) };
  });

  /** `term and term or …` */
  readonly condition = this.RULE("condition", (): Expression => {
    const operands = [this.SUBRULE(this.term)];
    const operators: Token[] = [];
    this.MANY(() => {
      const operator = this.OR([
        { ALT: () => this.CONSUME(Reserved.and) },
        { ALT: () => this.CONSUME(Reserved.or) },
      ]);
      operators.push(operator);
      operands.push(this.SUBRULE2(this.term));
    });
    return this.#combined(operands, operators);
  });

  /** `not`, `any` and a comparison */
  readonly term = this.RULE("term", (): Expression => {
    const prefixes: Token[] = [];
    this.MANY({
      GATE: () => this.LA(1).tokenType !== Word.any || this.isAnyPrefix(),
      DEF: () => {
        const prefix = this.OR([
          { ALT: () => this.CONSUME(Reserved.not) },
          { ALT: () => this.CONSUME(Word.any) },
        ]);
        prefixes.push(prefix);
      },
    });
    const inner = this.SUBRULE(this.comparison);
    return prefixes.reduceRight((operand, prefix) => this.#prefixed(prefix, operand), inner);
  });

  /** `any` before a name or a parenthesis; otherwise it is a name itself. */
  protected isAnyPrefix(): boolean {
    return this.isNameAt(2) || this.LA(2).tokenType === Mark.openParen;
  }

  readonly comparison = this.RULE("comparison", (): Expression => {
    let left = this.SUBRULE(this.sum);
    let isCompared = false;
    this.MANY(() => {
      const next = this.LA(1);
      if (isCompared) this.complain("chainedComparison", this.spanOf(next), {});
      isCompared = true;
      left = this.OR([
        {
          ALT: () =>
            this.#compared(left, this.CONSUME(ComparisonOperator), this.SUBRULE2(this.sum)),
        },
        { ALT: () => this.#compared(left, this.CONSUME(Mark.assign), this.SUBRULE3(this.sum)) },
        {
          ALT: () => {
            this.CONSUME(Reserved.in);
            return this.#contained(left, false, this.SUBRULE(this.set));
          },
        },
        {
          ALT: () => {
            this.CONSUME(Reserved.not);
            this.CONSUME2(Reserved.in);
            return this.#contained(left, true, this.SUBRULE2(this.set));
          },
        },
        {
          ALT: () => {
            const word = this.CONSUME(Word.has);
            const value = this.SUBRULE(this.literal);
            if (this.RECORDING_PHASE) return left;
            if (left.kind === "path") {
              const span = coverSpans(this.#outer(left), value.span);
              return { kind: "has", operand: left, value, span };
            }
            const belongsTo = "a field's name, as in methods has 0";
            this.complain("misplacedClause", this.spanOf(word), { clause: "has", belongsTo });
            return left;
          },
        },
      ]);
    });
    return left;
  });

  /** `(1, 2, 7..9)`, `3..5` or `5` */
  readonly set = this.RULE("set", (): SetLiteral => {
    const first = this.LA(1);
    const items: SetItem[] = [];
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(Mark.openParen);
            this.OPTION(() => {
              items.push(this.SUBRULE(this.setItem));
              this.MANY({
                GATE: () => this.LA(2).tokenType !== Mark.closeParen,
                DEF: () => {
                  this.CONSUME(Mark.comma);
                  items.push(this.SUBRULE2(this.setItem));
                },
              });
              this.OPTION2(() => this.CONSUME2(Mark.comma));
            });
            this.closing(0, Mark.closeParen, "the values");
          },
        },
        { ALT: () => items.push(this.SUBRULE3(this.setItem)) },
      ],
      IGNORE_AMBIGUITIES: true,
      ERR_MSG: "a value",
    });
    const span = this.spanFrom(first);
    if (items.length === 0) this.complain("emptyList", span, { what: "set" });
    return { items, span };
  });

  readonly setItem = this.RULE("setItem", (): SetItem => {
    const first = this.LA(1);
    const from = this.SUBRULE(this.sum);
    const to = this.OPTION(() => {
      this.CONSUME(Mark.range);
      return this.SUBRULE2(this.sum);
    });
    return { from, ...(to === undefined ? {} : { to }), span: this.spanFrom(first) };
  });

  #outer(expression: Expression): Span {
    return this.#parentheses.get(expression) ?? expression.span;
  }

  #combined(operands: readonly Expression[], operators: readonly Token[]): Expression {
    const [first] = operands;
    if (this.RECORDING_PHASE || operators.length === 0) return first as Expression;
    const join = (operator: BinaryOperator, left: Expression, right: Expression): Expression =>
      this.#joined(operator, left, right);
    return combine(operands, operators, join) ?? (first as Expression);
  }

  #joined(operator: BinaryOperator, left: Expression, right: Expression): Expression {
    const span = coverSpans(this.#outer(left), this.#outer(right));
    const node: Expression = { kind: "binary", operator, left, right, span };
    return this.isBounded(node, [left, right]) ? node : left;
  }

  /** Whether a node over its parts stays below the limit; the first one that does not is reported. */
  protected isBounded(node: { readonly span: Span }, parts: readonly object[]): boolean {
    if (noteHeight(this.#heights, node, parts)) return true;
    if (this.#deepIn === this.context) return false;
    this.#deepIn = this.context;
    const limit = MAX_EXPRESSION_DEPTH;
    this.complain("nestedTooDeep", node.span, { what: "operators", limit });
    return false;
  }

  #prefixed(prefix: Token, operand: Expression): Expression {
    if (this.RECORDING_PHASE) return operand;
    const span = coverSpans(this.spanOf(prefix), this.#outer(operand));
    const node: Expression =
      prefix.tokenType === Word.any
        ? { kind: "any", condition: operand, span }
        : { kind: "not", operand, span };
    return this.isBounded(node, [operand]) ? node : operand;
  }

  #compared(left: Expression, token: Token, right: Expression): Expression {
    if (this.RECORDING_PHASE) return left;
    if (token.tokenType === Mark.assign) this.complain("assignInCondition", this.spanOf(token), {});
    for (const side of [left, right]) {
      if (isBitwise(side) && !this.#parentheses.has(side)) this.#complainMixed(side, token);
    }
    return this.#joined(operatorOf(token.image) ?? "==", left, right);
  }

  #contained(left: Expression, isNegated: boolean, set: SetLiteral): Expression {
    if (this.RECORDING_PHASE) return left;
    const span = coverSpans(this.#outer(left), set.span);
    const values = set.items.flatMap((item) => (item.to ? [item.from, item.to] : [item.from]));
    const node: Expression = { kind: "in", operand: left, isNegated, set, span };
    return this.isBounded(node, [left, ...values]) ? node : left;
  }

  #complainMixed(side: Expression, token: Token): void {
    if (side.kind !== "binary") return;
    const { start, end } = side.span;
    const source = this.context.file.text.slice(start, end);
    const mend = `parentheses: (${source}) ${token.image} …`;
    this.complain("mixedOperators", this.spanOf(token), {
      operator: side.operator,
      other: token.image,
      mend,
    });
  }

  #checkMixed(operands: readonly Expression[], operators: readonly Token[]): void {
    const at = mixedAt(operators);
    const [operator, other] = [operators[at], operators[at - 1]];
    const [left, right] = [operands[at - 1], operands[at]];
    if (!operator || !other || !left || !right) return;
    const { start, end } = coverSpans(this.#outer(left), this.#outer(right));
    const source = this.context.file.text.slice(start, end);
    const mend = `parentheses, for instance (${source}) ${operator.image} …`;
    this.complain("mixedOperators", this.spanOf(operator), {
      operator: operator.image,
      other: other.image,
      mend,
    });
  }
}
