import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatIpAddress } from "../../../src/base/ip-address.ts";
import type { Unpack, UnpackModule } from "../../../src/compiler/abi.ts";
import { inspect } from "../../../src/runtime/routing/inspect.ts";
import { createInspector, INSPECTED } from "../../../src/runtime/routing/inspector.ts";
import type { RouterProgram } from "../../../src/runtime/routing/program.ts";
import { ROW, readRowClient, rowWords, sharedWords } from "../../../src/runtime/routing/row.ts";
import {
  line,
  makeMeta,
  proxyV1,
  proxyV2,
  proxyV2Header,
  STAR_FRAME_MAX,
  star,
  starFrame,
} from "../support/modules.ts";
import { makeProgram, toPool, toReject } from "../support/programs.ts";

/** Feeds `chunks` as an engine would; everything that can be observed of the answer, or `open`. */
function run(program: RouterProgram, chunks: readonly Uint8Array[]) {
  const inspector = createInspector(sharedWords(program));
  const row = new Int32Array(rowWords(program) + 3);
  const at = 3;
  let held = Buffer.alloc(0);
  let passed = 0;
  for (const chunk of chunks) {
    held = Buffer.concat([held, chunk]);
    const answer = inspect(inspector, program, row, at, held, 0, held.length);
    const { result } = inspector;
    passed += result.frameStart;
    held = held.subarray(result.frameStart);
    if (answer === INSPECTED.need) continue;
    const counts = { dropped: row[at + ROW.dropped], consumed: row[at + ROW.consumed] };
    const client = new Uint8Array(16);
    const place = { passed, client: formatIpAddress(client, readRowClient(row, at, client)) };
    if (answer === INSPECTED.route) {
      const { outcome, frameLength, hasHash, hash } = result;
      return { answer: "route", outcome, frameLength, hasHash, hash, ...counts, ...place } as const;
    }
    const reason = result.refusedBy?.meta.reasons[result.reasonIndex];
    const why =
      result.refusal === "reject" ? `reject:${reason?.kind}:${reason?.field}` : result.refusal;
    return { answer: "refuse", why, offset: result.offset } as const;
  }
  return { answer: "open", held: held.length, need: row[at + ROW.need] } as const;
}

function inTwo(bytes: Uint8Array, at: number): Uint8Array[] {
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

const bySlot = (key: string | undefined) => (key === "A01" ? 0 : key === "bad" ? 1 : -1);
const stations = makeProgram(star, [toPool("main", 0), toReject("go away")], bySlot);
const words = makeProgram(line, [toPool("main", 0)]);
const eitherProxy = (isRequired: boolean) =>
  makeProgram(star, [toPool("main", 0)], () => 0, [{ modules: [proxyV1, proxyV2], isRequired }]);

describe("inspect", () => {
  test("routes a frame and says where it starts", () => {
    const bytes = Buffer.concat([Buffer.from("junk"), starFrame("A01"), Buffer.from("more")]);
    expect(run(stations, [bytes])).toMatchObject({
      answer: "route",
      outcome: 0,
      frameLength: 40,
      hasHash: true,
      dropped: 4,
      passed: 4,
    });
  });

  test("a missing key has no hash", () => {
    const keyless = {
      ...star,
      unpack: (buf: Buffer, start: number, end: number, s: Int32Array) => {
        const verdict = star.unpack(buf, start, end, s);
        s[6] = -1;
        return verdict;
      },
    };
    const program = makeProgram(keyless, [toPool("main", 0)]);
    expect(run(program, [starFrame("A01")])).toMatchObject({ answer: "route", hasHash: false });
  });

  test.for([
    ["no rule", stations, starFrame("other"), "no-route", 0],
    ["a rule refuses", stations, starFrame("bad"), "rule-reject", 0],
    [
      "a rule of the protocol",
      stations,
      starFrame("A01").fill(0, 1, 5),
      "reject:too-short:station",
      19,
    ],
    ["junk without end", stations, Buffer.alloc(1001), "junk", 0],
    ["delimiter too far", words, Buffer.alloc(70, 0x61), "reject:delimiter:word", 64],
    ["a prefix is required", eitherProxy(true), starFrame("A01"), "prefix-missing", 0],
    [
      "the prefix is malformed",
      eitherProxy(true),
      Buffer.from("PROXY \n".padEnd(120)),
      "reject:delimiter:line",
      106,
    ],
    [
      "an optional prefix is malformed",
      eitherProxy(false),
      proxyV2Header([1, 2, 3, 4], 0x25),
      "reject:guard:command",
      12,
    ],
    [
      "no address in the prefix",
      eitherProxy(true),
      Buffer.from("PROXY TCP4 1.2.3.x 2 3 4\r\n"),
      "proxy-protocol",
      0,
    ],
  ] as const)("refuses: %s, at every split", ([, program, bytes, why, offset]) => {
    expect(run(program, [bytes])).toEqual({ answer: "refuse", why, offset });
    for (let at = 1; at < bytes.length; at++) {
      expect(run(program, inTwo(bytes, at)), `split at ${at}`).toEqual({
        answer: "refuse",
        why,
        offset,
      });
    }
  });

  test("1000 dropped bytes are allowed where dropMax is 1000", () => {
    const bytes = Buffer.concat([Buffer.alloc(1000), starFrame("A01")]);
    expect(run(stations, [bytes])).toMatchObject({ answer: "route", dropped: 1000 });
  });

  test("false starts above the maximum are refused as resync", () => {
    const impatient = { ...star, meta: { ...star.meta, falseStartsMax: 2 } };
    const program = makeProgram(impatient, [toPool("main")]);
    const falseStart = Buffer.from("2affffffff", "hex");
    const two = Buffer.concat([falseStart, falseStart, starFrame("A01")]);
    const three = Buffer.concat([falseStart, two]);
    expect(run(program, [two])).toMatchObject({ answer: "route", dropped: 10 });
    expect(run(program, [three])).toMatchObject({ answer: "refuse", why: "resync" });
  });

  test("what still needs bytes when the most is held is refused", () => {
    const tight = { ...star, meta: { ...star.meta, frameMax: 64, holdMax: 64 } };
    const program = makeProgram(tight, [toPool("main")]);
    expect(run(program, [starFrame("A01", 80).subarray(0, 64)])).toMatchObject({ why: "too-long" });
    expect(run(program, [starFrame("A01", 80).subarray(0, 63)])).toMatchObject({ answer: "open" });
  });

  test("keys may be final before the frame is there", () => {
    const early = (inspected: number): UnpackModule => ({
      meta: makeMeta({ protocol: "Early", keys: ["k"], keyTypes: ["text"], holdMax: 8 }),
      scratch: new Uint8Array(0),
      unpack(_buf, start, end, s) {
        if (end - start < 4) {
          s[0] = 4 - (end - start);
          return -1;
        }
        s.set([inspected, 1000, 0, 0, 1, 3, 0]);
        return -5;
      },
    });
    const route = makeProgram(early(4), [toPool("main", 0)], (key) => (key === "A01" ? 0 : -1));
    const bytes = Buffer.from("*A01 and so on");
    for (let at = 0; at < 8; at++) {
      expect(run(route, inTwo(bytes, at))).toMatchObject({
        answer: "route",
        frameLength: 1000,
        hasHash: true,
      });
    }
    expect(run(makeProgram(early(9), [toPool("main")]), [bytes])).toMatchObject({
      why: "too-long",
    });
  });

  test("a frame above frameMax is refused, whole or in pieces", () => {
    const tight = { ...star, meta: { ...star.meta, frameMax: 64, holdMax: 64 } };
    const program = makeProgram(tight, [toPool("main")]);
    const bytes = starFrame("A01", 65);
    for (let at = 0; at < bytes.length; at++) {
      expect(run(program, inTwo(bytes, at))).toMatchObject({ why: "too-long" });
    }
  });

  test.for([
    ["PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\n", "192.0.2.7"],
    ["PROXY TCP6 2001:db8::7 ::1 1 2\r\n", "2001:db8::7"],
    ["PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n", "192.0.2.7"],
    ["PROXY UNKNOWN\r\n", ""],
  ] as const)("takes the client of %j", ([header, client]) => {
    const bytes = Buffer.concat([Buffer.from(header), starFrame("A01"), Buffer.from("tail")]);
    const whole = run(eitherProxy(true), [bytes]);
    expect(whole).toMatchObject({ answer: "route", client, consumed: header.length, dropped: 0 });
    for (let at = 1; at < header.length + 40; at++) {
      expect(run(eitherProxy(true), inTwo(bytes, at))).toEqual(whole);
    }
  });

  test("takes raw addresses of 4 and 16 bytes, and none of LOCAL", () => {
    const long = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
    const client = (header: Buffer) =>
      run(eitherProxy(true), [Buffer.concat([header, starFrame("A01")])]);
    expect(client(proxyV2Header([192, 0, 2, 9]))).toMatchObject({ client: "192.0.2.9" });
    expect(client(proxyV2Header(long))).toMatchObject({ client: "2001:db8::9" });
    expect(client(proxyV2Header([1, 2, 3, 4], 0x20))).toMatchObject({ client: "", consumed: 28 });
  });

  test("an optional prefix may be absent", () => {
    expect(run(eitherProxy(false), [starFrame("A01")])).toMatchObject({
      answer: "route",
      consumed: 0,
    });
  });

  test.for<[string, Unpack, string]>([
    [
      "throws",
      () => {
        throw new Error("boom");
      },
      "unpack-threw",
    ],
    ["answers a frame beyond the bytes", () => 4000, "unpack-invalid"],
    ["answers an unknown verdict", () => -77, "unpack-invalid"],
    ["answers 0", () => 0, "unpack-invalid"],
    ["answers NaN", () => Number.NaN, "unpack-invalid"],
    ["needs nothing", () => -1, "unpack-invalid"],
    ["drops nothing", () => -2, "unpack-invalid"],
  ])("an unpack that %s is refused", ([, unpack, why]) => {
    const module = { meta: makeMeta({ protocol: "Bad" }), scratch: new Uint8Array(0), unpack };
    const program = makeProgram(module, [toPool("main")]);
    expect(run(program, [Buffer.from("x")])).toMatchObject({ answer: "refuse", why });
  });

  test("any split of any bytes gives the answer of the whole", () => {
    const piece = fc.oneof(
      fc.constantFrom("A01", "bad", "zz").map((key) => starFrame(key)),
      fc.uint8Array({ maxLength: 30 }),
      fc.constant(Buffer.from("*")),
      fc.constant(Buffer.from("word\r\n")),
      fc.constant(proxyV2Header([10, 0, 0, 1])),
      fc.constant(Buffer.from("PROXY TCP4 10.0.0.9 b c d\r\n")),
    );
    const programs = [stations, words, eitherProxy(true), eitherProxy(false)];
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 6 }),
        fc.array(fc.nat({ max: STAR_FRAME_MAX }), { maxLength: 8 }),
        fc.constantFrom(...programs),
        (pieces, cuts, program) => {
          const bytes = Buffer.concat(pieces);
          const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort(
            (a, b) => a - b,
          );
          const chunks = [...places, bytes.length].map((end, i) =>
            bytes.subarray(places[i - 1] ?? 0, end),
          );
          expect(run(program, chunks)).toEqual(run(program, [bytes]));
          const single = [...bytes].map((byte) => Uint8Array.of(byte));
          expect(run(program, single)).toEqual(
            bytes.length === 0 ? run(program, []) : run(program, [bytes]),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
