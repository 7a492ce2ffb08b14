// What every rule of the grammar stands on: the file at hand, places in it, and findings about it. Knows no rule, and not
// how the parser goes on after an error.

import { EmbeddedActionsParser, EOF } from "chevrotain";
import type { ArgumentsOf, CatalogKey } from "../../diagnostics/catalog.ts";
import { type Collector, report } from "../../diagnostics/collector.ts";
import type { SourceFile } from "../../source/source-file.ts";
import type { Span } from "../../source/span.ts";
import type { DocIndex } from "../docs.ts";
import type { Token } from "../lexer.ts";
import { VOCABULARY } from "../tokens.ts";
import { expectationProvider } from "./expectations.ts";

/** After so many errors the rest of the file is not parsed. */
export const MAX_SYNTAX_ERRORS = 100;

/** What one run of the parser works on. */
export interface ParseContext {
  readonly file: SourceFile;
  readonly collector: Collector;
  readonly docs: DocIndex;
}

const NO_CONTEXT: ParseContext = {
  file: { number: 0, path: "", text: "", lineStarts: [0] },
  collector: { found: [], counts: { error: 0, warning: 0 } },
  docs: { before: new Map(), after: new Map() },
};

export abstract class ReportingParser extends EmbeddedActionsParser {
  protected context: ParseContext = NO_CONTEXT;
  /** Statements that are open around the current one. */
  protected depth = 0;
  /** Place of the last error that stopped a rule: one place gives one such error. */
  protected errorAt = -1;
  #errors = 0;

  constructor(isChecked: boolean) {
    super([...VOCABULARY], {
      recoveryEnabled: false,
      maxLookahead: 1,
      errorMessageProvider: expectationProvider,
      skipValidations: !isChecked,
    });
  }

  /** Forgets the last file and takes up another. */
  protected begin(context: ParseContext, tokens: Token[]): void {
    this.input = tokens;
    this.context = context;
    this.errorAt = -1;
    this.#errors = 0;
    this.depth = 0;
  }

  /** Lets go of the file, which may be large: the parser outlives it. */
  protected finish(): void {
    this.begin(NO_CONTEXT, []);
  }

  protected spanOf(token: Token): Span {
    const start = token.startOffset;
    return { file: this.context.file.number, start, end: (token.endOffset ?? start) + 1 };
  }

  /** From the start of `first` to the end of the last token that was consumed. */
  protected spanFrom(first: { readonly startOffset: number }): Span {
    return { file: this.context.file.number, start: first.startOffset, end: this.lastEnd() };
  }

  /** Where the last token that was consumed ends. */
  protected lastEnd(): number {
    const last = this.LA(0);
    return last.tokenType === EOF ? 0 : (last.endOffset ?? last.startOffset) + 1;
  }

  /** Documentation of the node between `first` and the last token that was consumed. */
  protected docsFrom(first: { readonly startOffset: number }): readonly string[] {
    const { before, after } = this.context.docs;
    const above = before.get(first.startOffset) ?? [];
    const behind = after.get(this.lastEnd()) ?? [];
    return behind.length === 0 ? above : [...above, ...behind];
  }

  /** Reports a finding that does not stop the parser. */
  protected complain<Key extends CatalogKey>(key: Key, span: Span, args: ArgumentsOf<Key>): void {
    if (this.RECORDING_PHASE) return;
    report(this.context.collector, key, span, args);
    this.#countError();
  }

  #countError(): void {
    this.#errors += 1;
    if (this.#errors >= MAX_SYNTAX_ERRORS) this.abandon();
  }

  /** Parses no further, and says nothing more. */
  protected abandon(): void {
    while (this.LA(1).tokenType !== EOF) this.SKIP_TOKEN();
    this.errorAt = this.context.file.text.length;
  }

  /** Reports why a rule stopped at the offset `at`, unless that was said of the same place. */
  protected complainOnce<Key extends CatalogKey>(
    at: number,
    key: Key,
    span: Span,
    args: ArgumentsOf<Key>,
  ): void {
    if (at === this.errorAt) return;
    this.errorAt = at;
    report(this.context.collector, key, span, args);
    this.#countError();
  }
}
