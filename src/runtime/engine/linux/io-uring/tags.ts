// What a completion is of: carried beside its descriptor.

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
