// How the command line answers to being called: help, version, codes, and every way to call it wrongly.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runWaybill } from "./run-waybill.ts";

const FRAME = "test/cli/files/meters.frame";

describe("called wrongly: status 2, one or two lines, a suggestion where there is one", () => {
  test.for<readonly [args: string, says: RegExp]>([
    ["valdate x.frame", /^waybill: unknown command 'valdate'\n\(Did you mean validate\?\)\n$/],
    [
      `validate --formt json ${FRAME}`,
      /^waybill: unknown option '--formt'\n\(Did you mean --format/,
    ],
    [
      `validate --format xml ${FRAME}`,
      /--format <how>' argument 'xml' is invalid.*text, json, github/,
    ],
    ["validate", /^waybill: missing required argument 'file'\n$/],
    ["validate notes.txt", /^waybill: notes.txt is neither a description \(.frame\) nor a conf/],
    ["test", /missing required argument/],
    ["compile", /missing required argument/],
    [`compile ${FRAME} extra.frame`, /too many arguments/],
    [`compile ${FRAME} -p Metre`, /has no protocol 'Metre'; did you mean 'Meter'\?\n$/],
    [`compile ${FRAME} --print ast`, /'--print <what>' argument 'ast' is invalid/],
    [
      "compile test/cli/files/two.frame",
      /has 2 protocols: choose with --protocol Left \| Right\n$/,
    ],
    ["fmt", /missing required argument/],
    [`fmt - ${FRAME}`, /'-' stands alone: it cannot be mixed with files/],
    [`explain ${FRAME} --hex 0`, /--hex 0: half a byte is left over: two digits make a byte/],
    [
      `explain ${FRAME} --hex 0g`,
      /--hex 0g: 'g' is not a hexadecimal digit; bytes are written 2a00, /,
    ],
    [
      "explain test/cli/files/waybill.yaml --hex 00",
      /waybill.yaml is a configuration: name a \.frame file, and it by --config\n$/,
    ],
    [`explain ${FRAME} --hex 00 --file x`, /the bytes come from one of --hex, --file and '-'/],
    [`explain ${FRAME} 2a00`, /'2a00' cannot stand here: bytes are given by --hex, a file of them/],
    [`explain ${FRAME} --client here --hex 00`, /--client here: not an IP address/],
    [`explain ${FRAME} -r meter --hex 00`, /has no router 'meter'; did you mean 'meters'\?/],
    [`explain ${FRAME} -r meters -p X --hex 00`, /router meters stands on protocol Meter, not X/],
    ["help WB9999", /^waybill: there is no code 'WB9999'/],
    ["help WB0299", /^waybill: there is no code 'WB0299'; did you mean WB02\d\d\?\n$/],
    ["help explian", /there is no command or code 'explian'; did you mean 'explain'\?/],
    ["demo --twice", /unknown option '--twice'/],
    ["run waybill.yaml", /'waybill.yaml' cannot stand here: the configuration is named by -c/],
    ["run a.yaml b.yaml", /'a.yaml' cannot stand here: the configuration is named by -c/],
  ])("waybill %s", async ([line, says]) => {
    const { status, out, err } = await runWaybill(line.split(" "));
    expect(err).toMatch(says);
    expect(err.trimEnd().split("\n").length).toBeLessThan(3);
    expect(out).toBe("");
    expect(status).toBe(2);
  });

  test("without a command: help, on standard error", async () => {
    const { status, out, err } = await runWaybill([]);
    expect(err).toContain("Usage: waybill");
    expect(out).toBe("");
    expect(status).toBe(2);
  });
});

describe("help", () => {
  const commands = ["validate", "test", "explain", "compile", "fmt", "run", "demo", "help"];

  test.for(["help", "--help", "-h"])("waybill %s lists every command", async (line) => {
    const { status, out, err } = await runWaybill([line]);
    const listed = [...out.matchAll(/^ {2}(\w+ .*?) {2}/gm)].map(([, usage]) => usage);
    const usages = commands.map(async (command) => {
      const ran = await runWaybill([command, "--help"]);
      return /^Usage: waybill (.*)$/m.exec(ran.out)?.[1];
    });
    expect(listed).toEqual(await Promise.all(usages));
    expect(err).toBe("");
    expect(status).toBe(0);
  });

  test.for(commands)("waybill help %s says what waybill %s --help says", async (command) => {
    const help = await runWaybill(["help", command]);
    const option = await runWaybill([command, "--help"]);
    expect(help.out).toContain(`Usage: waybill ${command}`);
    expect(option.out).toBe(help.out);
    expect([help.status, option.status]).toEqual([0, 0]);
  });

  test.for(["WB0317", "wb0317", "317", "0317"])(
    "waybill help %s explains the code",
    async (code) => {
      const { status, out } = await runWaybill(["help", code]);
      expect(out).toMatch(/^WB0317, a warning\n\nAfter junk that happens to hold the start byte/);
      expect(status).toBe(0);
    },
  );
});

test.for(["--version", "-V"])("waybill %s", async (option) => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(await runWaybill([option])).toEqual({ status: 0, out: `${version}\n`, err: "" });
});

describe("colours", () => {
  test.for<
    readonly [
      what: string,
      isTerminal: boolean,
      environment: Record<string, string>,
      isColoured: boolean,
    ]
  >([
    ["a terminal", true, {}, true],
    ["a pipe", false, {}, false],
    ["NO_COLOR on a terminal", true, { NO_COLOR: "1" }, false],
    ["an empty NO_COLOR, which counts as none", true, { NO_COLOR: "" }, true],
    ["FORCE_COLOR on a pipe", false, { FORCE_COLOR: "1" }, true],
    ["FORCE_COLOR=0 on a terminal", true, { FORCE_COLOR: "0" }, false],
    ["FORCE_COLOR beside NO_COLOR", false, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    ["a dumb terminal", true, { TERM: "dumb" }, false],
  ])("%s", async ([, isTerminal, environment, isColoured]) => {
    const args = ["validate", "test/diagnostics/wb0201-unknown-name.frame"];
    const { out } = await runWaybill(args, { isTerminal, environment });
    expect(out.includes("\x1b[")).toBe(isColoured);
  });
});
