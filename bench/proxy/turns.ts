// In which order those that are compared take their turns within a round: a machine that drifts must favour nobody.

/** Who is compared comes close together: pairs within a round are seconds apart. The others before and behind. */
const NEIGHBOURS: readonly string[] = [
  "direct",
  "nginx",
  "streams",
  "portable",
  "go",
  "haproxy",
  "haproxy-copy",
  "uring",
  "limit",
  "epoll",
  "epoll-2",
  "uring-2",
];

/** In the order of their turns; names that are not known there come last, as they were. */
export function asNeighbours<Item extends { readonly name: string }>(
  items: readonly Item[],
): readonly Item[] {
  const place = ({ name }: Item) => {
    const at = NEIGHBOURS.indexOf(name);
    return at < 0 ? NEIGHBOURS.length : at;
  };
  return [...items].sort((left, right) => place(left) - place(right));
}

/**
 * The turns of one round, counted from 0. Two rounds in a row take the same order forwards and backwards, so that whatever
 * grows steadily adds to both sides of a pair alike; the next two begin with another one.
 */
export function turnsOf<Item>(items: readonly Item[], round: number): readonly Item[] {
  const forwards = rotated(items, Math.floor(round / 2));
  return round % 2 === 0 ? forwards : [...forwards].reverse();
}

/** Begins with another one: being first, or behind a certain one, must not be an advantage. */
export function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
