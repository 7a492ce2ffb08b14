// Fresh identifiers for generated code. Knows no target's reserved words: they are given to it.

/** Gives `wanted`, or the first of `wanted2`, `wanted3`… that was not given before and is not taken. */
export type FreshName = (wanted: string) => string;

/** A source of names that are all different, and different from `taken`. */
export function freshNames(taken: Iterable<string>): FreshName {
  const given = new Set(taken);
  return (wanted) => {
    let name = wanted;
    for (let count = 2; given.has(name); count += 1) name = `${wanted}${count}`;
    given.add(name);
    return name;
  };
}

/** Words such as `MQTT`, `content-length` and `take 1` as one camel-case identifier part; empty where none is left. */
export function identifierFrom(text: string): string {
  const words = text.match(/[A-Za-z0-9]+/g) ?? [];
  const joined = words
    .map((word) => (word === word.toUpperCase() ? word.toLowerCase() : word))
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
  return joined.slice(0, NAME_MAX);
}

/** Longest identifier part made from text. */
const NAME_MAX = 32;
