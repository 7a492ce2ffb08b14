// How high the trees of operators grow, so that no pass overflows its stack on `a + a + a + …`.

/** Most operators on one way from the root of an expression to a leaf. */
export const MAX_EXPRESSION_DEPTH = 256;

/** Heights of nodes; what is not in it is a leaf. */
export type TreeHeights = WeakMap<object, number>;

/** Notes the height of a node over its parts; false: it would be too high, and is not noted. */
export function noteHeight(heights: TreeHeights, node: object, parts: readonly object[]): boolean {
  let height = 0;
  for (const part of parts) height = Math.max(height, heights.get(part) ?? 0);
  if (height >= MAX_EXPRESSION_DEPTH) return false;
  heights.set(node, height + 1);
  return true;
}
