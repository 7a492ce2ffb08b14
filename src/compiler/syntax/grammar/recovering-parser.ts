// How the parser goes on after an error: what it says, which missing marks it supposes, which tokens it skips. The
// grammar itself is in the classes that extend this one.

import { EOF, isRecognitionException, type ParserMethod } from "chevrotain";
import { suggest } from "../../diagnostics/suggest.ts";
import type { Token } from "../lexer.ts";
import {
  Identifier,
  isReservedWord,
  isTypeWord,
  Mark,
  Reserved,
  WORD_TOKENS,
  Word,
} from "../tokens.ts";
import { findUnclosedBrace } from "./braces.ts";
import { describeToken, helpFor, helpForWord, isItemPlace, leadingWords } from "./expectations.ts";
import { helpForForeignWord } from "./foreign-words.ts";
import { helpForHabit } from "./habits.ts";
import { ReportingParser } from "./reporting-parser.ts";

/** A rule of the grammar without parameters. */
export type Rule<Result> = ParserMethod<[], Result>;

const LEADERS = new Set(leadingWords().map((word) => WORD_TOKENS.get(word) ?? Identifier));

/** Words that begin a declaration: unindented they end every block that is still open. */
const DECLARATION_WORDS = new Set([
  Word.import,
  Word.const,
  Word.enum,
  Word.checksum,
  Word.protocol,
  Word.router,
  Word.test,
]);

export abstract class RecoveringParser extends ReportingParser {
  /** What the mark that is expected next would stand behind, in the reader's words. */
  #after: string | undefined;
  /** Words that could continue the statement where its end was expected. */
  #continuations: readonly string[] = [];

  // Lists of statements in braces

  /** Whether the braces that were just closed hold nothing at all. */
  protected isEmptyPair(): boolean {
    return this.LA(-1).tokenType === Mark.openBrace;
  }

  /** `{ item* }`; an item that does not parse is reported and left out. `index` is unique in the calling rule. */
  protected braced<Item>(index: number, item: Rule<Item>): readonly Item[] {
    this.consume(index, Mark.openBrace);
    const items = this.listUntilBrace(index, item);
    this.closeBrace(index);
    return items;
  }

  protected listUntilBrace<Item>(index: number, item: Rule<Item>): readonly Item[] {
    const items: Item[] = [];
    if (this.RECORDING_PHASE) {
      this.many(index, () => this.subrule(index, item));
      return items;
    }
    while (!this.#isListEnd()) this.#attempt(index, item, items);
    return items;
  }

  /** Until the end of the file; braces that close nothing are reported. */
  protected listUntilEnd<Item>(index: number, item: Rule<Item>): readonly Item[] {
    const items: Item[] = [];
    if (this.RECORDING_PHASE) {
      this.many(index, () => this.subrule(index, item));
      return items;
    }
    while (this.LA(1).tokenType !== EOF) {
      const next = this.LA(1);
      if (next.tokenType === Mark.closeBrace) {
        this.complainOnce(next.startOffset, "strayBrace", this.spanOf(next), {});
        this.SKIP_TOKEN();
      } else if (next.tokenType === Mark.semicolon) {
        this.SKIP_TOKEN();
      } else {
        this.#attempt(index, item, items);
      }
    }
    return items;
  }

  protected closeBrace(index: number): void {
    if (this.RECORDING_PHASE || this.LA(1).tokenType === Mark.closeBrace) {
      this.consume(index, Mark.closeBrace);
    } else {
      this.#complainUnclosed();
    }
  }

  #attempt<Item>(index: number, item: Rule<Item>, items: Item[]): void {
    const first = this.LA(1);
    // `};` is what many are used to.
    if (this.LA(1).tokenType === Mark.semicolon && this.LA(0).tokenType === Mark.closeBrace) {
      this.SKIP_TOKEN();
      return;
    }
    const { depth } = this;
    try {
      items.push(this.subrule(index, item));
    } catch (error) {
      if (!(error instanceof Error) || !isRecognitionException(error)) throw error;
      this.#diagnose(error.message);
      this.#resync(first);
      this.depth = depth;
    }
    if (this.LA(1) === first) this.SKIP_TOKEN();
  }

  #isListEnd(): boolean {
    const next = this.LA(1);
    return (
      next.tokenType === EOF ||
      next.tokenType === Mark.closeBrace ||
      this.#isUnindentedDeclaration()
    );
  }

  #isUnindentedDeclaration(): boolean {
    const next = this.LA(1);
    if (!DECLARATION_WORDS.has(next.tokenType)) return false;
    const before = this.context.file.text[next.startOffset - 1];
    return before === "\n" || before === "\r";
  }

  // Marks that may be missing

  /** `;`, supposed where the next statement plainly begins. `after`: what it ends, in the reader's words. */
  protected semicolon(index: number, after?: string, continuations: readonly string[] = []): void {
    if (!this.RECORDING_PHASE && this.LA(1).tokenType !== Mark.semicolon) {
      this.#after = after;
      this.#continuations = continuations;
      if (this.#isPlainlyNext()) {
        this.#complainMissing(";");
        return;
      }
    }
    this.consume(index, Mark.semicolon);
  }

  /** `]` or `)`: supposed where it is missing. */
  protected closing(index: number, type: typeof Mark.closeSquare, after?: string): void {
    const next = this.LA(1);
    if (this.RECORDING_PHASE || next.tokenType === type || next.tokenType === EOF) {
      this.consume(index, type);
      return;
    }
    this.#after = after;
    this.#complainMissing(type === Mark.closeSquare ? "]" : ")");
  }

  #isPlainlyNext(): boolean {
    const next = this.LA(1);
    if (next.tokenType === EOF) return false;
    if (next.tokenType === Mark.closeBrace || LEADERS.has(next.tokenType)) return true;
    return this.#isOnNewLine();
  }

  #isOnNewLine(): boolean {
    return /[\r\n]/.test(this.context.file.text.slice(this.lastEnd(), this.LA(1).startOffset));
  }

  #complainMissing(mark: string): void {
    // A text without its closing quote has swallowed the mark, and was reported.
    if (isUnterminated(this.LA(0))) return;
    const end = this.lastEnd();
    const span = { file: this.context.file.number, start: Math.max(0, end - 1), end };
    const after = this.#after ?? describeToken(this.LA(0));
    this.#after = undefined;
    const at = this.errorAt;
    this.complainOnce(this.LA(1).startOffset, "missingMark", span, { mark, after });
    // Where a statement was ended, the next one is looked at anew.
    if (mark === ";" && this.LA(1).tokenType !== EOF) this.errorAt = at;
  }

  // What to say

  #complainUnclosed(): void {
    const { file } = this.context;
    const next = this.LA(1);
    const at = next.tokenType === EOF ? file.text.length : next.startOffset;
    if (at === this.errorAt) return;
    const brace = findUnclosedBrace(this.input, file);
    if (brace !== undefined) this.complainOnce(at, "unclosedBrace", this.spanOf(brace), {});
  }

  #diagnose(expected: string): void {
    const next = this.LA(1);
    const after = this.#after;
    this.#after = undefined;
    if (next.tokenType === EOF) {
      this.#diagnoseEnd(expected);
    } else if (expected === Identifier.LABEL && isReservedWord(next.tokenType)) {
      this.complainOnce(next.startOffset, "reservedName", this.spanOf(next), { word: next.image });
    } else if (isItemPlace(expected) && WORD.test(next.image)) {
      const help =
        helpForForeignWord(expected, next.image) ??
        (this.#isNameFirst() ? TYPE_FIRST : helpForWord(expected, next.image));
      const args = { word: next.image, expected, help };
      this.complainOnce(next.startOffset, "unknownStatement", this.spanOf(next), args);
    } else {
      const args = {
        expected: after === undefined ? expected : `${expected} after ${after}`,
        found: describeToken(next),
        help: this.#helpAt(expected),
      };
      this.complainOnce(next.startOffset, "expected", this.spanOf(next), args);
    }
  }

  #diagnoseEnd(expected: string): void {
    const { file } = this.context;
    if (this.errorAt === file.text.length) return;
    if (findUnclosedBrace(this.input, file) !== undefined) {
      this.#complainUnclosed();
      return;
    }
    const end = this.lastEnd();
    const span = { file: file.number, start: Math.max(0, end - 1), end };
    const args = { expected, found: describeToken(undefined), help: helpFor(expected) };
    this.complainOnce(file.text.length, "expected", span, args);
  }

  #helpAt(expected: string): string {
    const next = this.LA(1);
    const habit = helpForHabit(expected, [this.LA(-1), this.LA(0), next, this.LA(2)]);
    if (habit !== undefined) return habit;
    if (expected !== Mark.semicolon.LABEL) return helpForWord(expected, next.image);
    const nearest = suggest(next.image, this.#continuations);
    if (nearest !== undefined) return `did you mean '${nearest}'?`;
    const isWord = WORD.test(next.image) && this.#continuations.length > 0;
    return isWord
      ? `end the statement with ;, or go on with one of: ${this.#continuations.join(", ")}`
      : "end the statement with ;";
  }

  /** `length u16;` or `length: u16;` */
  #isNameFirst(): boolean {
    const at = this.LA(2).tokenType === Mark.colon ? 3 : 2;
    return isTypeWord(this.LA(at).tokenType) && !isTypeWord(this.LA(1).tokenType);
  }

  // Which tokens to skip

  /** Skips what is left of the item that began with the token `first`. */
  #resync(first: Token): void {
    let depth = this.#openSince(first);
    while (this.LA(1).tokenType !== EOF && !this.#isUnindentedDeclaration()) {
      const next = this.LA(1);
      const type = next.tokenType;
      if (type === Mark.closeBrace && depth === 0) return;
      if (depth === 0 && next !== first && LEADERS.has(type) && this.#isOnNewLine()) return;
      this.SKIP_TOKEN();
      if (type === Mark.openBrace) depth += 1;
      if (type === Mark.closeBrace) depth -= 1;
      const isEnd = type === Mark.semicolon || type === Mark.closeBrace;
      if (isEnd && depth === 0 && this.LA(1).tokenType !== Reserved.else) return;
    }
  }

  /** Braces that were opened, and not closed, since the token `first`. */
  #openSince(first: Token): number {
    let depth = 0;
    for (let back = 0; ; back -= 1) {
      const token = this.LA(back);
      if (token.tokenType === EOF || token.startOffset < first.startOffset)
        return Math.max(0, depth);
      if (token.tokenType === Mark.openBrace) depth += 1;
      if (token.tokenType === Mark.closeBrace) depth -= 1;
    }
  }
}

function isUnterminated(token: Token): boolean {
  return token.image.length > (token.endOffset ?? 0) + 1 - token.startOffset;
}

const WORD = /^[A-Za-z_]/;
const TYPE_FIRST = "the type comes first, then the name: u16 length;";
