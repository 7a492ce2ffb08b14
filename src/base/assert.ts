// Invariants of our own code. A failure here is a bug of Waybill, never the user's file nor the world.

/** Throws when `condition` is false: a bug in Waybill, not in its input. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`internal error: ${message}`);
}

/** Ends an exhaustive `switch`: the type checker proves that no case is left. */
export function assertNever(value: never): never {
  throw new Error(`internal error: unexpected ${JSON.stringify(value)}`);
}
