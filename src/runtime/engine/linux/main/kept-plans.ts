// The plans that main keeps for as long as a listener serves them or a row names them, and what was shipped of them: names for
// records, and everything a worker's successor has to be told. Knows no thread.

import type { Pool } from "../../../pool/pool.ts";
import type { ListenerPlan } from "../../../routing/listener-plan.ts";
import type { ShippedEpoch } from "../worker/messages.ts";
import { USAGE_MAX } from "../worker/shared-usage.ts";
import type { KeptPlan } from "./intake.ts";
import { poolsOf, shipPlan, shipPool } from "./ship.ts";

interface UsageWord {
  readonly pool: string;
  readonly identity: string;
  readonly word: number;
}

export class KeptPlans {
  readonly #plans = new Map<number, KeptPlan>();
  readonly #slots = new WeakMap<ListenerPlan, number>();
  readonly #usageWords = new Map<string, UsageWord>();
  /** What was shipped for plans that are still in use, by epoch. */
  readonly #shipped = new Map<number, ShippedEpoch>();
  readonly #isIdle: (word: number) => boolean;
  readonly #freeWords: number[] = [];
  #words = 0;
  #epoch = 0;
  #lastSlot = 0;

  /** @param isIdle whether nobody is counted by a word */
  constructor(isIdle: (word: number) => boolean) {
    this.#isIdle = isIdle;
  }

  get(slot: number): KeptPlan | undefined {
    return this.#plans.get(slot);
  }

  /** The number that rows know a plan by; undefined for one that was not made ready. */
  slotOf(plan: ListenerPlan): number | undefined {
    return this.#slots.get(plan);
  }

  /**
   * Makes an epoch of `plans`. Earlier ones that `isUsed` does not hold are gone, and the words of their backends may be others'.
   * @throws Error where a plan cannot be shipped
   */
  ship(plans: readonly ListenerPlan[], isUsed: (slot: number) => boolean): ShippedEpoch {
    const pools = poolsOf(plans);
    const keep = this.#forgetUnused(isUsed);
    this.#forgetBackends(pools);
    const slots = plans.map(() => {
      this.#lastSlot += 1;
      return this.#lastSlot;
    });
    this.#epoch += 1;
    const epoch: ShippedEpoch = {
      epoch: this.#epoch,
      pools: pools.map((pool) => shipPool(pool, (...of) => this.#usageWord(...of))),
      plans: plans.map((plan, index) => shipPlan(plan, slots[index] ?? 0, pools)),
      keep,
    };
    this.#shipped.set(this.#epoch, epoch);
    for (const [index, plan] of plans.entries()) this.#keep(plan, slots[index] ?? 0, pools);
    return epoch;
  }

  /** Everything that is still in use, oldest first: what a worker's successor is told. */
  shipped(): readonly ShippedEpoch[] {
    const keep = [...this.#plans.keys()];
    return [...this.#shipped.values()].map((epoch) => ({ ...epoch, keep }));
  }

  /** Every backend that has a word, by `pool` and its identity. */
  usageWords(take: (pool: string, identity: string, word: number) => void): void {
    for (const { pool, identity, word } of this.#usageWords.values()) take(pool, identity, word);
  }

  #keep(plan: ListenerPlan, slot: number, pools: readonly Pool[]): void {
    this.#plans.set(slot, { plan, pools, epoch: this.#epoch });
    this.#slots.set(plan, slot);
  }

  /** @returns those that stay */
  #forgetUnused(isUsed: (slot: number) => boolean): readonly number[] {
    // Who has answered for one epoch may still accept under the one before it.
    const since = this.#epoch - 1;
    for (const [slot, { epoch }] of this.#plans) {
      if (epoch < since && !isUsed(slot)) this.#plans.delete(slot);
    }
    for (const [epoch, { plans }] of this.#shipped) {
      if (!plans.some(({ slot }) => this.#plans.has(slot))) this.#shipped.delete(epoch);
    }
    return [...this.#plans.keys()];
  }

  /** Those of no plan that is kept, nor of `pools`. */
  #forgetBackends(pools: readonly Pool[]): void {
    const named = new Set<string>();
    const lists = new Set([pools, ...[...this.#plans.values()].map((kept) => kept.pools)]);
    for (const list of lists) {
      for (const { name, backends } of list) {
        for (const { identity } of backends) named.add(keyOf(name, identity));
      }
    }
    for (const [key, { word }] of this.#usageWords) {
      if (named.has(key) || !this.#isIdle(word)) continue;
      this.#usageWords.delete(key);
      this.#freeWords.push(word);
    }
  }

  #usageWord(pool: string, identity: string): number {
    const key = keyOf(pool, identity);
    const known = this.#usageWords.get(key);
    if (known !== undefined) return known.word;
    const word = this.#freeWords.pop() ?? this.#words++ % USAGE_MAX;
    this.#usageWords.set(key, { pool, identity, word });
    return word;
  }
}

function keyOf(pool: string, identity: string): string {
  return `${pool} ${identity}`;
}
