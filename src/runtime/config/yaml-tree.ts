// YAML as a tree of plain values that remember where they stand. Bounded whatever the file holds; knows
// nothing of listeners and pools.

import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, type Node, Parser } from "yaml";
import { type Collector, report, type Span } from "../../compiler/index.ts";
import { yamlFault } from "./yaml-error.ts";

/** Longest configuration, in UTF-16 code units. */
export const YAML_LENGTH_MAX = 1024 * 1024;
/** Deepest nesting: the composer is recursive. */
const YAML_DEPTH_MAX = 32;
/** Lexical tokens of one file: some texts of few characters take the composer seconds. */
const TOKENS_MAX = 250_000;
/** Values in the tree once aliases are unfolded. */
const VALUES_MAX = 100_000;

export type YamlValue =
  | { readonly kind: "scalar"; readonly span: Span; readonly value: unknown }
  | { readonly kind: "list"; readonly span: Span; readonly items: readonly YamlValue[] }
  | {
      readonly kind: "map";
      readonly span: Span;
      readonly entries: ReadonlyMap<string, YamlEntry>;
    };

interface YamlEntry {
  readonly keySpan: Span;
  readonly value: YamlValue;
}

/** @returns the tree; `undefined` where the text is not YAML or beyond a bound, and the collector says so */
export function parseYaml(text: string, file: number, collector: Collector): YamlValue | undefined {
  if (text.length > YAML_LENGTH_MAX) {
    const what = `${text.length} characters`;
    const limit = `${YAML_LENGTH_MAX}`;
    report(collector, "yamlTooLarge", { file, start: 0, end: 0 }, { what, limit });
    return undefined;
  }
  const root = compose(text, file, collector);
  if (root === undefined) return undefined;
  const reader: Reader = {
    file,
    text,
    collector,
    anchors: new Map(),
    open: new Set(),
    left: VALUES_MAX,
  };
  return readNode(root, reader);
}

/** Reads tokens one by one, so that what is too deep or too long is refused before anything recurses over it. */
function compose(text: string, file: number, collector: Collector): Node | undefined {
  const parser = new Parser();
  let count = 0;
  let tooLarge: { what: string; limit: string } | undefined;
  function* tokens() {
    for (const lexeme of new Lexer().lex(text)) {
      yield* parser.next(lexeme);
      count += 1;
      // A level of nesting takes at most two entries of the parser's stack.
      if (parser.stack.length > 2 * YAML_DEPTH_MAX) {
        tooLarge = { what: "values nested too deep", limit: `${YAML_DEPTH_MAX} levels` };
      } else if (count > TOKENS_MAX) {
        tooLarge = { what: "too many words and signs", limit: `${TOKENS_MAX}` };
      }
      if (tooLarge !== undefined) return;
    }
    yield* parser.end();
  }
  // Repeated keys are found below: the composer compares each key with all before it.
  const composer = new Composer({ prettyErrors: false, stringKeys: true, uniqueKeys: false });
  const [document, second] = [...composer.compose(tokens(), true, text.length)];
  if (tooLarge !== undefined) {
    report(collector, "yamlTooLarge", spanAt(file, parser.offset, text), tooLarge);
    return undefined;
  }
  const [error] = document?.errors ?? [];
  if (document !== undefined && error !== undefined) {
    const { start, end, reason, mend } = yamlFault(error, document, text);
    report(collector, "yamlSyntax", { file, start, end }, { reason, mend });
    return undefined;
  }
  if (second !== undefined) {
    report(collector, "yamlManyDocuments", spanAt(file, second.range[0], text), {});
    return undefined;
  }
  const contents = document?.contents;
  if (
    contents === null ||
    contents === undefined ||
    (isScalar(contents) && contents.value === null)
  ) {
    report(collector, "configurationEmpty", { file, start: 0, end: 0 }, {});
    return undefined;
  }
  return contents;
}

interface Reader {
  readonly file: number;
  readonly text: string;
  readonly collector: Collector;
  readonly anchors: Map<string, Node>;
  /** Anchored nodes being read: an alias to one of them would never end. */
  readonly open: Set<Node>;
  left: number;
}

/** @param around where a value stands that was left out */
function readNode(node: Node | null, reader: Reader, around?: Span): YamlValue | undefined {
  const own = node === null ? undefined : spanOf(node, reader);
  const span = own === undefined || own.start === own.end ? (around ?? own) : own;
  if (span === undefined) return undefined;
  reader.left -= 1;
  if (reader.left === 0) {
    const what = "too many values once aliases are unfolded";
    report(reader.collector, "yamlTooLarge", span, { what, limit: `${VALUES_MAX}` });
  }
  if (reader.left <= 0) return undefined;
  if (node === null) return { kind: "scalar", span, value: null };
  if (isAlias(node)) return readAlias(node.source, span, reader);
  if ("anchor" in node && typeof node.anchor === "string") reader.anchors.set(node.anchor, node);
  if (isScalar(node)) return { kind: "scalar", span, value: node.value };
  reader.open.add(node);
  const value = readCollection(node, span, reader);
  reader.open.delete(node);
  return value;
}

function readCollection(node: Node, span: Span, reader: Reader): YamlValue | undefined {
  if (isSeq(node)) {
    const items = node.items.map((item) => readNode(item as Node, reader));
    return { kind: "list", span, items: items.filter((item) => item !== undefined) };
  }
  if (!isMap(node)) return undefined;
  const entries = new Map<string, YamlEntry>();
  for (const pair of node.items) {
    const key = pair.key as Node;
    const name = isScalar(key) ? String(key.value) : "";
    const keySpan = spanOf(key, reader);
    const earlier = entries.get(name);
    if (earlier !== undefined) {
      const related = [{ message: "it stands here already", span: earlier.keySpan }];
      report(reader.collector, "repeatedSetting", keySpan, { key: name }, related);
      continue;
    }
    const value = readNode(pair.value as Node, reader, keySpan);
    if (value !== undefined) entries.set(name, { keySpan, value });
  }
  return { kind: "map", span, entries };
}

/** The values an alias stands for, at their own place. */
function readAlias(name: string, span: Span, reader: Reader): YamlValue | undefined {
  const target = reader.anchors.get(name);
  if (target === undefined || reader.open.has(target)) {
    const reason = target === undefined ? `there is no anchor &${name} before` : "it holds itself";
    report(reader.collector, "yamlSyntax", span, { reason });
    return undefined;
  }
  return readNode(target, reader);
}

function spanOf(node: Node, { file, text }: Reader): Span {
  const [start, end] = node.range ?? [0, 0];
  return { file, start, end: start + text.slice(start, end).trimEnd().length };
}

function spanAt(file: number, offset: number, text: string): Span {
  const start = Math.min(offset, Math.max(0, text.length - 1));
  return { file, start, end: Math.min(text.length, start + 1) };
}
