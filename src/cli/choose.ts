// Which of several declarations the user means. Knows no command.

import { suggest } from "../compiler/index.ts";
import { inputFailure, usageFailure } from "./failure.ts";

/**
 * The one called `name`; without a name the only one there is.
 * @throws CommandFailure where there is none, or where several are left to choose from by `option`
 */
export function choose<Item extends { readonly name: string }>(
  kind: string,
  name: string | undefined,
  items: readonly Item[],
  option: string,
  file: string,
): Item {
  const names = items.map((item) => item.name);
  const [first] = items;
  if (first === undefined) throw inputFailure(`${file} declares no ${kind}`);
  if (name === undefined) {
    if (items.length === 1) return first;
    throw usageFailure(
      `${file} has ${items.length} ${kind}s: choose with ${option} ${names.join(" | ")}`,
    );
  }
  const found = items.find((item) => item.name === name);
  if (found !== undefined) return found;
  const meant = suggest(name, names);
  const mend = meant === undefined ? `there are: ${names.join(", ")}` : `did you mean '${meant}'?`;
  throw usageFailure(`${file} has no ${kind} '${name}'; ${mend}`);
}
