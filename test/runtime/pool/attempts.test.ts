import { describe, expect, test } from "vitest";
import { mix32 } from "../../../src/base/hash.ts";
import {
  type Attempts,
  beginAttempts,
  nextAttempt,
  RETRY_ALLOWANCE_MIN,
  releaseBackend,
  settleAttempt,
} from "../../../src/runtime/pool/attempts.ts";
import {
  buildPools,
  type Pool,
  type PoolSpec,
  pickBackend,
} from "../../../src/runtime/pool/pool.ts";

function spec(name: string, ports: readonly number[], rest: Partial<PoolSpec> = {}): PoolSpec {
  return {
    name,
    balance: "ring",
    backends: ports.map((port) => ({
      identity: `10.0.0.1:${port}`,
      host: "10.0.0.1",
      port,
      address: `10.0.0.1:${port}`,
      weight: 1,
    })),
    connect: { timeoutMs: 1000, tries: 3 },
    connectionsMax: 0,
    ...rest,
  };
}

function poolOf(specs: readonly PoolSpec[]): Pool {
  const [first] = buildPools(specs).values();
  if (first === undefined) throw new Error("no pool");
  return first;
}

/** Tries until nobody is left, every connect failing; the ports in order. */
function failAll(attempts: Attempts): number[] {
  const ports: number[] = [];
  for (;;) {
    const backend = nextAttempt(attempts);
    if (backend === undefined) return ports;
    ports.push(backend.port);
    settleAttempt(attempts, false);
  }
}

describe("attempts", () => {
  test("no address is tried twice, and only so many others", () => {
    const pool = poolOf([
      spec("main", [1, 2, 3, 4, 5, 6], { connect: { timeoutMs: 1, tries: 2 } }),
    ]);
    const ports = failAll(beginAttempts(pool, 77));
    expect(ports).toHaveLength(3);
    expect(new Set(ports).size).toBe(3);
    expect(pool.usage).toEqual({ connecting: 0, retrying: 0 });
    expect(pool.backends.map((backend) => backend.usage.connections)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("then comes the fallback, without the addresses tried before", () => {
    const specs = [
      spec("main", [1, 2], { fallback: "spare" }),
      spec("spare", [2, 9], { fallback: "last" }),
      spec("last", [7]),
    ];
    const ports = failAll(beginAttempts(poolOf(specs), 5));
    expect(ports.slice(0, 2).sort()).toEqual([1, 2]);
    expect(ports.slice(2)).toEqual([9, 7]);
  });

  test("a fallback has all its own tries, whatever was tried before", () => {
    const once = { timeoutMs: 1, tries: 1 };
    const specs = [
      spec("main", [1, 2], { connect: once, fallback: "spare" }),
      spec("spare", [7, 8, 9], { connect: once }),
    ];
    expect(failAll(beginAttempts(poolOf(specs), 5))).toHaveLength(4);
  });

  test("a pool without backends goes straight to its fallback", () => {
    const attempts = beginAttempts(
      poolOf([spec("main", [], { fallback: "spare" }), spec("spare", [9])]),
      5,
    );
    expect(nextAttempt(attempts)?.port).toBe(9);
    expect(attempts.pool.name).toBe("spare");
  });

  test("fallbacks in a circle end", () => {
    const specs = [spec("a", [], { fallback: "b" }), spec("b", [], { fallback: "a" })];
    expect(nextAttempt(beginAttempts(poolOf(specs), 5))).toBeUndefined();
  });

  test("retries beyond the budget are not made", () => {
    const pool = poolOf([spec("main", [1, 2, 3])]);
    const retrying = Array.from({ length: RETRY_ALLOWANCE_MIN + 1 }, () => {
      const attempts = beginAttempts(pool, 1);
      nextAttempt(attempts);
      settleAttempt(attempts, false);
      return nextAttempt(attempts);
    });
    expect(retrying.filter((backend) => backend !== undefined)).toHaveLength(RETRY_ALLOWANCE_MIN);
  });

  test("the budget grows with the connects in progress", () => {
    const pool = poolOf([spec("main", [1, 2, 3])]);
    for (let index = 0; index < 50; index++) nextAttempt(beginAttempts(pool, index));
    let made = 0;
    for (let index = 0; index < 50; index++) {
      const attempts = beginAttempts(pool, index);
      nextAttempt(attempts);
      settleAttempt(attempts, false);
      if (nextAttempt(attempts) !== undefined) made++;
    }
    expect(made).toBeGreaterThanOrEqual(10);
    expect(made).toBeLessThan(20);
  });

  test("a backend at its limit is passed over until a connection ends", () => {
    const pool = poolOf([spec("main", [1, 2], { connectionsMax: 1 })]);
    const open = [1, 2, 3].map(() => beginAttempts(pool, 42));
    const ports = open.map((attempts) => nextAttempt(attempts)?.port);
    expect(ports.slice(0, 2).sort()).toEqual([1, 2]);
    expect(ports[2]).toBeUndefined();
    for (const attempts of open.slice(0, 1)) {
      settleAttempt(attempts, true);
      releaseBackend(attempts);
    }
    expect(nextAttempt(beginAttempts(pool, 42))?.port).toBe(ports[0]);
  });
});

describe("buildPools", () => {
  test("a ring keeps a key on its backend; without a key it goes round-robin", () => {
    const pool = poolOf([spec("main", [1, 2, 3])]);
    const keyed = new Set(Array.from({ length: 9 }, () => pickBackend(pool, 1234, [])?.port));
    const keyless = Array.from({ length: 6 }, () => pickBackend(pool, undefined, [])?.port);
    expect(keyed.size).toBe(1);
    expect(keyless).toEqual([1, 2, 3, 1, 2, 3]);
  });

  test("round-robin ignores the key", () => {
    const pool = poolOf([spec("main", [1, 2], { balance: "round-robin" })]);
    expect([1, 1, 1].map((hash) => pickBackend(pool, hash, [])?.port)).toEqual([1, 2, 1]);
  });

  test("a reload carries counts, positions and an unchanged ring over", () => {
    const before = buildPools([spec("main", [1, 2, 3]), spec("other", [5])]);
    const main = before.get("main");
    if (main === undefined) throw new Error("no pool");
    const attempts = beginAttempts(main, undefined);
    expect(nextAttempt(attempts)?.port).toBe(1);
    settleAttempt(attempts, true);
    const same = buildPools([spec("main", [1, 2, 3])], before).get("main");
    expect(same?.ring).toBe(main.ring);
    const after = buildPools([spec("main", [3, 2, 1, 4])], before).get("main");
    expect(after?.ring).not.toBe(main.ring);
    expect(after?.backends.map((backend) => backend.usage.connections)).toEqual([0, 0, 1, 0]);
    expect(after && pickBackend(after, undefined, [])?.port).not.toBe(1);
    releaseBackend(attempts);
    expect(after?.backends[2]?.usage.connections).toBe(0);
  });

  test("keys stay where they were when a backend is added, but for those it takes", () => {
    const before = poolOf([spec("main", [1, 2, 3])]);
    const after = poolOf([spec("main", [1, 2, 3, 4])]);
    for (let key = 0; key < 2000; key++) {
      const now = pickBackend(after, mix32(key), [])?.port;
      if (now !== 4) expect(now).toBe(pickBackend(before, mix32(key), [])?.port);
    }
  });
});
