// A block of lines that is drawn again in its place on a terminal. Knows nothing of what the lines say.

import { columnsOf } from "../../base/printable.ts";
import type { Colour, Paint } from "../colour.ts";
import type { Output } from "../terminal.ts";

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const CLEAR_BELOW = "\x1b[J";
/** An interrupting terminal leaves its ^C on the line. */
const CLEAR_LINE = "\r\x1b[K";

/** One line; as it is where it has no colour. */
export interface Line {
  readonly text: string;
  readonly colour?: Colour;
}

export class Screen {
  readonly #output: Output;
  readonly #paint: Paint;
  #height = 0;

  constructor(output: Output, paint: Paint) {
    this.#output = output;
    this.#paint = paint;
    output.write(HIDE_CURSOR);
  }

  draw(lines: readonly Line[]): void {
    const up = this.#height === 0 ? "" : `\x1b[${this.#height}A\r${CLEAR_BELOW}`;
    const { columns } = this.#output;
    const shown = lines.map(({ text, colour }) => {
      const fitting = cut(text, columns);
      return `${colour === undefined ? fitting : this.#paint(colour, fitting)}\n`;
    });
    this.#output.write(up + shown.join(""));
    this.#height = lines.length;
  }

  /** Leaves the last picture where it is. */
  close(): void {
    this.#output.write(CLEAR_LINE + SHOW_CURSOR);
  }
}

/** A line that wrapped would be two: it is cut instead. */
function cut(line: string, columns: number): string {
  let width = 0;
  let shown = "";
  for (const character of line) {
    width += columnsOf(character);
    if (width >= columns) break;
    shown += character;
  }
  return shown;
}
