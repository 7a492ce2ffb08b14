// Columns under one another. Knows nothing of what stands in them.

import { columnsOf } from "../base/printable.ts";

/** How a column is set. */
export type Alignment = "left" | "right";

/** Rows as lines, columns two spaces apart, without spaces at the end. Rows may be shorter than the widest. */
export function tableLines(
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
): readonly string[] {
  const widths = alignments.map((_, column) =>
    Math.max(0, ...rows.map((row) => widthOf(row[column] ?? ""))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const gap = " ".repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)));
        return alignments[column] === "right" ? gap + cell : cell + gap;
      })
      .join("  ")
      .trimEnd(),
  );
}

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}
