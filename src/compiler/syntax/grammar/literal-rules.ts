// Names, paths and literals of the grammar.

import type { TokenType } from "chevrotain";
import type { BytesLiteral, FieldPath, Literal, Name, NumberLiteral } from "../ast.ts";
import type { Token } from "../lexer.ts";
import { type DecodedBytes, decodeHex, decodeNumber, decodeText } from "../literals.ts";
import { HexLiteral, Identifier, Mark, NumberToken, TextLiteral } from "../tokens.ts";
import { RecoveringParser } from "./recovering-parser.ts";

export abstract class LiteralRules extends RecoveringParser {
  protected toName(token: Token): Name {
    return { text: token.image, span: this.spanOf(token) };
  }

  /** Whether the next tokens are of these kinds. */
  protected isNext(first: TokenType, second: TokenType): boolean {
    return this.LA(1).tokenType === first && this.LA(2).tokenType === second;
  }

  /** Whether the token `distance` ahead can be a name. */
  protected isNameAt(distance: number): boolean {
    const type = this.LA(distance).tokenType;
    return type === Identifier || (type.CATEGORIES ?? []).includes(Identifier);
  }

  /** Whether the token `distance` ahead is a text or bytes. */
  protected isBytesAt(distance: number): boolean {
    const type = this.LA(distance).tokenType;
    return type === TextLiteral || type === HexLiteral;
  }

  /** `a.b.c` */
  readonly path = this.RULE("path", (): FieldPath => {
    const first = this.CONSUME(Identifier);
    const parts = [this.toName(first)];
    this.MANY(() => {
      this.CONSUME(Mark.dot);
      parts.push(this.toName(this.CONSUME2(Identifier)));
    });
    return { kind: "path", parts, span: this.spanFrom(first) };
  });

  readonly textLiteral = this.RULE("textLiteral", (): BytesLiteral => {
    const token = this.CONSUME(TextLiteral);
    const bytes = this.#checked(token, decodeText(token.image), "badEscape");
    return { kind: "bytes", bytes, quoted: "text", span: this.spanOf(token) };
  });

  /** `"abc"` or `x"0D 0A"` */
  readonly bytesLiteral = this.RULE(
    "bytesLiteral",
    (): BytesLiteral =>
      this.OR({
        DEF: [
          { ALT: () => this.SUBRULE(this.textLiteral) },
          {
            ALT: (): BytesLiteral => {
              const token = this.CONSUME(HexLiteral);
              const bytes = this.#checked(token, decodeHex(token.image), "badHexBytes");
              return { kind: "bytes", bytes, quoted: "hex", span: this.spanOf(token) };
            },
          },
        ],
        ERR_MSG: "a text or bytes",
      }),
  );

  /** `12`, `-12`, `64KiB` */
  readonly numberLiteral = this.RULE("numberLiteral", (): NumberLiteral => {
    const minus = this.OPTION(() => this.CONSUME(Mark.minus));
    const token = this.CONSUME(NumberToken);
    const span = minus === undefined ? this.spanOf(token) : this.spanFrom(minus);
    const decoded = this.#decoded(token);
    const value = minus === undefined ? decoded.value : -decoded.value;
    const source = minus === undefined ? token.image : `-${token.image}`;
    const { unit } = decoded;
    return { kind: "number", value, ...(unit === undefined ? {} : { unit }), source, span };
  });

  readonly literal = this.RULE(
    "literal",
    (): Literal =>
      this.OR<Literal>({
        DEF: [
          { ALT: () => this.SUBRULE(this.bytesLiteral) },
          { ALT: () => this.SUBRULE(this.numberLiteral) },
        ],
        ERR_MSG: "a number, a text or bytes",
      }),
  );

  /** The value of a number that is part of the notation; outside the range the nearer end of it. */
  protected smallNumber(token: Token, what: string, least: number, most: number): number {
    const { value } = this.#decoded(token);
    if (value >= BigInt(least) && value <= BigInt(most)) return Number(value);
    this.complain("numberOutOfRange", this.spanOf(token), { what, least, most });
    return value < BigInt(least) ? least : most;
  }

  #decoded(token: Token): { readonly value: bigint; readonly unit?: string } {
    const decoded = decodeNumber(token.image);
    const span = this.spanOf(token);
    if (decoded.kind === "value") return decoded;
    if (decoded.kind === "malformed") this.complain("badNumber", span, { number: token.image });
    else if (decoded.kind === "large") this.complain("numberTooLarge", span, {});
    else this.complain("unknownUnit", span, { unit: decoded.unit, nearest: decoded.nearest });
    return { value: 0n };
  }

  #checked(token: Token, decoded: DecodedBytes, key: "badEscape" | "badHexBytes"): Uint8Array {
    for (const { at, length, reason } of decoded.problems) {
      const start = token.startOffset + at;
      this.complain(key, { ...this.spanOf(token), start, end: start + length }, { reason });
    }
    return decoded.bytes;
  }
}
