// When main's heap is collected: after many connections, once nobody comes any more.
import { expect, test } from "vitest";
import { QUIET_CONNECTIONS, quietCollection } from "../../src/cli/commands/quiet-collection.ts";

function collectionsOf(looks: readonly number[]): readonly number[] {
  let count = 0;
  const look = quietCollection(() => {
    count += 1;
  });
  return looks.map((accepted) => {
    look(accepted);
    return count;
  });
}

const many = QUIET_CONNECTIONS;

test.for([
  { title: "nobody", looks: [0, 0, 0], counts: [0, 0, 0] },
  { title: "few", looks: [many - 1, many - 1, many - 1], counts: [0, 0, 0] },
  { title: "many, once it is quiet", looks: [many, many, many, many], counts: [0, 1, 1, 1] },
  { title: "many that go on coming", looks: [many, 2 * many, 3 * many], counts: [0, 0, 0] },
  {
    title: "many more since the last time",
    looks: [many, many, 2 * many - 1, 2 * many - 1, 2 * many, 2 * many],
    counts: [0, 1, 1, 1, 1, 2],
  },
])("$title", ({ looks, counts }) => {
  expect(collectionsOf(looks)).toEqual(counts);
});
