// Whether to colour, and the few colours there are. Knows no command.

import type { Output } from "./terminal.ts";

const CODES = {
  strong: "1",
  dim: "2",
  red: "1;31",
  green: "32",
  yellow: "1;33",
  cyan: "36",
  struck: "2;9",
  /** Told apart side by side: the fields of a hex dump take turns. */
  first: "36",
  second: "33",
  third: "35",
  fourth: "32",
} as const;

export type Colour = keyof typeof CODES;

/** Text in a colour, or as it is. */
export type Paint = (colour: Colour, text: string) => string;

/**
 * Colours only on a terminal. NO_COLOR (no-color.org) turns them off and FORCE_COLOR on, which wins over it as in
 * Node; a terminal that calls itself dumb has none.
 */
export function usesColour(
  output: Output,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if ((environment["NO_COLOR"] ?? "") !== "") return false;
  return output.isTerminal && environment["TERM"] !== "dumb";
}

export function painter(isColoured: boolean): Paint {
  return isColoured ? (colour, text) => `\x1b[${CODES[colour]}m${text}\x1b[0m` : (_, text) => text;
}
