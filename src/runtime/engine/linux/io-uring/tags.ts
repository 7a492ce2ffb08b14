// What a completion is of: carried beside its descriptor, and above it the generation of that. Both fit into 21 bits, so that a
// whole mark is a number that JavaScript holds exactly.

export const TAG = {
  accept: 1,
  receive: 2,
  send: 3,
  connect: 4,
  connectSend: 5,
  readable: 6,
  writable: 7,
  receivePoll: 8,
  cancel: 9,
  wakeup: 10,
  close: 11,
} as const;

export const TAG_BITS = 4;
export const TAG_MASK = (1 << TAG_BITS) - 1;
