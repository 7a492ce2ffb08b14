// Runs the `test` declarations of a compilation: each against the reference interpreter and the rules. What does not do what
// it says is a finding at the expectation. Does no I/O.

import { parseIpAddress } from "../../base/ip-address.ts";
import { constantOf } from "../check/constants.ts";
import type { Compilation, CompiledProtocol, CompiledRouter } from "../compile.ts";
import { report } from "../diagnostics/collector.ts";
import { suggest } from "../diagnostics/suggest.ts";
import { type Examination, examine, type Refusal, routeExamined } from "../explain/examine.ts";
import type { KeyValue } from "../ir/interpret/outcome.ts";
import { showBytes } from "../ir/interpret/show.ts";
import type { RouteOutcome } from "../route/outcome.ts";
import type { Expectation, Expression, Literal, TestDeclaration } from "../syntax/ast.ts";

/** One test's result. */
export interface VectorResult {
  readonly title: string;
  /** The protocol or router it names. */
  readonly of: string;
  readonly hasPassed: boolean;
}

interface Examined {
  readonly compilation: Compilation;
  readonly test: TestDeclaration;
  readonly examination: Examination;
  readonly protocol: CompiledProtocol;
  readonly router: CompiledRouter | undefined;
  readonly outcome: RouteOutcome | null;
}

/** Runs every test of the named files, in order; findings go to the compilation's collector. */
export function runVectors(compilation: Compilation): readonly VectorResult[] {
  return compilation.tests.flatMap((test) => {
    const before = compilation.collector.counts.error;
    const isRun = runOne(compilation, test);
    if (!isRun && compilation.collector.counts.error === before) return [];
    return [
      {
        title: Buffer.from(test.title.bytes).toString("utf8"),
        of: test.of.text,
        hasPassed: compilation.collector.counts.error === before,
      },
    ];
  });
}

/** False where what it tests did not compile: that was reported there. */
function runOne(compilation: Compilation, test: TestDeclaration): boolean {
  const { collector, routers, protocols, symbols } = compilation;
  const name = test.of.text;
  if (!symbols.protocols.has(name) && !symbols.routers.has(name)) {
    const names = [...symbols.protocols.keys(), ...symbols.routers.keys()];
    report(collector, "unknownName", test.of.span, {
      kind: "protocol or router",
      name,
      suggestion: suggest(name, names),
    });
    return true;
  }
  const router = routers.get(name);
  const protocol = router?.protocol ?? protocols.get(name);
  if (protocol === undefined) return false;
  const bytes = bytesOf(test);
  if (bytes === undefined) {
    report(collector, "testWithoutBytes", test.title.span, {});
    return true;
  }
  const expectations = test.statements.filter((statement) => statement.kind === "expect");
  if (expectations.length === 0) report(collector, "testWithoutExpectation", test.title.span, {});
  const client = clientOf(compilation, test);
  if (client === undefined) return true;
  const examination = examine(protocol, bytes);
  const isDecided = examination.verdict === "frame" || examination.verdict === "key";
  const outcome =
    router !== undefined && isDecided ? routeExamined(router, examination, bytes, client) : null;
  const examined = { compilation, test, examination, protocol, router, outcome };
  for (const statement of expectations)
    if (statement.kind === "expect") check(examined, statement.what, statement.span);
  return true;
}

function bytesOf(test: TestDeclaration): Uint8Array | undefined {
  const parts = test.statements.flatMap((statement) =>
    statement.kind === "bytes" ? statement.parts.map((part) => part.bytes) : [],
  );
  return test.statements.some((statement) => statement.kind === "bytes")
    ? Buffer.concat(parts)
    : undefined;
}

function clientOf(compilation: Compilation, test: TestDeclaration) {
  const address = new Uint8Array(16);
  const written = test.statements.find((statement) => statement.kind === "client");
  const text =
    written?.kind === "client" ? Buffer.from(written.address.bytes).toString("utf8") : "127.0.0.1";
  const length = parseIpAddress(text, address);
  if (length > 0) return { address, length };
  if (written !== undefined)
    report(compilation.collector, "badClientAddress", written.span, { text });
  return undefined;
}

function check(examined: Examined, what: Expectation, span: TestDeclaration["span"]): void {
  const failure = failureOf(examined, what);
  if (failure === undefined) return;
  report(examined.compilation.collector, "expectationFailed", span, failure);
}

interface Failure {
  readonly expected: string;
  readonly found: string;
}

/** What differs; undefined where the expectation holds or something was reported. */
function failureOf(examined: Examined, what: Expectation): Failure | undefined {
  const { examination } = examined;
  const found = describe(examined);
  switch (what.kind) {
    case "frame": {
      const length = what.length === undefined ? null : numberOf(examined, what.length);
      const isFrame = examination.verdict === "frame" || examination.verdict === "key";
      if (isFrame && (length === null || examination.length === length)) return undefined;
      return { expected: length === null ? "a frame" : `a frame of ${length} bytes`, found };
    }
    case "need": {
      const missing = what.bytes === undefined ? null : numberOf(examined, what.bytes);
      const isNeed = examination.verdict === "need";
      if (isNeed && (missing === null || examination.missing === missing)) return undefined;
      return { expected: missing === null ? "need" : `need ${missing}`, found };
    }
    case "drop": {
      const bytes = numberOf(examined, what.bytes);
      if (bytes === null || examination.dropped === bytes) return undefined;
      return { expected: `drop ${bytes}`, found: `drop ${examination.dropped}` };
    }
    case "reject":
      return rejectFailure(examined, what, found);
    case "key":
    case "missing":
      return keyFailure(examined, what, found);
    case "pool": {
      if (examined.router === undefined) {
        report(examined.compilation.collector, "routerTestNeedsRouter", what.pool.span, {
          name: examined.test.of.text,
        });
        return undefined;
      }
      const pool = examined.outcome?.kind === "pool" ? examined.outcome.pool : undefined;
      return pool === what.pool.text ? undefined : { expected: `pool ${what.pool.text}`, found };
    }
  }
}

function rejectFailure(
  examined: Examined,
  what: Extract<Expectation, { kind: "reject" }>,
  found: string,
): Failure | undefined {
  const { examination, outcome } = examined;
  if (what.message !== undefined) {
    const message = Buffer.from(what.message.bytes).toString("utf8");
    if (examined.router === undefined) {
      report(examined.compilation.collector, "routerTestNeedsRouter", what.message.span, {
        name: examined.test.of.text,
      });
      return undefined;
    }
    const isSame = outcome?.kind === "reject" && outcome.message === message;
    return isSame ? undefined : { expected: `reject "${message}"`, found };
  }
  const isRejected = examination.verdict === "reject" || outcome?.kind === "reject";
  const field = what.at?.parts.map((part) => part.text).join(".");
  const reason = examination.reject?.reason;
  const at = typeof reason === "string" ? reason : reason?.field;
  if (isRejected && (field === undefined || field === at)) return undefined;
  return { expected: field === undefined ? "reject" : `reject at ${field}`, found };
}

function keyFailure(
  examined: Examined,
  what: Extract<Expectation, { kind: "key" | "missing" }>,
  found: string,
): Failure | undefined {
  const names = examined.protocol.program.keys.map((key) => key.name);
  if (!names.includes(what.key.text)) {
    report(examined.compilation.collector, "unknownName", what.key.span, {
      kind: "key",
      name: what.key.text,
      suggestion: suggest(what.key.text, names),
    });
    return undefined;
  }
  const key = examined.examination.keys.find((each) => each.name === what.key.text);
  const expected =
    what.kind === "missing"
      ? `${what.key.text} missing`
      : `${what.key.text} == ${showLiteral(what.value)}`;
  if (key === undefined) return { expected, found };
  const isSame =
    what.kind === "missing" ? key.value.kind === "missing" : equalsLiteral(key.value, what.value);
  return isSame ? undefined : { expected, found: `${what.key.text} ${showKey(key.value)}` };
}

function equalsLiteral(key: KeyValue, literal: Literal): boolean {
  if (key.kind === "integer")
    return literal.kind === "number" && literal.value === BigInt(key.value);
  return (
    key.kind === "bytes" &&
    literal.kind === "bytes" &&
    Buffer.compare(key.bytes, literal.bytes) === 0
  );
}

function numberOf(examined: Examined, expression: Expression): number | null {
  const constant = constantOf(expression, examined.compilation.symbols);
  if (constant?.kind === "integer") return Number(constant.value);
  report(examined.compilation.collector, "notConstant", expression.span, {
    what: "a number of bytes",
    suggestion: undefined,
  });
  return null;
}

/** What came out, in the words of an expectation. */
function describe(examined: Examined): string {
  const { examination, outcome, router } = examined;
  switch (examination.verdict) {
    case "need":
      return `need ${examination.missing ?? 0}${falseStartText(examination)}`;
    case "reject":
      return examination.reject === null ? "reject" : refusalText(examination.reject);
    case "key":
    case "frame":
      if (router === undefined) return `a frame of ${examination.length ?? "unknown"} bytes`;
      if (outcome === null) return "no rule that matches";
      return outcome.kind === "pool" ? `pool ${outcome.pool}` : `reject "${outcome.message}"`;
  }
}

/** Why what looks like a frame was dropped: most often the answer to why more is needed. */
function falseStartText({ falseStarts: [first] }: Examination): string {
  return first === undefined
    ? ""
    : ` after a false start at offset ${first.offset}: ${refusalText(first, "")}`;
}

function refusalText(
  { reason, offset, computed }: Refusal,
  place: string = `, offset ${offset}`,
): string {
  if (typeof reason === "string") return `reject: ${reason}`;
  const shown = computed === undefined ? "" : `, computed 0x${computed.toString(16).toUpperCase()}`;
  return `reject at ${reason.field}${place} (${reason.kind}: ${reason.rule}${shown})`;
}

function showLiteral(literal: Literal): string {
  return literal.kind === "number" ? literal.source : `"${showBytes("text", literal.bytes)}"`;
}

function showKey(key: KeyValue): string {
  if (key.kind === "missing") return "missing";
  return key.kind === "integer" ? `== ${key.value}` : `== "${showBytes("text", key.bytes)}"`;
}
