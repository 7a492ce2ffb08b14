// When a listener stops accepting because descriptors run out, and when it accepts a few at a time.
import { expect, test } from "vitest";
import { DescriptorRoom } from "../../src/runtime/engine/linux/relay/accept-pause.ts";

test.for<[capacity: number, reservedFrom: number]>([
  [512, 448],
  [1000, 875],
  [1 << 20, (1 << 20) - 256],
])("of %i descriptors those from %i on are kept back", ([capacity, reservedFrom]) => {
  const room = new DescriptorRoom(capacity);
  expect(room.take(reservedFrom - 1)).toBe(false);
  expect(room.take(reservedFrom)).toBe(true);
});

test("from a quarter on they are scarce, and for a while after they ran out", () => {
  const room = new DescriptorRoom(1000);
  room.take(217);
  expect(room.isScarce).toBe(false);
  room.take(218);
  expect(room.isScarce).toBe(true);
  room.take(10);
  expect(room.isScarce).toBe(false);
  room.runOut();
  room.take(10);
  expect(room.isScarce).toBe(true);
});
