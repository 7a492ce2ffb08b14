// Every file of the library: it compiles, its vectors do what they say, and it tells its reader what has to be known.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compileFrameFiles } from "../../src/compiler/compile.ts";
import { sortedDiagnostics } from "../../src/compiler/diagnostics/collector.ts";
import { renderText } from "../../src/compiler/diagnostics/render.ts";
import { createFileReader } from "../../src/compiler/files.ts";
import { formatPath } from "../../src/compiler/format/format-path.ts";
import { verifyProgram } from "../../src/compiler/ir/verify.ts";
import {
  libraryDirectory,
  libraryNames,
  readLibrary,
} from "../../src/compiler/source/disk-reader.ts";
import type { Expectation, TestDeclaration } from "../../src/compiler/syntax/ast.ts";
import { runVectors } from "../../src/compiler/vectors/run-vectors.ts";
import { compileLibraryFile } from "./compile-library.ts";

/** Every file with the protocols in it. */
const library: Readonly<Record<string, readonly string[]>> = {
  diameter: ["Diameter"],
  dns: ["DNS"],
  fix: ["FIX"],
  gbt32960: ["GBT32960", "GBT32960v2025"],
  hj212: ["HJ212"],
  http1: ["HTTP1"],
  iec104: ["IEC104"],
  minecraft: ["Minecraft"],
  modbus: ["Modbus"],
  mqtt: ["MQTT"],
  proxy: ["ProxyV1", "ProxyV2"],
  resp: ["RESP"],
  smpp: ["SMPP"],
  star: ["Star", "StarToEnd"],
  tls: ["TLS"],
};

/** Warnings that are meant, by file. */
const warnings: Readonly<Record<string, readonly string[]>> = {
  // The original drops what comes before its one-byte mark, and so does its description.
  star: [
    "WB0317 a one-byte start mark may be found in junk",
    "WB0317 a one-byte start mark may be found in junk",
  ],
};

test("the folder holds these files and no others", () => {
  expect(libraryNames()).toEqual(Object.keys(library));
});

describe.for(Object.entries(library))("%s", ([name, protocols]) => {
  const compilation = compileLibraryFile(name);

  test("compiles without findings, but for the warnings that are meant", () => {
    const found = compilation.diagnostics.map(({ code, message }) => `${code} ${message}`);
    expect(found).toEqual(warnings[name] ?? []);
    expect(compilation.entryProtocols).toEqual(protocols);
    expect([...compilation.protocols.keys()]).toEqual(protocols);
  });

  test("its vectors do what they say", () => {
    const fresh = compileLibraryFile(name);
    const results = runVectors(fresh);
    const failures = sortedDiagnostics(fresh.collector).filter((each) => each.severity === "error");
    expect(renderText(failures, fresh.sources)).toBe("");
    expect(results.length).toBe(fresh.tests.length);
    expect(results.filter((result) => !result.hasPassed)).toEqual([]);
  });

  test("is laid out as fmt lays it out", () => {
    const formatting = formatPath(name, readLibrary);
    expect(formatting.text).toBe(readFileSync(`${libraryDirectory()}/${name}.frame`, "utf8"));
  });

  test("can be imported by its name", () => {
    const router = `import "${name}";\nrouter all on ${protocols[0]} { otherwise -> main; }\n`;
    const { read, readList } = createFileReader();
    const {
      diagnostics,
      routers,
      protocols: known,
    } = compileFrameFiles({
      paths: ["router.frame"],
      read: (path) => (path === "router.frame" ? { kind: "text", text: router } : read(path)),
      readList,
    });
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect([...routers.keys()]).toEqual(["all"]);
    expect([...known.keys()]).toEqual(protocols);
  });

  describe.for(protocols)("%s", (protocol) => {
    const declaration = compilation.symbols.protocols.get(protocol);
    const vectors = compilation.tests.filter((vector) => vector.of.text === protocol);

    test("its documentation cites the specification, and tells the keys and their traps", () => {
      const docs = (declaration?.docs ?? []).join("\n");
      expect(docs).toMatch(/^Specification: .*(?:\d|"\w)/m);
      expect(docs).toMatch(/The keys?: /);
      expect(docs).toMatch(/Traps: /);
      for (const { name: key } of compilation.protocols.get(protocol)?.program.keys ?? [])
        expect(docs).toContain(`\`${key}\``);
    });

    test("each of its keys is found by some vector", () => {
      const keys = compilation.protocols.get(protocol)?.program.keys.map((key) => key.name) ?? [];
      const found = vectors.flatMap((vector) =>
        expectationsOf(vector).flatMap((what) => (what.kind === "key" ? [what.key.text] : [])),
      );
      expect(keys.filter((key) => !found.includes(key))).toEqual([]);
    });

    test("it has vectors that are taken, and vectors that are refused or dropped", () => {
      expect(vectors.filter((vector) => expects(vector, "frame", "key", "missing"))).not.toEqual(
        [],
      );
      expect(vectors.filter((vector) => expects(vector, "reject", "drop"))).not.toEqual([]);
    });

    test("its program is proven by the verifier", () => {
      const program = compilation.protocols.get(protocol)?.program;
      expect(program === undefined ? ["none"] : verifyProgram(program)).toEqual([]);
    });
  });

  test("a vector of it is cut short, and says how many bytes are missing", () => {
    const exact = compilation.tests
      .flatMap(expectationsOf)
      .filter((what) => what.kind === "need" && what.bytes !== undefined);
    expect(exact).not.toEqual([]);
  });
});

test.for(["nothing", "", "../package", "mqtt.frame"])("no file is called %j", (name) => {
  expect(readLibrary(name)).toMatchObject({ kind: "error", code: "missing" });
});

function expectationsOf(vector: TestDeclaration): readonly Expectation[] {
  return vector.statements.flatMap((each) => (each.kind === "expect" ? [each.what] : []));
}

function expects(vector: TestDeclaration, ...kinds: readonly Expectation["kind"][]): boolean {
  return expectationsOf(vector).some((what) => kinds.includes(what.kind));
}
