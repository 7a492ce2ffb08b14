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
  #epoch = 0;
  #lastSlot = 0;

  get(slot: number): KeptPlan | undefined {
    return this.#plans.get(slot);
  }

  /** The number that rows know a plan by; undefined for one that was not made ready. */
  slotOf(plan: ListenerPlan): number | undefined {
    return this.#slots.get(plan);
  }

  /**
   * Makes an epoch of `plans`. Earlier ones that `isUsed` does not hold are gone.
   * @throws Error where a plan cannot be shipped
   */
  ship(plans: readonly ListenerPlan[], isUsed: (slot: number) => boolean): ShippedEpoch {
    const pools = poolsOf(plans);
    const keep = this.#forgetUnused(isUsed);
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

  #usageWord(pool: string, identity: string): number {
    const key = `${pool} ${identity}`;
    const known = this.#usageWords.get(key);
    if (known !== undefined) return known.word;
    const word = this.#usageWords.size % USAGE_MAX;
    this.#usageWords.set(key, { pool, identity, word });
    return word;
  }
}
