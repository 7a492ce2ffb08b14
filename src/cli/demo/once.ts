// `waybill demo --once`: a fixed set of connections, each checked to have been answered by whom the rules say.

import { tableLines } from "../table.ts";
import { call } from "./call.ts";
import type { ConnectionLine } from "./records.ts";
import { openStage } from "./stage.ts";
import { type Visit, visits } from "./visits.ts";

/** What became of one visit. */
interface Outcome {
  readonly visit: Visit;
  /** Who answered; empty: it was closed without an answer. */
  readonly answer: string;
  /** What the router logged of it. */
  readonly line: ConnectionLine | undefined;
}

export interface OnceResult {
  readonly text: string;
  readonly hasFailed: boolean;
}

/** Routes everyone once, one after another. */
export async function routeOnce(): Promise<OnceResult> {
  const lines: ConnectionLine[] = [];
  const stage = await openStage((line) => lines.push(line));
  const answers: string[] = [];
  try {
    for (const { listener, pieces } of visits)
      answers.push(await call(stage.portOf(listener), pieces));
  } finally {
    await stage.close();
  }
  // By what was found in the bytes: workers of the router log apart from each other, in no order.
  const outcomes = visits.map((visit, index) => ({
    visit,
    answer: answers[index] ?? "",
    line: lines.find(({ listener, key }) => listener === visit.listener && key === visit.key),
  }));
  const failed = outcomes.filter((outcome) => !isRight(outcome));
  const text = [...tableOf(outcomes), "", summaryOf(outcomes.length, failed)].join("\n");
  return { text: `${text}\n`, hasFailed: failed.length > 0 };
}

function isRight({ visit, answer }: Outcome): boolean {
  return answer === (visit.expected ?? "");
}

function tableOf(outcomes: readonly Outcome[]): readonly string[] {
  const head = ["listener", "key", "went to", "rule", ""];
  const rows = outcomes.map((outcome) => {
    const { visit, answer, line } = outcome;
    const wrong = isRight(outcome) ? "" : `WRONG: expected ${visit.expected ?? "a refusal"}`;
    return [
      visit.listener,
      visit.key,
      answer === "" ? "refused" : answer,
      line === undefined || line.rule === "" ? (line?.reason ?? "") : line.rule,
      [visit.note, wrong].filter((part) => part !== "").join("; "),
    ];
  });
  return tableLines([head, ...rows], ["left", "left", "left", "left", "left"]);
}

function summaryOf(total: number, failed: readonly Outcome[]): string {
  if (failed.length === 0) return `all ${total} connections went where the rules say`;
  return `${failed.length} of ${total} connections went elsewhere than the rules say`;
}
