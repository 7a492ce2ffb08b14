// What routers and pools must be to each other: every pool a rule names exists, every pool is named by
// someone, and a pool that is sent keys makes use of them.

import {
  type Collector,
  report,
  type SourceFile,
  type Span,
  suggest,
} from "../../compiler/index.ts";
import type { Configuration, ListenerConfiguration } from "../config/configuration.ts";
import { locate } from "../config/locate.ts";
import type { YamlValue } from "../config/yaml-tree.ts";
import type { RouterProgram } from "../routing/program.ts";

/** A listener with its program. */
export interface ListenerRouter {
  readonly listener: ListenerConfiguration;
  /** Among the listeners of the configuration. */
  readonly index: number;
  readonly program: RouterProgram;
  /** The file that declares the router, as numbered in the joined report; undefined for a module. */
  readonly source: SourceFile | undefined;
  /** Bytes held for one undecided connection at most. */
  readonly holdMax: number;
}

/** @param routers of all listeners that have one; where some are missing, unused pools are not spoken of */
export function checkRouters(
  configuration: Configuration,
  routers: readonly ListenerRouter[],
  root: YamlValue,
  collector: Collector,
): void {
  const pools = new Map(configuration.pools.map((pool) => [pool.name, pool]));
  const used = new Set<string>();
  const told = new Set<string>();
  for (const router of routers) {
    const { span } = locate(root, ["listeners", router.index, "router"]);
    for (const outcome of router.program.routes.outcomes) {
      if (outcome.kind !== "pool") continue;
      used.add(outcome.pool);
      const name = router.program.router;
      const once = `${name} ${router.listener.router.path} ${outcome.pool}`;
      if (told.has(once)) continue;
      const pool = pools.get(outcome.pool);
      if (pool === undefined) {
        told.add(once);
        reportUnknown(router, outcome.pool, outcome.rule.line, span, [...pools.keys()], collector);
      } else if (pool.balance === "round-robin" && outcome.by >= 0 && router.source !== undefined) {
        told.add(once);
        const place = locate(root, ["pools", pool.name, "balance"]).span;
        const related = relatedRule(router, outcome.rule.line, "the key is named here");
        report(collector, "poolIgnoresKey", place, { router: name, pool: pool.name }, related);
      }
    }
  }
  if (routers.length === configuration.listeners.length) {
    reportUnused(configuration, used, root, collector);
  }
}

function reportUnknown(
  router: ListenerRouter,
  pool: string,
  line: number,
  span: Span,
  known: readonly string[],
  collector: Collector,
): void {
  // A module's pool is named by its listener, and was looked at there.
  if (router.source === undefined) return;
  const meant = suggest(pool, known);
  const args = { router: router.program.router, pool, known };
  const related = relatedRule(router, line, "this rule names it");
  report(
    collector,
    "routedPoolUnknown",
    span,
    meant === undefined ? args : { ...args, meant },
    related,
  );
}

function reportUnused(
  { pools }: Configuration,
  used: Set<string>,
  root: YamlValue,
  collector: Collector,
): void {
  for (const { fallback } of pools) if (fallback !== undefined) used.add(fallback);
  for (const { name } of pools) {
    if (used.has(name)) continue;
    report(collector, "poolUnused", locate(root, ["pools", name]).keySpan, { pool: name });
  }
}

function relatedRule({ source }: ListenerRouter, line: number, message: string) {
  const span = source === undefined ? undefined : lineSpan(source, line);
  return span === undefined ? [] : [{ message, span }];
}

/** What stands in a line (from 1), without the white space around it. */
function lineSpan(source: SourceFile, line: number): Span | undefined {
  const start = source.lineStarts[line - 1];
  if (start === undefined) return undefined;
  const text = source.text.slice(start, source.lineStarts[line] ?? source.text.length);
  const from = start + (text.length - text.trimStart().length);
  return { file: source.number, start: from, end: from + text.trim().length };
}
