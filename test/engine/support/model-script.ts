// What a run of the model does: a few connections, and steps of their two ends in any order. Made by fast-check, so that a failing
// run shrinks to few steps. Knows no socket.
import fc from "fast-check";

/** Connections open at a time, at most. */
export const SLOTS = 5;

/** Where a connection's first frame sends it. `retry`: to a pool whose other backend refuses. */
export const ROUTES = ["normal", "small-buffers", "retry", "refused", "silent", "banned"] as const;
export type Route = (typeof ROUTES)[number];

/** What a backend does the moment it sees a connection. */
export type Greeting = "read" | "wait" | "speak" | "finish" | "reset" | "close";

export interface Opening {
  readonly route: Route;
  readonly greeting: Greeting;
  /** Bytes before the frame that the protocol drops. */
  readonly junk: number;
  readonly frameBytes: number;
  readonly hasSmallBuffer: boolean;
  /** Whether the backend is the first to finish where neither has when the steps are over. */
  readonly endsWithBackend: boolean;
}

export type Who = "client" | "backend";

/**
 * `turns`: how often the event loop comes round before the next step; `settle` waits until nothing is on its way to anybody who
 * reads, `stall` until no sender gets rid of anything.
 */
export type Step =
  | { readonly do: "send"; readonly slot: number; readonly who: Who; readonly bytes: number }
  | { readonly do: "frame"; readonly slot: number }
  | { readonly do: "finish" | "reset" | "close"; readonly slot: number; readonly who: Who }
  | { readonly do: "pause" | "resume"; readonly slot: number; readonly who: Who }
  | { readonly do: "turns"; readonly count: number }
  | { readonly do: "settle" | "stall" }
  | { readonly do: "reload" };

export interface Script {
  readonly openings: readonly Opening[];
  readonly steps: readonly Step[];
}

const slot = fc.nat({ max: SLOTS - 1 });
const who = fc.constantFrom<Who>("client", "backend");

/** Around the sizes of buffers and of the first frame, and large enough that bytes are spliced. */
const bytes = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 60 }) },
  { weight: 2, arbitrary: fc.integer({ min: 61, max: 9000 }) },
  { weight: 2, arbitrary: fc.constantFrom(4095, 4096, 4097, 8192, 16_384, 65_535, 65_536, 65_537) },
  { weight: 2, arbitrary: fc.integer({ min: 60_000, max: 400_000 }) },
);

const sends = fc.record({ do: fc.constant("send" as const), slot, who, bytes });
const breaks = fc.record({
  do: fc.constantFrom("finish" as const, "reset" as const, "close" as const),
  slot,
  who,
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: sends },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("frame" as const), slot }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("finish" as const), slot, who }) },
  { weight: 1, arbitrary: breaks },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom("pause" as const, "resume" as const), slot, who }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("turns" as const),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("settle" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reload" as const) }) },
);

/** Comes to be spliced. */
const large = fc.array(
  fc.record({ bytes: fc.integer({ min: 60_000, max: 400_000 }), turns: fc.nat({ max: 1 }) }),
  { minLength: 1, maxLength: 4 },
);

/** Comes in small reads, and fills the receiver's side all the same. */
const many = fc
  .record({
    first: fc.integer({ min: 500, max: 9000 }),
    by: fc.nat({ max: 700 }),
    count: fc.integer({ min: 20, max: 50 }),
  })
  .map(({ first, by, count }) =>
    Array.from({ length: count }, (_, index) => ({ bytes: first + by * index, turns: 1 })),
  );

/** One end stops reading what the other goes on sending, until nothing moves any more; then something changes. */
const flood: fc.Arbitrary<readonly Step[]> = fc
  .record({
    slot,
    who,
    sends: fc.oneof(large, many),
    between: fc.array(step, { maxLength: 3 }),
    after: fc.constantFrom(
      "resume" as const,
      "finish" as const,
      "reset" as const,
      "close" as const,
    ),
    whoChanges: who,
  })
  .map(({ slot, who, sends, between, after, whoChanges }) => [
    { do: "frame", slot },
    { do: "settle" },
    { do: "pause", slot, who: who === "client" ? "backend" : "client" },
    ...sends.flatMap(({ bytes, turns }): readonly Step[] => [
      { do: "send", slot, who, bytes },
      { do: "turns", count: turns },
    ]),
    { do: "stall" },
    ...between,
    { do: after, slot, who: whoChanges },
  ]);

const passage: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 12, arbitrary: step.map((one) => [one]) },
  { weight: 1, arbitrary: flood },
);

const opening: fc.Arbitrary<Opening> = fc.record({
  route: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Route>("normal") },
    { weight: 4, arbitrary: fc.constant<Route>("small-buffers") },
    { weight: 2, arbitrary: fc.constant<Route>("retry") },
    { weight: 1, arbitrary: fc.constantFrom<Route>("refused", "banned", "silent") },
  ),
  greeting: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Greeting>("read") },
    {
      weight: 4,
      arbitrary: fc.constantFrom<Greeting>("wait", "speak", "finish", "reset", "close"),
    },
  ),
  junk: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 })),
  frameBytes: fc.oneof(fc.constant(40), fc.integer({ min: 35, max: 4096 })),
  hasSmallBuffer: fc.boolean(),
  endsWithBackend: fc.boolean(),
});

/** @param most steps of one script, or floods */
export function scripts(most: number): fc.Arbitrary<Script> {
  return fc.record({
    openings: fc.array(opening, { minLength: 1, maxLength: SLOTS }),
    steps: fc.array(passage, { maxLength: most, size: "max" }).map((passages) => passages.flat()),
  });
}
