// What the checks of a router share: what they may ask, and what they have gathered so far. No check itself.

import { printable } from "../../base/printable.ts";
import type { Collector } from "../diagnostics/collector.ts";
import type { SourceFile } from "../source/source-file.ts";
import type { Span } from "../source/span.ts";
import type { Expression } from "../syntax/ast.ts";
import type { AddressBlock } from "./address-block.ts";
import type { PoolMention, RouteKey } from "./checked-router.ts";
import type { ReadListFile } from "./list-file.ts";
import type { ListValues, MapGroup } from "./list-values.ts";
import type { RouteOutcome } from "./outcome.ts";

/** What `checkRouter` needs from its caller. */
export interface RouterContext {
  /** The keys of the router's protocol, in the order of their words. */
  readonly keys: readonly RouteKey[];
  /** The value of an expression of literals, constants and enum members; `undefined`: it has none. Does not report. */
  readonly constantOf: (expression: Expression) => bigint | Uint8Array | undefined;
  readonly readFile: ReadListFile;
  /** The description that holds the router. */
  readonly source: SourceFile;
  readonly collector: Collector;
}

/** The context and what checking gathers. */
export interface RouterCheck extends RouterContext {
  readonly protocol: string;
  readonly outcomes: RouteOutcome[];
  readonly pools: Map<string, PoolMention>;
  readonly files: Set<string>;
  /** Lists read so far: rules that name one file for keys of one kind share its entries. */
  readonly lists: ReadLists;
}

/** Lists by file and kind of key; `undefined` where the file could not be read. */
interface ReadLists {
  readonly keys: Map<string, ListValues | undefined>;
  readonly addresses: Map<string, readonly AddressBlock[] | undefined>;
  readonly maps: Map<string, readonly MapGroup[] | undefined>;
}

/** What the author wrote there, white space folded, fit for a message. */
export function writtenAt(check: RouterCheck, span: Span): string {
  return printable(check.source.text.slice(span.start, span.end).replace(/\s+/g, " "), 60);
}

/** Notes that a pool is named, for whoever knows which pools there are. */
export function mentionPool(check: RouterCheck, mention: PoolMention): void {
  if (!check.pools.has(mention.pool)) check.pools.set(mention.pool, mention);
}
