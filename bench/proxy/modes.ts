// What is measured, one load a mode, and the units its results are given in. Knows nothing of how.

/** One kind of load. */
export interface Mode {
  readonly name: string;
  readonly title: string;
  /** The generator's name for it. */
  readonly load: "up" | "down" | "conn" | "rr" | "idle";
  readonly connections: number;
  /** Bytes of one ping-pong message; 1 where there is none. */
  readonly messageBytes: number;
  readonly result: Result;
  /** What CPU time is divided by. */
  readonly work: Work;
  /** Rounds enough for what hardly varies and takes long. */
  readonly roundsMax?: number;
  /** How many times as long a run is than of the other modes; 1 where it is absent. */
  readonly lengthened?: number;
  /** Bad clients beside the load: it runs once without and once with them. */
  readonly hostile?: Hostile;
  /** Whom it makes sense for; all where it is absent. */
  readonly peers?: readonly string[];
}

/** Bad clients, a fifth of each kind (`native/hostile.c`), and how many of them are opened in a second. */
export interface Hostile {
  readonly clients: number;
  readonly opensASecond: number;
}

/** What the mode is about. `isLess`: a smaller number is better. */
interface Result {
  readonly kind: "rate" | "p50" | "memory" | "ratio";
  readonly unit: string;
  readonly isLess: boolean;
  readonly digits: number;
}

interface Work {
  /** Of the bytes, or of the operations. */
  readonly of: "bytes" | "operations";
  /** Bytes or operations of one unit of work. */
  readonly size: number;
  readonly unit: string;
  /** The CPU's unit in seconds. */
  readonly seconds: number;
  readonly digits: number;
}

const GIGABYTES: Work = { of: "bytes", size: 1e9, unit: "s a GB", seconds: 1, digits: 3 };
const CONNECTIONS: Work = {
  of: "operations",
  size: 1,
  unit: "µs a connection",
  seconds: 1e-6,
  digits: 1,
};
const MESSAGES: Work = { ...CONNECTIONS, unit: "µs a message" };
const BULK_RATE: Result = { kind: "rate", unit: "GB/s", isLess: false, digits: 2 };
const MESSAGE_RATE: Result = { kind: "rate", unit: "messages/s", isLess: false, digits: 0 };

export const MODES: readonly Mode[] = [
  {
    name: "up",
    title: "Bulk, client to backend, 4 connections",
    load: "up",
    connections: 4,
    messageBytes: 1,
    result: BULK_RATE,
    work: GIGABYTES,
  },
  {
    name: "down",
    title: "Bulk, backend to client, 4 connections",
    load: "down",
    connections: 4,
    messageBytes: 1,
    result: BULK_RATE,
    work: GIGABYTES,
  },
  {
    name: "conn",
    title: "Connections: connect, frame of 35 to 64 bytes, answer, close; 64 at a time",
    load: "conn",
    connections: 64,
    messageBytes: 1,
    result: { kind: "rate", unit: "connections/s", isLess: false, digits: 0 },
    work: CONNECTIONS,
  },
  {
    name: "rr64",
    title: "Ping-pong of 64 bytes, 64 connections",
    load: "rr",
    connections: 64,
    messageBytes: 64,
    result: MESSAGE_RATE,
    work: MESSAGES,
  },
  {
    name: "rr16k",
    title: "Ping-pong of 16 KiB, 64 connections",
    load: "rr",
    connections: 64,
    messageBytes: 16_384,
    result: MESSAGE_RATE,
    work: MESSAGES,
  },
  {
    name: "rr1",
    title: "Ping-pong of 64 bytes, one connection: median time there and back",
    load: "rr",
    connections: 1,
    messageBytes: 64,
    result: { kind: "p50", unit: "µs", isLess: true, digits: 1 },
    work: MESSAGES,
  },
  {
    name: "idle",
    title: "Resident memory of an idle routed connection",
    load: "idle",
    connections: 8000,
    messageBytes: 1,
    result: { kind: "memory", unit: "KB", isLess: true, digits: 2 },
    work: CONNECTIONS,
    roundsMax: 3,
  },
  {
    name: "bad",
    title: "5,000 bad clients beside 100 good ones that ping-pong 64 bytes: p99 of the good ones",
    load: "rr",
    connections: 100,
    messageBytes: 64,
    result: { kind: "ratio", unit: "× p99 without them", isLess: true, digits: 2 },
    work: MESSAGES,
    roundsMax: 3,
    // Some of the bad clients speak once a second.
    lengthened: 4,
    hostile: { clients: 5000, opensASecond: 2000 },
    // The others have no limit that would end such clients.
    peers: ["haproxy", "portable", "epoll", "uring"],
  },
];
