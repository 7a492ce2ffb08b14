// Statements that hold statements: blocks, conditionals, repetitions; and the choice between all statements.

import type {
  BlockStatement,
  IfStatement,
  Literal,
  RepeatStatement,
  SetItem,
  Statement,
  SwitchArm,
  SwitchStatement,
} from "../ast.ts";
import type { Token } from "../lexer.ts";
import { Identifier, Mark, NumberToken, Reserved, Word } from "../tokens.ts";
import { StatementRules } from "./statement-rules.ts";

/** Deepest nesting of statements, else if chains included, so that no pass overflows its stack. */
export const MAX_STATEMENT_DEPTH = 48;

/** An arm of a switch as it is met; `else` has no values. */
type Arm =
  | { readonly kind: "values"; readonly arm: SwitchArm }
  | { readonly kind: "else"; readonly body: readonly Statement[]; readonly token: Token };

export abstract class BlockRules extends StatementRules {
  readonly statement = this.RULE("statement", (): Statement => {
    this.#enter();
    const statement = this.OR<Statement>({
      DEF: [
        { ALT: () => this.SUBRULE(this.fieldStatement) },
        { ALT: () => this.SUBRULE(this.bitsStatement) },
        { ALT: () => this.SUBRULE(this.blockStatement) },
        { ALT: () => this.SUBRULE(this.ifStatement) },
        { ALT: () => this.SUBRULE(this.switchStatement) },
        { ALT: () => this.SUBRULE(this.repeatStatement) },
        { ALT: () => this.SUBRULE(this.startStatement) },
        { ALT: () => this.SUBRULE(this.endStatement) },
        { ALT: () => this.SUBRULE(this.betweenStatement) },
        { ALT: () => this.SUBRULE(this.ignoreStatement) },
        { ALT: () => this.SUBRULE(this.dropStatement) },
        { ALT: () => this.SUBRULE(this.sizeStatement) },
        { ALT: () => this.SUBRULE(this.maxStatement) },
        { ALT: () => this.SUBRULE(this.endianStatement) },
        { ALT: () => this.SUBRULE(this.padStatement) },
        { ALT: () => this.SUBRULE(this.restStatement) },
        { ALT: () => this.SUBRULE(this.literalStatement) },
        { ALT: () => this.SUBRULE(this.checkStatement) },
      ],
      ERR_MSG: "a statement",
    });
    this.depth -= 1;
    return statement;
  });

  /** One statement deeper; beyond the limit the rest of the file is given up. */
  #enter(): void {
    this.depth += 1;
    if (this.depth <= MAX_STATEMENT_DEPTH || this.RECORDING_PHASE) return;
    const what = "statements";
    this.complain("nestedTooDeep", this.spanOf(this.LA(1)), { what, limit: MAX_STATEMENT_DEPTH });
    this.abandon();
  }

  /** `block[length] { … }`, `block[u16] body { … }` */
  readonly blockStatement = this.RULE("blockStatement", (): BlockStatement => {
    const first = this.CONSUME(Reserved.block);
    const size = this.SUBRULE(this.bracketedSize);
    const name = this.OPTION(() => this.toName(this.CONSUME(Identifier)));
    const at = this.OPTION2(() => this.SUBRULE(this.atClause));
    const body = this.braced(0, this.statement);
    return {
      kind: "block",
      docs: this.docsFrom(first),
      size,
      ...(name === undefined ? {} : { name }),
      ...(at === undefined ? {} : { at }),
      body,
      span: this.spanFrom(first),
    };
  });

  /** `if version == 5 { … } else if more { … } else { … }` */
  readonly ifStatement: () => IfStatement = this.RULE("ifStatement", (): IfStatement => {
    const first = this.CONSUME(Word.if);
    const condition = this.SUBRULE(this.condition);
    const body = this.braced(0, this.statement);
    const otherwise = this.OPTION({
      // In a switch, `else:` is the last arm.
      GATE: () => this.LA(2).tokenType !== Mark.colon,
      DEF: () => {
        this.CONSUME(Reserved.else);
        return this.SUBRULE(this.elseBody);
      },
    });
    return {
      kind: "if",
      condition,
      then: body,
      ...(otherwise === undefined ? {} : { else: otherwise }),
      span: this.spanFrom(first),
    };
  });

  readonly elseBody = this.RULE("elseBody", (): readonly Statement[] =>
    this.OR<readonly Statement[]>({
      DEF: [
        { ALT: () => this.braced(0, this.statement) },
        {
          ALT: () => {
            this.#enter();
            const chained = this.SUBRULE2(this.ifStatement);
            this.depth -= 1;
            return [chained];
          },
        },
      ],
      ERR_MSG: "'{' or if",
    }),
  );

  /** `switch type { 1: u8 a; 2..4: { … } else: { … } }` */
  readonly switchStatement = this.RULE("switchStatement", (): SwitchStatement => {
    const first = this.CONSUME(Word.switch);
    const on = this.SUBRULE(this.sum);
    const met = this.braced(0, this.switchArm);
    const arms = met.flatMap((arm) => (arm.kind === "values" ? [arm.arm] : []));
    const otherwise = this.#elseOf(met);
    return {
      kind: "switch",
      on,
      arms,
      ...(otherwise === undefined ? {} : { else: otherwise }),
      span: this.spanFrom(first),
    };
  });

  #elseOf(met: readonly Arm[]): readonly Statement[] | undefined {
    const at = met.findIndex((arm) => arm.kind === "else");
    const found = met[at];
    if (found?.kind !== "else") return undefined;
    if (at < met.length - 1) this.complain("misplacedElse", this.spanOf(found.token), {});
    return found.body;
  }

  readonly switchArm = this.RULE(
    "switchArm",
    (): Arm =>
      this.OR<Arm>({
        DEF: [
          {
            ALT: () => {
              const token = this.CONSUME(Reserved.else);
              this.CONSUME(Mark.colon);
              return { kind: "else", body: this.SUBRULE(this.armBody), token };
            },
          },
          { ALT: () => ({ kind: "values", arm: this.SUBRULE(this.valuesArm) }) },
        ],
        ERR_MSG: "an arm such as 1: u8 x;",
      }),
  );

  readonly valuesArm = this.RULE("valuesArm", (): SwitchArm => {
    const first = this.LA(1);
    const items: SetItem[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: Mark.comma,
      DEF: () => items.push(this.SUBRULE(this.setItem)),
      ERR_MSG: "a value",
    });
    const values = { items, span: this.spanFrom(first) };
    this.CONSUME(Mark.colon);
    const body = this.SUBRULE(this.armBody);
    return { values, body, span: this.spanFrom(first) };
  });

  readonly armBody = this.RULE("armBody", (): readonly Statement[] =>
    this.OR<readonly Statement[]>({
      DEF: [
        { ALT: () => this.braced(0, this.statement) },
        { ALT: () => [this.SUBRULE2(this.statement)] },
      ],
      ERR_MSG: "a statement",
    }),
  );

  /** `repeat params count times max 8 { … }` */
  readonly repeatStatement = this.RULE("repeatStatement", (): RepeatStatement => {
    const first = this.CONSUME(Word.repeat);
    const name = this.OPTION({
      GATE: () => this.#isRepeatName(),
      DEF: () => this.toName(this.CONSUME(Identifier)),
    });
    const extent = this.SUBRULE(this.repeatExtent);
    const max = this.OPTION2(() => {
      this.CONSUME(Reserved.max);
      return this.SUBRULE(this.sum);
    });
    const body = this.braced(0, this.statement);
    return {
      kind: "repeat",
      docs: this.docsFrom(first),
      ...(name === undefined ? {} : { name }),
      extent,
      ...(max === undefined ? {} : { max }),
      body,
      span: this.spanFrom(first),
    };
  });

  /** In `repeat params count times` the first word is a name, in `repeat count times` it is not. */
  #isRepeatName(): boolean {
    const follows = this.LA(2).tokenType;
    const begins = [Reserved.filling, Reserved.until, NumberToken, Mark.openParen];
    return begins.includes(follows) || this.isNameAt(2);
  }

  readonly repeatExtent = this.RULE("repeatExtent", (): RepeatStatement["extent"] =>
    this.OR<RepeatStatement["extent"]>({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(Reserved.filling);
            return this.SUBRULE(this.filling);
          },
        },
        {
          ALT: () => {
            this.CONSUME(Reserved.until);
            const terminator: Literal = this.SUBRULE(this.literal);
            return { kind: "until", terminator };
          },
        },
        {
          ALT: () => {
            const count = this.SUBRULE(this.sum);
            this.CONSUME(Reserved.times);
            return { kind: "times", count };
          },
        },
      ],
      ERR_MSG: "COUNT times, filling SIZE or until END",
    }),
  );

  readonly filling = this.RULE("filling", (): RepeatStatement["extent"] =>
    this.OR<RepeatStatement["extent"]>({
      DEF: [
        {
          GATE: () => [Reserved.max, Mark.openBrace].includes(this.LA(2).tokenType),
          ALT: () => {
            this.CONSUME(Word.rest);
            return { kind: "filling-rest" };
          },
        },
        { ALT: () => ({ kind: "filling", size: this.SUBRULE(this.sizeOf) }) },
      ],
      IGNORE_AMBIGUITIES: true,
      ERR_MSG: "a size, a type or rest",
    }),
  );
}
