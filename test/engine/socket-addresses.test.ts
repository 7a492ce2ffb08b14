// The addresses that connects are handed over with: right, and in memory that does not grow with the backends there have been.
import { expect, test } from "vitest";

/** Of each half: an address stays where it is until so many others have been asked for. */
const HALF = 4096;

test.runIf(process.platform === "linux")(
  "of however many backends, in the same memory",
  async () => {
    const { socketAddress } = await import(
      "../../src/runtime/engine/linux/relay/socket-addresses.ts"
    );
    const { viewMemory } = await import("../../src/runtime/engine/linux/kernel/library.ts");
    const backend = (index: number) => {
      const host = `10.0.${index >> 8}.${index & 255}`;
      return { host, port: index, address: `${host}:${index}` };
    };
    /** struct sockaddr_in: the port behind the family, then the address (ip(7)). */
    const read = (at: number) =>
      Buffer.from(viewMemory(at, 8).slice(0)).subarray(2).toString("hex");
    const expected = (index: number) => {
      const bytes = Buffer.from([0, 0, 10, 0, index >> 8, index & 255]);
      bytes.writeUInt16BE(index);
      return bytes.toString("hex");
    };
    const places = new Set<number>();
    const recent: number[] = [];
    for (let index = 1; index < 5 * HALF; index++) {
      const { at } = socketAddress(backend(index));
      expect(socketAddress(backend(index)).at).toBe(at);
      places.add(at);
      recent.push(at);
      // The kernel may read it until here.
      const before = index - HALF + 1;
      if (before > 0) expect(read(recent[before - 1] ?? 0)).toBe(expected(before));
    }
    expect(places.size).toBe(2 * HALF);
  },
);
