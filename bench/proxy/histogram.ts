// Percentiles of the generator's histograms.

/** Cells in ascending order: [the least number of nanoseconds that the cell no longer holds, how many it holds]. */
export type Cells = readonly (readonly [endNs: number, count: number])[];

/** The end of the cell that holds this share (0 to 1) of all, in nanoseconds; NaN where nothing was counted. */
export function percentileNs(cells: Cells, share: number): number {
  const total = cells.reduce((sum, [, count]) => sum + count, 0);
  const rank = Math.max(1, Math.ceil(share * total));
  let seen = 0;
  for (const [endNs, count] of cells) {
    seen += count;
    if (seen >= rank) return endNs;
  }
  return Number.NaN;
}
