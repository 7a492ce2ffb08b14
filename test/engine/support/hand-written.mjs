// An unpack written by hand: a line is a frame and its key. The first letter of a line can ask for what must not be.

const ODD = {
  T: () => {
    throw new Error("boom");
  },
  N: () => 42,
  P: async () => ({ need: 1 }),
  H: () => ({ need: 2 ** 40 }),
  F: () => ({ frame: 500 }),
  K: () => ({ frame: 1, key: 5 }),
  L: () => ({ frame: 1, key: "k".repeat(1025) }),
  R: () => ({ reject: "not mine" }),
};

export function unpack(buffer) {
  const odd = ODD[String.fromCharCode(buffer[0])];
  if (odd !== undefined) return odd();
  const end = buffer.indexOf(0x0a);
  if (end < 0) return { need: 1 };
  const key = buffer.toString("latin1", 0, end);
  return key === "anonymous" ? { frame: end + 1 } : { frame: end + 1, key };
}
