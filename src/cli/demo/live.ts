// `waybill demo` as it runs: callers come one after another, the tally is shown as it grows, a rule is edited on the way.

import { setTimeout as delay } from "node:timers/promises";
import { painter, usesColour } from "../colour.ts";
import { counted } from "../counted.ts";
import type { Terminal } from "../terminal.ts";
import { call } from "./call.ts";
import type { ConnectionLine } from "./records.ts";
import { Screen } from "./screen.ts";
import { openStage, type Stage } from "./stage.ts";
import { addToTally, createTally, type Tally, tallyLines } from "./tally.ts";
import { type Visit, visits } from "./visits.ts";

/** Callers, and the time between two of them: about twenty seconds. */
const CALLS = 160;
const CALL_EVERY_MS = 125;

/** Callers that may be under way at a time. */
const CALLS_AT_ONCE = 16;

/** Shows the demo until every caller was there, or the user interrupts. */
export async function runLive(terminal: Terminal): Promise<void> {
  const interrupt = terminal.untilInterrupted();
  const tally = createTally();
  const { out } = terminal;
  const paint = painter(usesColour(out, terminal.environment));
  const screen = out.isTerminal ? new Screen(out, paint) : undefined;
  const show = () => screen?.draw(tallyLines(tally));
  const stage = await openStage((line) => {
    addToTally(tally, line);
    if (screen === undefined) out.write(`${lineOf(line)}\n`);
    else show();
  });
  const note = (text: string) => {
    tally.note = text;
    if (screen === undefined) out.write(`${text}\n`);
    else show();
  };
  note(
    `listening: stations (Star) on ${placeOf(stage, "stations")}, clients (MQTT) on ${placeOf(stage, "clients")}`,
  );
  try {
    await letEveryoneCall(stage, interrupt, note);
  } finally {
    await stage.close();
    screen?.close();
  }
  out.write(`${summaryOf(tally)}\n`);
}

async function letEveryoneCall(
  stage: Stage,
  interrupt: AbortSignal,
  note: (text: string) => void,
): Promise<void> {
  const under = new Set<Promise<unknown>>();
  for (let index = 0; index < CALLS && !interrupt.aborted; index += 1) {
    if (index === CALLS / 2) {
      await stage.editRule("east");
      note('edited and reloaded, no connection lost: when station like "B*" -> east');
    }
    const { listener, pieces } = visitAt(index);
    const calling = call(stage.portOf(listener), pieces);
    under.add(calling);
    void calling.finally(() => under.delete(calling));
    if (under.size >= CALLS_AT_ONCE) await Promise.race(under);
    await delay(CALL_EVERY_MS, undefined, { signal: interrupt }).catch(() => undefined);
  }
  await Promise.all(under);
}

/** Everyone in turn; seven is prime to their number, so that neighbours differ. */
function visitAt(index: number): Visit {
  const visit = visits[(index * 7) % visits.length] ?? visits[0];
  if (visit === undefined) throw new Error("internal error: the demo has no callers");
  return visit;
}

function placeOf(stage: Stage, listener: Visit["listener"]): string {
  return `127.0.0.1:${stage.portOf(listener)}`;
}

/** A connection on a line of its own, where there is no screen. */
function lineOf({ listener, key, rule, backend, reason }: ConnectionLine): string {
  const went = backend === "" ? `refused (${reason})` : backend;
  return `${listener}  ${key === "" ? "-" : key}  ->  ${went}  ${rule}`.trimEnd();
}

function summaryOf({ backends, refused }: Tally): string {
  const parts = [...backends].map(([name, { connections }]) => `${name} ${connections}`);
  const total = [...backends.values()].reduce((sum, { connections }) => sum + connections, refused);
  return `${counted(total, "connection")}: ${parts.join(", ")}, refused ${refused}`;
}
