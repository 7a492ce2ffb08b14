// One connection's search for a backend: whom it tried, whom it may try next, and when it must give up.
// Opens no socket and sets no timer.

import { type Backend, type Pool, pickBackend } from "./pool.ts";

/** Retries may be at most this part of the connects in progress: a failing pool must not be stormed. */
const RETRY_BUDGET = 0.2;
/** Retries that are always allowed, so that a quiet pool can retry at all. */
export const RETRY_ALLOWANCE_MIN = 3;
/** A retry waits up to so long, at random, so that those which failed together do not return together. */
export const RETRY_JITTER_MS = 50;
/** Pools that one connection may fall back through; configuration refuses cycles. */
const FALLBACKS_MAX = 8;

const NOBODY: readonly string[] = [];

export interface Attempts {
  pool: Pool;
  readonly hash: number | undefined;
  /** Addresses tried, in order. */
  tried: readonly string[];
  /** Connects made in the present pool. */
  madeHere: number;
  fallbacks: number;
  /** What is being tried. */
  backend: Backend | undefined;
  isRetry: boolean;
}

export function beginAttempts(pool: Pool, hash: number | undefined): Attempts {
  return {
    pool,
    hash,
    tried: NOBODY,
    madeHere: 0,
    fallbacks: 0,
    backend: undefined,
    isRetry: false,
  };
}

/**
 * Picks the next backend and counts it as being connected to; each call must be followed by `settleAttempt`.
 * @returns undefined where nobody is left, neither in the pool nor in those it falls back to
 */
export function nextAttempt(attempts: Attempts): Backend | undefined {
  const backend = chooseNext(attempts);
  backend?.usage.add(1);
  return backend;
}

/** The same for an engine that keeps the backend's own count itself; to be followed by `concludeAttempt`. */
export function chooseNext(attempts: Attempts): Backend | undefined {
  for (;;) {
    const { pool } = attempts;
    const isRetry = attempts.madeHere > 0;
    if (!isRetry || (attempts.madeHere <= pool.spec.connect.tries && hasRetryBudget(pool))) {
      const backend = pickBackend(pool, attempts.hash, attempts.tried);
      if (backend !== undefined) return beginAttempt(attempts, backend, isRetry);
    }
    if (pool.fallback === undefined || attempts.fallbacks === FALLBACKS_MAX) return undefined;
    attempts.fallbacks += 1;
    attempts.pool = pool.fallback;
    attempts.madeHere = 0;
  }
}

/** The connect that `nextAttempt` began has ended. One that failed no longer counts as the backend's. */
export function settleAttempt(attempts: Attempts, isConnected: boolean): void {
  const { backend } = attempts;
  concludeAttempt(attempts, isConnected);
  if (!isConnected) backend?.usage.add(-1);
}

/** The connect that `chooseNext` began has ended. */
export function concludeAttempt(attempts: Attempts, isConnected: boolean): void {
  const { usage } = attempts.pool;
  usage.connecting -= 1;
  if (attempts.isRetry) usage.retrying -= 1;
  attempts.isRetry = false;
  if (!isConnected) attempts.backend = undefined;
}

/** A connection to `attempts.backend` has ended. */
export function releaseBackend(attempts: Attempts): void {
  if (attempts.backend !== undefined) attempts.backend.usage.add(-1);
  attempts.backend = undefined;
}

function beginAttempt(attempts: Attempts, backend: Backend, isRetry: boolean): Backend {
  attempts.backend = backend;
  // Nearly always the only one: an array of one costs less than one that grows.
  attempts.tried =
    attempts.tried.length === 0 ? [backend.address] : [...attempts.tried, backend.address];
  attempts.madeHere += 1;
  attempts.isRetry = isRetry;
  attempts.pool.usage.connecting += 1;
  if (isRetry) attempts.pool.usage.retrying += 1;
  return backend;
}

function hasRetryBudget(pool: Pool): boolean {
  const { connecting, retrying } = pool.usage;
  return retrying < Math.max(RETRY_ALLOWANCE_MIN, Math.floor(connecting * RETRY_BUDGET));
}
