// How much memory the tables of a plan take. Knows the tables' fields, not their meaning.

import type { RoutePlan } from "./plan.ts";

/** Bytes of all arrays in a plan, each memory counted once. */
export function planBytes(plan: Omit<RoutePlan, "memoryBytes">): number {
  const seen = new Set<object>();
  const open: unknown[] = [
    plan.candidates,
    plan.lists,
    plan.keyIndexes,
    plan.client,
    plan.residuals,
  ];
  let bytes = 0;
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    const memory = ArrayBuffer.isView(value) ? value.buffer : value;
    if (seen.has(memory)) continue;
    seen.add(memory);
    if (ArrayBuffer.isView(value)) bytes += value.buffer.byteLength;
    else for (const part of Object.values(value)) open.push(part);
  }
  return bytes;
}
