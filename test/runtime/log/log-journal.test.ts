import { describe, expect, test } from "vitest";
import { LogJournal } from "../../../src/runtime/log/log-journal.ts";
import { createLogger } from "../../../src/runtime/log/logger.ts";
import { REFUSAL_LINES_PER_SECOND } from "../../../src/runtime/log/sampler.ts";
import type { ConnectionEnd, ConnectionRecord } from "../../../src/runtime/routing/journal.ts";
import type { RouteInput } from "../../../src/runtime/routing/program.ts";
import { makeMeta } from "../support/modules.ts";
import { makeProgram, toPool } from "../support/programs.ts";

function startLog() {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger("info", {
    write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>),
  });
  let now = 0;
  const journal = new LogJournal(logger, () => now);
  return {
    journal,
    lines,
    pass(ms: number) {
      now += ms;
    },
  };
}

const record: ConnectionRecord = {
  id: 7,
  listener: "devices",
  router: "stations",
  protocol: "Star",
  client: "192.0.2.1",
  key: "A01",
  rule: { rank: 3, line: 12, text: "otherwise -> main by station" },
  pool: "main",
  backend: "10.0.0.1:9000",
  bytesToBackend: 40,
  bytesToClient: 9,
  dropped: 2,
  consumed: 28,
  verdictMs: 1.23456,
  connectMs: 0.5,
  lifeMs: 100,
  tries: 1,
  state: "forwarding",
};
const end = (
  reason: ConnectionEnd["reason"],
  more: Partial<ConnectionEnd> = {},
): ConnectionEnd => ({
  reason,
  detail: undefined,
  explanation: undefined,
  offset: undefined,
  ...more,
});

describe("connection lines", () => {
  test("at the end, with everything", () => {
    const { journal, lines } = startLog();
    journal.connected(record);
    journal.ended(record, end("backend"));
    expect(lines).toEqual([
      {
        level: "info",
        time: expect.any(String),
        msg: "connection",
        id: 7,
        listener: "devices",
        client: "192.0.2.1",
        router: "stations",
        protocol: "Star",
        key: "A01",
        rule: "otherwise -> main by station",
        rule_line: 12,
        pool: "main",
        backend: "10.0.0.1:9000",
        bytes_to_backend: 40,
        bytes_to_client: 9,
        dropped: 2,
        consumed: 28,
        verdict_ms: 1.23,
        connect_ms: 0.5,
        life_ms: 100,
        tries: 1,
        ended_by: "backend",
        state: "forwarding",
      },
    ]);
  });

  test.for([
    ["start", ["connected", "refused"]],
    ["end", ["connection", "refused"]],
    ["both", ["connected", "connection", "refused"]],
    ["off", ["refused"]],
  ] as const)("connections: %s", ([when, messages]) => {
    const { journal, lines } = startLog();
    journal.configure("info", when);
    journal.connected(record);
    journal.ended(record, end("client"));
    journal.ended(record, end("no-route"));
    expect(lines.map(({ msg }) => msg)).toEqual(messages);
  });

  test("the level is kept", () => {
    const { journal, lines } = startLog();
    journal.configure("warn", "both");
    journal.ended(record, end("client"));
    journal.ended(record, end("junk"));
    journal.ended(record, end("local", { detail: "EMFILE" }));
    expect(lines.map(({ reason }) => reason)).toEqual(["local:EMFILE"]);
  });

  test("who comes without a byte is a matter for debugging", () => {
    const { journal, lines } = startLog();
    journal.ended({ ...record, verdictMs: undefined }, end("client-gone"));
    expect(lines).toEqual([]);
  });
});

describe("refusals", () => {
  test("say why, in the protocol's words", () => {
    const { journal, lines } = startLog();
    const why = { detail: "guard:version", explanation: "u8 version in 3..5", offset: 8 };
    journal.ended(record, end("reject", why));
    expect(lines[0]).toMatchObject({
      msg: "refused",
      reason: "reject:guard:version",
      explanation: "u8 version in 3..5",
      offset: 8,
    });
  });

  test("of one reason are sampled, and what was left out is told", () => {
    const { journal, lines, pass } = startLog();
    for (let index = 0; index < 100; index++) journal.ended(record, end("junk"));
    journal.ended(record, end("resync"));
    expect(lines).toHaveLength(REFUSAL_LINES_PER_SECOND + 1);
    pass(1000);
    journal.ended(record, end("junk"));
    expect(lines.at(-1)).toMatchObject({ reason: "junk", suppressed: 90 });
  });
});

test("reasons without end share a place: a client cannot make each of its lines the first of its kind", () => {
  const { journal, lines } = startLog();
  const count = 3000;
  for (let index = 0; index < count; index++) {
    journal.ended(record, end("rule-reject", { detail: `made up ${index}` }));
  }
  expect(lines.length).toBeGreaterThan(REFUSAL_LINES_PER_SECOND);
  expect(lines.length).toBeLessThan(count / 2);
});

describe("the key in the line", () => {
  const meta = makeMeta({ protocol: "P", keys: ["a", "b"], keyTypes: ["text", "integer"] });
  const module = { meta, scratch: new Uint8Array(0), unpack: () => -1 };
  const program = makeProgram(module, []);
  const input = (words: readonly number[]): RouteInput => ({
    buf: Buffer.from("..A01"),
    start: 1,
    s: Int32Array.from([0, 0, 0, 0, ...words]),
    scratch: Buffer.from("low"),
    client: new Uint8Array(16),
    clientLength: 4,
  });

  test.for([
    ["the one the pool hashes", [1, 3, 0, -1, 1, 3], 1, "8589934591"],
    ["the first where nothing is hashed", [1, 3, 0, 5, 0, 3], -1, "A01"],
    ["another where that one is missing", [1, 3, 0, 0, 0, -1], 1, "A01"],
    ["one that was rewritten", [0, 3, 1, 0, 0, -1], 0, "low"],
    ["none", [0, 0, -1, 0, 0, -1], 0, undefined],
  ] as const)("is %s", ([, words, by, text]) => {
    const { journal } = startLog();
    expect(journal.routed(input(words), program, toPool("main", by))).toBe(text);
  });
});
