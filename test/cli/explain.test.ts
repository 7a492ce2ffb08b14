// `waybill explain`: the text for people, the object for programs, bytes from everywhere, chunk by chunk.
import { describe, expect, test } from "vitest";
import { bytesOfHex } from "../../src/cli/explain/read-chunks.ts";
import { runWaybill } from "./run-waybill.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const FRAME = "test/cli/files/meters.frame";
const CONFIG = "test/cli/files/waybill.yaml";
const folder = temporaryFolder();

/** `##`, length, flags, count, serial, readings of three bytes each. */
function meter(
  serial: string,
  readings = "",
  count = readings.replace(/ /g, "").length / 6,
): string {
  const body = Buffer.from(serial, "latin1").toString("hex") + readings.replace(/ /g, "");
  const length = (6 + body.length / 2).toString(16).padStart(4, "0");
  return `2323${length}90${count.toString(16).padStart(2, "0")}${body}`;
}

describe("text", () => {
  const report = meter("A0000001", "02fffe 090007");

  test.for<readonly [name: string, args: readonly string[]]>([
    ["frame", ["--hex", report, "--config", CONFIG]],
    [
      "junk-and-chunks",
      [
        "--hex",
        "ff0d0a 23 23",
        "--hex",
        report.slice(4, 20),
        "--hex",
        report.slice(20),
        "--hex",
        "00",
      ],
    ],
    ["need", ["--hex", report.slice(0, 22)]],
    ["reject", ["--hex", meter("A0000001", "", 9)]],
    ["too-short", ["--hex", "2323 000b 90 01 41 42 43 44 45"]],
    ["missing-key", ["--hex", meter("        ")]],
    ["blocked", ["--hex", meter("BLOCKED1"), "--config", CONFIG]],
    ["in-turn", ["--hex", meter("VIP00001"), "--config", CONFIG]],
    ["no-bytes", []],
    ["odd-bytes", ["--hex", meter('\x1b[2J"é\\x')]],
  ])("%s", async ([name, args]) => {
    const { status, out, err } = await runWaybill(["explain", FRAME, ...args]);
    await expect(out).toMatchFileSnapshot(`../golden/cli/explain-${name}.txt`);
    expect(err).toBe("");
    expect(status).toBe(0);
  });

  test("in colours: what is shown is the same", async () => {
    const plain = await runWaybill(["explain", FRAME, "--hex", report]);
    const coloured = await runWaybill(["explain", FRAME, "--hex", report], { isTerminal: true });
    await expect(coloured.out).toMatchFileSnapshot("../golden/cli/explain-colours.txt");
    expect(coloured.out).not.toBe(plain.out);
    const codes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
    expect(coloured.out.replace(codes, "")).toBe(plain.out);
  });

  test("no byte of a client reaches the terminal as a control", async () => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, index) => index)).toString("hex");
    const protocol = folder.write(
      "any.frame",
      "protocol Any { frame { text[256] all; } key all = all; }\n",
    );
    const { out } = await runWaybill(["explain", protocol, "--hex", every]);
    const controls = [...out].filter((character) => character < " " && character !== "\n");
    expect(controls).toEqual([]);
  });

  test("long frames: the beginning, and the place of the fault", async () => {
    const protocol = folder.write(
      "long.frame",
      'protocol Long { frame { u16 n; bytes[8000] body; "END"; } key n = n; }\n',
    );
    const bytes = folder.write("long.bin", Buffer.concat([Buffer.alloc(8002), Buffer.from("eND")]));
    const { out } = await runWaybill(["explain", protocol, "--file", bytes]);
    expect(out.split("\n").length).toBeLessThan(60);
    expect(out).toMatch(/^… 7456 bytes$/m);
    expect(out).toMatch(/^1f40 \|?.*>65 4e 44/m);
  });

  test("a hint where deciding at the key would save most of the frame", async () => {
    const text = (decide: string) =>
      `protocol P { ${decide} frame { text[8] id; bytes[2000] body; } key id = id; }\n`;
    const bytes = folder.write("body.bin", Buffer.alloc(2008, "A"));
    const whole = folder.write("whole.frame", text(""));
    const early = folder.write("early.frame", text("decide at key;"));
    const first = await runWaybill(["explain", whole, "--file", bytes]);
    expect(first.out).toMatch(/^hint +the keys end 8 bytes into the frame: with 'decide at key;'/m);
    const second = await runWaybill(["explain", early, "--file", bytes]);
    expect(second.out).not.toMatch(/^hint/m);
    expect(second.out).toMatch(
      /^verdict +every key is known; the frame.* is forwarded unverified/m,
    );
  });
});

describe("json", () => {
  async function explained(...args: readonly string[]) {
    const ran = await runWaybill(["explain", FRAME, "--format", "json", ...args]);
    expect(ran).toMatchObject({ status: 0, err: "" });
    return JSON.parse(ran.out);
  }

  const facts = {
    protocol: "Meter",
    class: "bounded walk",
    bounds: { need: 14, max: 200, memory: 200 },
  };

  test("a frame with its route", async () => {
    const hex = `0000${meter("A0000001", "090007")}ffff`;
    expect(await explained("--hex", hex, "--config", CONFIG)).toEqual({
      ...facts,
      verdict: "frame",
      offset: 2,
      length: 17,
      dropped: 2,
      fields: [
        { path: "length", offset: 4, bytes: "0011", value: 17 },
        { path: "flags", offset: 6, bytes: "90", value: 0x90 },
        { path: "flags.urgent", offset: 6, bytes: "90", value: 1 },
        { path: "flags.kind", offset: 6, bytes: "90", value: 1 },
        { path: "count", offset: 7, bytes: "01", value: 1 },
        { path: "serial", offset: 8, bytes: "4130303030303031", value: "A0000001" },
        { path: "readings[0].id", offset: 16, bytes: "09", value: 9 },
        { path: "readings[0].value", offset: 17, bytes: "0007", value: 7 },
      ],
      keys: { serial: "A0000001", alarm: 7 },
      route: {
        router: "meters",
        rule: { line: 22, text: "otherwise -> main by serial" },
        action: "pool",
        pool: "main",
        backend: expect.stringMatching(/^(?:first|10\.0\.0\.[23]:9000)$/),
      },
    });
  });

  test("more bytes are needed", async () => {
    const need = await explained("--hex", "2323");
    expect(need).toEqual({
      ...facts,
      verdict: "need",
      need: 12,
      offset: 0,
      length: null,
      dropped: 0,
      fields: [],
      keys: {},
    });
  });

  test("a refusal", async () => {
    const refused = await explained("--hex", meter("A0000001", "", 9));
    expect(refused).toMatchObject({
      ...facts,
      verdict: "reject",
      keys: {},
      reject: { reason: "too-long", field: "count", offset: 5 },
    });
    expect(refused).not.toHaveProperty("route");
  });

  test("more junk than may be dropped", async () => {
    const refused = await explained("--hex", "00".repeat(201));
    expect(refused.reject).toEqual({ reason: "junk", field: null, offset: 201 });
  });

  test.for<readonly [what: string, args: readonly string[], route: object, keys: object]>([
    [
      "a rule that refuses",
      ["--hex", meter("BLOCKED1"), "--config", CONFIG],
      { action: "reject", pool: null, backend: null },
      { serial: "BLOCKED1", alarm: null },
    ],
    [
      "a missing key",
      ["--hex", meter("        ")],
      {
        action: "reject",
        rule: { line: 21, text: 'when missing serial -> reject "no serial number"' },
      },
      { serial: null },
    ],
    [
      "a pool that goes round",
      ["--hex", meter("VIP00001"), "--config", CONFIG],
      { action: "pool", pool: "vip", backend: null },
      {},
    ],
    [
      "the client's address",
      ["--hex", meter("A0000001"), "--client", "10.9.8.7", "--config", CONFIG],
      { action: "pool", pool: "inside", backend: null },
      {},
    ],
    [
      "without a configuration there is a pool, and no backend",
      ["--hex", meter("A0000001")],
      { action: "pool", pool: "main", backend: null },
      {},
    ],
  ])("%s", async ([, args, route, keys]) => {
    const found = await explained(...args);
    expect(found.route).toMatchObject({ router: "meters", ...route });
    expect(found.keys).toMatchObject(keys);
  });

  test("keys of bytes are hexadecimal; no rule is said to be none", async () => {
    const protocol = folder.write(
      "bytes.frame",
      'protocol P { frame { bytes[2] id; } key id = id; }\nrouter r on P { when id == "ab" -> main; }\n',
    );
    const { out } = await runWaybill(["explain", protocol, "--format", "json", "--hex", "0aff"]);
    const found = JSON.parse(out);
    expect(found.keys).toEqual({ id: "0aff" });
    expect(found.route).toEqual({
      router: "r",
      rule: null,
      action: "no-route",
      pool: null,
      backend: null,
    });
  });
});

describe("bytes", () => {
  const hex = meter("A0000001");
  const bytes = Buffer.from(hex, "hex");

  test("from a file, from standard input, from digits: the same", async () => {
    const file = folder.write("frame.bin", bytes);
    const digits = await runWaybill(["explain", FRAME, "--hex", hex]);
    const fromFile = await runWaybill(["explain", FRAME, "--file", file]);
    const fromInput = await runWaybill(["explain", FRAME, "-"], { input: bytes });
    expect(fromFile).toEqual(digits);
    expect(fromInput).toEqual(digits);
  });

  test.for(["2a00ff", "2A 00 FF", "2a:00:ff", "0x2a,0x00,0xff", 'x"2A 00 FF"', "\\x2a\\x00\\xff"])(
    "digits as %s",
    (text) => expect(Buffer.from(bytesOfHex(text)).toString("hex")).toBe("2a00ff"),
  );

  test("digits in a file or on standard input are text, with a word about it", async () => {
    const file = folder.write("digits.txt", `${hex}\n`);
    const fromFile = await runWaybill(["explain", FRAME, "--file", file]);
    const input = Buffer.from("23:23:00:14");
    const fromInput = await runWaybill(["explain", FRAME, "-"], { input });
    expect(fromFile.err).toBe(
      `waybill: ${file} holds digits, which are taken as text; xxd -r -p makes bytes of them\n`,
    );
    expect(fromInput.err).toMatch(/^waybill: standard input holds digits/);
    expect(fromInput.out).toContain("32 33 3a 32 33");
    expect([fromFile.status, fromInput.status]).toEqual([0, 0]);
  });

  test.for([
    ["xxd", "00000000: 2a00 ff                                  *.."],
    ["xxd, its text column being digits", "00000000: 6162   ab"],
    ["hexdump -C", "00000000  2a 00 ff                                          |*..|\n00000003"],
    ["od -Ax -tx1", `000000${" 2a".repeat(16)}\n000010 ff\n000011`],
    ["od -tx1", `0000000${" 2a".repeat(16)}\n0000020 ff\n0000021`],
    ["tcpdump -x", "\t0x0000:  4500 003c"],
    ["Wireshark, as hex dump", "0000   2a 00 ff"],
    ["Wireshark, follow stream", "00000000  2a 00 ff   *.."],
  ] as const)("a dump with offsets is refused, with the mend: %s", ([, text]) => {
    expect(() => bytesOfHex(text)).toThrow(/a dump with offsets; give its bytes alone/);
  });

  test.for(["0000 0014 2a00", "0000  0014", "00000000 00000010", "0000\n0014", "00:00: 00"])(
    "zeros are no offset: %j",
    (text) => expect(bytesOfHex(text)[0]).toBe(0),
  );

  test.for<readonly [what: string, path: string, says: RegExp]>([
    ["missing", "absent.bin", /cannot read .*absent.bin: no such file/],
    ["a directory", "test/cli", /cannot read test\/cli: it is a directory/],
    ["not a file", "/dev/zero", /cannot read \/dev\/zero: it is not a regular file/],
  ])("a file that is %s: one line, status 1", async ([, path, says]) => {
    const { status, out, err } = await runWaybill(["explain", FRAME, "--file", path]);
    expect(err).toMatch(says);
    expect(err.match(/\n/g)).toHaveLength(1);
    expect(out).toBe("");
    expect(status).toBe(1);
  });

  test("every split gives the same verdict as the whole", async () => {
    const whole = await runWaybill(["explain", FRAME, "--format", "json", "--hex", hex]);
    for (let at = 2; at < hex.length; at += 2) {
      const args = ["--hex", hex.slice(0, at), "--hex", hex.slice(at)];
      const split = await runWaybill(["explain", FRAME, "--format", "json", ...args]);
      expect(split.out).toBe(whole.out);
    }
  });
});

describe("which protocol", () => {
  test("that of the only router, where a file has several", async () => {
    const file = folder.write(
      "several.frame",
      "protocol A { frame { u8 x; } key x = x; }\nprotocol B { frame { u8 y; } key y = y; }\nrouter r on B { otherwise -> main; }\n",
    );
    const { out } = await runWaybill(["explain", file, "--format", "json", "--hex", "01"]);
    expect(JSON.parse(out)).toMatchObject({
      protocol: "B",
      keys: { y: 1 },
      route: { router: "r" },
    });
    const other = await runWaybill(["explain", file, "--format", "json", "--hex", "01", "-p", "A"]);
    expect(JSON.parse(other.out)).toMatchObject({ protocol: "A", keys: { x: 1 } });
  });

  test("that of an imported file, for a file of routers", async () => {
    const file = folder.write(
      "routes.frame",
      'import "star";\nrouter r on Star { otherwise -> main; }\n',
    );
    const { out } = await runWaybill(["explain", file]);
    expect(out).toMatch(/^protocol Star$/m);
  });

  test("of the library, by name", async () => {
    const { status, out } = await runWaybill(["explain", "library:mqtt"]);
    expect(out).toMatch(/^protocol MQTT$/m);
    expect(status).toBe(0);
  });

  test("a file that declares none", async () => {
    const file = folder.write("none.frame", "const A = 1;\n");
    const { status, err } = await runWaybill(["explain", file]);
    expect(err).toBe(`waybill: ${file} declares no protocol\n`);
    expect(status).toBe(1);
  });
});

test("what is wrong with the description or the configuration is said, and nothing else", async () => {
  const wrong = ["test/diagnostics/wb0201-unknown-name.frame", "--hex", "00"];
  const description = await runWaybill(["explain", ...wrong]);
  expect(description).toMatchObject({ status: 1, out: "" });
  expect(description.err).toMatch(/error WB0201/);
  const config = "test/diagnostics/wb0917-fallback-cycle.yaml";
  const configuration = await runWaybill(["explain", FRAME, "--hex", "00", "--config", config]);
  expect(configuration).toMatchObject({ status: 1, out: "" });
  expect(configuration.err).toMatch(/error WB0917/);
});

describe("behind a PROXY header", () => {
  const description = (mode: string) =>
    folder.write(
      `behind${mode}.frame`,
      `import "proxy";
protocol P { prefix ProxyV1 | ProxyV2${mode}; frame { text[4] id; } key id = id; }
router r on P { when client in "10.0.0.0/8" -> inside; otherwise -> main; }
test r "by the header's client" {
  bytes "PROXY TCP4 10.1.2.3 10.0.0.1 4000 80\\r\\n" "ABCD";
  expect pool inside;
}
`,
    );
  const v1 = (source: string) =>
    Buffer.from(`PROXY TCP4 ${source} 10.0.0.1 4000 80\r\nABCD`).toString("hex");
  const v2 = Buffer.concat([
    Buffer.from("0d0a0d0a000d0a515549540a2111000c0a010203c0a8000100500fa0", "hex"),
    Buffer.from("ABCD"),
  ]).toString("hex");
  const bare = Buffer.from("ABCD").toString("hex");

  test.for<readonly [what: string, mode: string, hex: string, pool: string | null]>([
    ["the client of version 1", " required", v1("10.1.2.3"), "inside"],
    ["another client of version 1", " required", v1("192.0.2.1"), "main"],
    ["the client of version 2", " required", v2, "inside"],
    ["no header where it is optional", "", bare, "main"],
    ["no header where it is required", " required", bare, null],
    ["a client that is no address", " required", v1("10.1.2.300"), null],
    ["a header that began and is wrong", "", Buffer.from("PROXY TCP9 x").toString("hex"), null],
  ])("%s", async ([, mode, hex, pool]) => {
    const args = ["explain", description(mode), "--protocol", "P", "--format", "json"];
    const { out, status } = await runWaybill([...args, "--hex", hex]);
    const found = JSON.parse(out);
    expect(status).toBe(0);
    expect(found.verdict).toBe(pool === null ? "reject" : "frame");
    if (pool !== null) expect(found).toMatchObject({ keys: { id: "ABCD" }, route: { pool } });
  });

  test("text says who it is, and what is not forwarded", async () => {
    const { out } = await runWaybill([
      "explain",
      description(" required"),
      "--hex",
      v1("10.1.2.3"),
    ]);
    expect(out).toMatch(/^consumed +38 bytes of a prefix, not forwarded$/m);
    expect(out).toMatch(/^client +10\.1\.2\.3, as the prefix says$/m);
    expect(out).toMatch(/^pool +inside$/m);
  });

  test("vectors see that client too", async () => {
    const { out, status } = await runWaybill(["test", description(" required")]);
    expect(out).toMatch(/^1 file: 1 passed, 0 failed$/m);
    expect(status).toBe(0);
  });
});
