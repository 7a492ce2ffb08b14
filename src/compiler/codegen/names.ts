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

/** Text as the name of a constant: `PROPERTIES_SIZE` of `properties.size` or `propertiesSize`. */
export function screaming(text: string): string {
  const words = text.replace(/([a-z0-9])([A-Z])/g, "$1 $2").match(/[A-Za-z0-9]+/g) ?? [];
  return words.join("_").toUpperCase();
}
