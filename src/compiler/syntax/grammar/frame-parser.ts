// The whole grammar: a file and its declarations. The only class of the chain that is instantiated.

import type {
  ChecksumDeclaration,
  ChecksumParameter,
  ConstDeclaration,
  Declaration,
  EnumDeclaration,
  EnumMember,
  FrameFile,
  ImportDeclaration,
} from "../ast.ts";
import type { Token } from "../lexer.ts";
import { Identifier, Mark, Reserved, Word } from "../tokens.ts";
import type { ParseContext } from "./reporting-parser.ts";
import { TestRules } from "./test-rules.ts";
import { wordOf } from "./type-rules.ts";

export class FrameParser extends TestRules {
  /** `isChecked`: chevrotain looks for ambiguities and other faults of the grammar, for tests. */
  constructor(isChecked = false) {
    super(isChecked);
    this.performSelfAnalysis();
  }

  /** The tree of what parses; everything else is reported. */
  parse(tokens: Token[], context: ParseContext): FrameFile {
    this.begin(context, tokens);
    const declarations = this.file();
    this.finish();
    const span = { file: context.file.number, start: 0, end: context.file.text.length };
    return { kind: "file", declarations, span };
  }

  readonly file = this.RULE("file", (): readonly Declaration[] =>
    this.listUntilEnd(0, this.declaration),
  );

  readonly declaration = this.RULE(
    "declaration",
    (): Declaration =>
      this.OR<Declaration>({
        DEF: [
          { ALT: () => this.SUBRULE(this.importDeclaration) },
          { ALT: () => this.SUBRULE(this.constDeclaration) },
          { ALT: () => this.SUBRULE(this.enumDeclaration) },
          { ALT: () => this.SUBRULE(this.checksumDeclaration) },
          { ALT: () => this.SUBRULE(this.protocolDeclaration) },
          { ALT: () => this.SUBRULE(this.routerDeclaration) },
          { ALT: () => this.SUBRULE(this.testDeclaration) },
        ],
        ERR_MSG: "a declaration",
      }),
  );

  readonly importDeclaration = this.RULE("importDeclaration", (): ImportDeclaration => {
    const first = this.CONSUME(Word.import);
    const path = this.SUBRULE(this.textLiteral);
    this.semicolon(0, "the import");
    return { kind: "import", docs: this.docsFrom(first), path, span: this.spanFrom(first) };
  });

  readonly constDeclaration = this.RULE("constDeclaration", (): ConstDeclaration => {
    const first = this.CONSUME(Word.const);
    const name = this.toName(this.CONSUME(Identifier));
    this.CONSUME(Mark.assign);
    const value = this.SUBRULE(this.sum);
    this.semicolon(0, `the constant '${name.text}'`);
    return { kind: "const", docs: this.docsFrom(first), name, value, span: this.spanFrom(first) };
  });

  /** `enum Command { bind = 1; unbind = 6; }` */
  readonly enumDeclaration = this.RULE("enumDeclaration", (): EnumDeclaration => {
    const first = this.CONSUME(Word.enum);
    const name = this.toName(this.CONSUME(Identifier));
    const members = this.braced(0, this.enumMember);
    const span = this.spanFrom(first);
    if (this.isEmptyPair()) this.complain("emptyList", span, { what: "enum" });
    return { kind: "enum", docs: this.docsFrom(first), name, members, span };
  });

  readonly enumMember = this.RULE("enumMember", (): EnumMember => {
    const first = this.CONSUME(Identifier);
    this.CONSUME(Mark.assign);
    const value = this.SUBRULE(this.sum);
    this.semicolon(0, `the member '${first.image}'`);
    const name = this.toName(first);
    return { docs: this.docsFrom(first), name, value, span: this.spanFrom(first) };
  });

  /** `checksum acme { width 16; poly 0x8005; init 0xFFFF; reflect in; reflect out; xorout 0; }` */
  readonly checksumDeclaration = this.RULE("checksumDeclaration", (): ChecksumDeclaration => {
    const first = this.CONSUME(Word.checksum);
    const name = this.toName(this.CONSUME(Identifier));
    const parameters = this.braced(0, this.checksumParameter);
    const docs = this.docsFrom(first);
    return { kind: "checksum", docs, name, parameters, span: this.spanFrom(first) };
  });

  readonly checksumParameter = this.RULE("checksumParameter", (): ChecksumParameter => {
    const first = this.LA(1);
    return this.OR<ChecksumParameter>({
      DEF: [
        {
          ALT: () => {
            const token = this.OR2([
              { ALT: () => this.CONSUME(Word.width) },
              { ALT: () => this.CONSUME(Word.poly) },
              { ALT: () => this.CONSUME(Word.init) },
              { ALT: () => this.CONSUME(Word.xorout) },
            ]);
            const name = wordOf(["width", "poly", "init", "xorout"], token);
            const value = this.SUBRULE(this.numberLiteral);
            this.semicolon(0, `the parameter '${name}'`);
            return { kind: "number", name, value, span: this.spanFrom(first) };
          },
        },
        {
          ALT: () => {
            this.CONSUME(Word.reflect);
            const token = this.OR3({
              DEF: [
                { ALT: () => this.CONSUME(Reserved.in) },
                { ALT: () => this.CONSUME(Word.out) },
              ],
              ERR_MSG: "in or out",
            });
            this.semicolon(1, "reflect");
            const what = token.tokenType === Word.out ? "out" : "in";
            return { kind: "reflect", what, span: this.spanFrom(first) };
          },
        },
      ],
      ERR_MSG: "a parameter",
    });
  });
}
