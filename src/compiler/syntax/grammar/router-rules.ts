// Routers: rules, their conditions and their actions.

import { coverSpans } from "../../source/span.ts";
import type {
  Name,
  RouteAction,
  RouteCondition,
  RouteOperand,
  RouterDeclaration,
  Rule,
  SplitShare,
} from "../ast.ts";
import { ComparisonOperator, Identifier, Mark, NumberToken, Reserved, Word } from "../tokens.ts";
import { ProtocolRules } from "./protocol-rules.ts";
import { wordOf } from "./type-rules.ts";

/** Words that may follow a key in a condition, or a condition in a rule. */
const CONTINUATIONS = ["and", "or", "by"] as const;

export abstract class RouterRules extends ProtocolRules {
  /** `router stations on HJ212 { … }` */
  readonly routerDeclaration = this.RULE("routerDeclaration", (): RouterDeclaration => {
    const first = this.CONSUME(Word.router);
    const name = this.toName(this.CONSUME(Identifier));
    this.CONSUME(Word.on);
    const protocol = this.toName(this.CONSUME2(Identifier));
    const rules = this.braced(0, this.routeRule);
    const docs = this.docsFrom(first);
    return { kind: "router", docs, name, protocol, rules, span: this.spanFrom(first) };
  });

  readonly routeRule = this.RULE("routeRule", (): Rule => {
    const first = this.LA(1);
    return this.OR<Rule>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(Word.when);
            const condition = this.SUBRULE(this.routeCondition);
            const action = this.SUBRULE(this.endedAction);
            return { kind: "when", condition, action, span: this.spanFrom(first) };
          },
        },
        { ALT: () => this.SUBRULE(this.mapRule) },
        {
          ALT: () => {
            this.CONSUME(Word.otherwise);
            const action = this.SUBRULE2(this.endedAction);
            return { kind: "otherwise", action, span: this.spanFrom(first) };
          },
        },
      ],
      ERR_MSG: "a rule",
    });
  });

  /** `map station file "devices.csv" -> pool by station;` */
  readonly mapRule = this.RULE("mapRule", (): Rule => {
    const first = this.CONSUME(Word.map);
    const key = this.toName(this.CONSUME(Identifier));
    this.CONSUME(Word.file);
    const file = this.SUBRULE(this.textLiteral);
    this.CONSUME(Mark.arrow);
    this.CONSUME(Word.pool);
    const by = this.OPTION(() => this.SUBRULE(this.byKey));
    this.semicolon(0, "the rule", CONTINUATIONS);
    const span = this.spanFrom(first);
    return { kind: "map", key, file, ...(by === undefined ? {} : { by }), span };
  });

  readonly byKey = this.RULE("byKey", (): Name => {
    this.CONSUME(Word.by);
    return this.toName(this.CONSUME(Identifier));
  });

  /** `-> north;`; a split ends with its brace. */
  readonly endedAction = this.RULE("endedAction", (): RouteAction => {
    this.CONSUME(Mark.arrow);
    const action = this.SUBRULE(this.routeAction);
    if (this.RECORDING_PHASE) this.OPTION(() => this.CONSUME(Mark.semicolon));
    else if (action.kind !== "split") this.semicolon(0, "the rule", CONTINUATIONS);
    else if (this.LA(1).tokenType === Mark.semicolon) this.SKIP_TOKEN();
    return action;
  });

  readonly routeAction = this.RULE("routeAction", (): RouteAction => {
    const first = this.LA(1);
    return this.OR<RouteAction>({
      DEF: [
        {
          GATE: () => this.isBytesAt(2),
          ALT: () => {
            this.CONSUME(Word.reject);
            const message = this.SUBRULE(this.bytesLiteral);
            return { kind: "reject", message, span: this.spanFrom(first) };
          },
        },
        {
          GATE: () => this.isNameAt(2) && this.LA(3).tokenType === Mark.openBrace,
          ALT: () => this.SUBRULE(this.splitAction),
        },
        {
          ALT: () => {
            const pool = this.SUBRULE(this.poolName);
            const by = this.OPTION(() => this.SUBRULE(this.byKey));
            const span = this.spanFrom(first);
            return { kind: "pool", pool, ...(by === undefined ? {} : { by }), span };
          },
        },
      ],
      IGNORE_AMBIGUITIES: true,
      ERR_MSG: 'the name of a pool, reject "…" or split KEY { … }',
    });
  });

  /** A pool's name is one of the configuration's: `north`, `north-2`. */
  readonly poolName = this.RULE("poolName", (): Name => {
    const first = this.CONSUME(Identifier);
    let text = first.image;
    this.MANY({
      GATE: () => this.#isGlued(1) && this.#isGlued(2),
      DEF: () => {
        this.CONSUME(Mark.minus);
        const part = this.OR([
          { ALT: () => this.CONSUME2(Identifier) },
          { ALT: () => this.CONSUME(NumberToken) },
        ]);
        text += `-${part.image}`;
      },
    });
    return { text, span: this.spanFrom(first) };
  });

  /** Whether no space stands before the token `distance` ahead. */
  #isGlued(distance: number): boolean {
    const before = this.LA(distance - 1);
    return this.LA(distance).startOffset === (before.endOffset ?? before.startOffset) + 1;
  }

  /** `split station { 95% -> stable; 5% -> canary; }` */
  readonly splitAction = this.RULE("splitAction", (): RouteAction => {
    const first = this.CONSUME(Word.split);
    const key = this.toName(this.CONSUME(Identifier));
    const shares = this.braced(0, this.splitShare);
    const span = this.spanFrom(first);
    if (this.isEmptyPair()) this.complain("emptyList", span, { what: "split" });
    return { kind: "split", key, shares, span };
  });

  readonly splitShare = this.RULE("splitShare", (): SplitShare => {
    const first = this.LA(1);
    const percent = this.SUBRULE(this.numberLiteral);
    const action = this.SUBRULE(this.endedAction);
    return { percent, action, span: this.spanFrom(first) };
  });

  /** `or` of `and` of single conditions. */
  readonly routeCondition = this.RULE("routeCondition", (): RouteCondition => {
    const operands = [this.SUBRULE(this.routeConjunction)];
    this.MANY(() => {
      this.CONSUME(Reserved.or);
      operands.push(this.SUBRULE2(this.routeConjunction));
    });
    return this.#chained("or", operands);
  });

  readonly routeConjunction = this.RULE("routeConjunction", (): RouteCondition => {
    const operands = [this.SUBRULE(this.routeTerm)];
    this.MANY(() => {
      this.CONSUME(Reserved.and);
      operands.push(this.SUBRULE2(this.routeTerm));
    });
    return this.#chained("and", operands);
  });

  /** To the left, as deep as an expression may be. */
  #chained(kind: "and" | "or", operands: readonly RouteCondition[]): RouteCondition {
    return operands.reduce((left, right) => {
      if (this.RECORDING_PHASE) return left;
      const node: RouteCondition = { kind, left, right, span: coverSpans(left.span, right.span) };
      return this.isBounded(node, [left, right]) ? node : left;
    });
  }

  readonly routeTerm = this.RULE("routeTerm", (): RouteCondition => {
    const first = this.LA(1);
    let negations = 0;
    this.MANY(() => {
      this.CONSUME(Reserved.not);
      negations += 1;
    });
    const inner = this.SUBRULE(this.routeAtom);
    // Truth is three-valued, and still an even number of negations is none.
    if (this.RECORDING_PHASE || negations % 2 === 0) return inner;
    const node: RouteCondition = { kind: "not", operand: inner, span: this.spanFrom(first) };
    return this.isBounded(node, [inner]) ? node : inner;
  });

  readonly routeAtom = this.RULE("routeAtom", (): RouteCondition => {
    const first = this.LA(1);
    return this.OR<RouteCondition>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(Mark.openParen);
            const inner = this.SUBRULE(this.routeCondition);
            this.closing(0, Mark.closeParen);
            return inner;
          },
        },
        {
          GATE: () => this.isNameAt(2) && !this.#isPattern(2),
          ALT: () => {
            this.CONSUME(Word.missing);
            const key = this.toName(this.CONSUME(Identifier));
            return { kind: "missing", key, span: this.spanFrom(first) };
          },
        },
        { ALT: () => this.SUBRULE(this.routeTest) },
      ],
      IGNORE_AMBIGUITIES: true,
      ERR_MSG: "a condition on a key",
    });
  });

  #isPattern(distance: number): boolean {
    const patterns = [Word.like, Word.prefix, Word.suffix];
    return patterns.includes(this.LA(distance).tokenType) && this.isBytesAt(distance + 1);
  }

  /** `station`, `number(station)`, `client` */
  readonly routeOperand = this.RULE("routeOperand", (): RouteOperand => {
    const first = this.LA(1);
    return this.OR<RouteOperand>({
      DEF: [
        {
          GATE: () => this.isNext(Word.number, Mark.openParen),
          ALT: () => {
            this.CONSUME(Word.number);
            this.CONSUME(Mark.openParen);
            const name = this.toName(this.CONSUME(Identifier));
            this.closing(0, Mark.closeParen);
            return { kind: "number", name, span: this.spanFrom(first) };
          },
        },
        {
          ALT: () => {
            const token = this.CONSUME2(Identifier);
            const span = this.spanOf(token);
            if (token.tokenType === Word.client) return { kind: "client", span };
            return { kind: "key", name: this.toName(token), span };
          },
        },
      ],
      IGNORE_AMBIGUITIES: true,
      ERR_MSG: "a key",
    });
  });

  readonly routeTest = this.RULE("routeTest", (): RouteCondition => {
    const first = this.LA(1);
    const operand = this.SUBRULE(this.routeOperand);
    return this.OR<RouteCondition>({
      DEF: [
        {
          ALT: () => {
            const token = this.OR2([
              { ALT: () => this.CONSUME(ComparisonOperator) },
              { ALT: () => this.CONSUME(Mark.assign) },
            ]);
            if (token.tokenType === Mark.assign) {
              this.complain("assignInCondition", this.spanOf(token), {});
            }
            const value = this.SUBRULE(this.sum);
            const operator = wordOf(["==", "!=", "<", "<=", ">", ">="], token);
            return { kind: "compare", operand, operator, value, span: this.spanFrom(first) };
          },
        },
        {
          ALT: () => {
            const not = this.OPTION(() => this.CONSUME(Reserved.not));
            this.CONSUME(Reserved.in);
            const isNegated = not !== undefined;
            return this.OR3<RouteCondition>([
              {
                GATE: () => this.isBytesAt(2),
                ALT: () => {
                  this.CONSUME(Word.file);
                  const file = this.SUBRULE(this.textLiteral);
                  return { kind: "in-file", operand, isNegated, file, span: this.spanFrom(first) };
                },
              },
              {
                ALT: () => {
                  const set = this.SUBRULE(this.set);
                  return { kind: "in", operand, isNegated, set, span: this.spanFrom(first) };
                },
              },
            ]);
          },
        },
        {
          ALT: () => {
            const token = this.OR4([
              { ALT: () => this.CONSUME(Word.like) },
              { ALT: () => this.CONSUME(Word.prefix) },
              { ALT: () => this.CONSUME(Word.suffix) },
            ]);
            const match = wordOf(["like", "prefix", "suffix"], token);
            const pattern = this.SUBRULE(this.bytesLiteral);
            return { kind: "pattern", operand, match, pattern, span: this.spanFrom(first) };
          },
        },
      ],
      ERR_MSG: "a test of the key",
    });
  });
}
