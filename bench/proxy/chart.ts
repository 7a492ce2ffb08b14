// The results as one SVG picture: a panel a mode, a bar a peer, a line from the least to the most. Plain SVG, no scripts.
import type { Mode } from "./modes.ts";
import type { Spread } from "./summary.ts";

/** One panel. */
export interface Panel {
  readonly mode: Mode;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly title: string;
  readonly isOurs: boolean;
  readonly result: Spread;
}

// Pixels.
const WIDTH = 860;
const LABELS = 190;
const VALUES = 130;
const BAR = 16;
const STEP = 22;
const HEAD = 40;
const MARGIN = 16;

const OURS = "#d1495b";
const OTHERS = "#8aa1b1";

/** The picture; panels without bars are left out. */
export function chart(title: string, panels: readonly Panel[]): string {
  const parts: string[] = [];
  let top = MARGIN + 26;
  for (const panel of panels.filter(({ bars }) => bars.length > 0)) {
    parts.push(...panelParts(panel, top));
    top += HEAD + panel.bars.length * STEP;
  }
  const height = top + MARGIN;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(MARGIN, MARGIN + 12, title, 'font-size="16" font-weight="600"'),
    ...parts,
    "</svg>",
  ].join("\n")}\n`;
}

function panelParts({ mode, bars }: Panel, top: number): readonly string[] {
  const { result } = mode;
  const most = Math.max(...bars.map((bar) => bar.result.most));
  const scale = (WIDTH - LABELS - VALUES - 2 * MARGIN) / (most > 0 ? most : 1);
  const better = result.isLess ? "less is better" : "more is better";
  const head = `${mode.title} (${result.unit}, ${better})`;
  return [
    text(MARGIN, top + 24, head, 'font-weight="600"'),
    ...bars.flatMap((bar, index) => {
      const y = top + HEAD - 4 + index * STEP;
      return barParts(bar, y, scale, bar.result.median.toFixed(result.digits));
    }),
  ];
}

function barParts(bar: Bar, y: number, scale: number, value: string): readonly string[] {
  const left = MARGIN + LABELS;
  const x = (amount: number) => (left + Math.max(0, amount) * scale).toFixed(1);
  const { median, least, most } = bar.result;
  const width = (Math.max(0, median) * scale).toFixed(1);
  const middle = y + BAR / 2;
  const baseline = y + BAR - 4;
  return [
    text(left - 8, baseline, bar.title, 'text-anchor="end"'),
    `<rect x="${left}" y="${y}" width="${width}" height="${BAR}" fill="${bar.isOurs ? OURS : OTHERS}"/>`,
    `<line x1="${x(least)}" y1="${middle}" x2="${x(most)}" y2="${middle}" stroke="#222222"/>`,
    text(Number(x(most)) + 6, baseline, value, ""),
  ];
}

function text(x: number, y: number, content: string, attributes: string): string {
  const blank = attributes === "" ? "" : " ";
  return `<text x="${x}" y="${y}" fill="#222222"${blank}${attributes}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
