// `waybill explain`: what becomes of a connection that sends these bytes, and what is known of its protocol.

import { Command, Option } from "commander";
import { parseIpAddress } from "../../base/ip-address.ts";
import {
  type Compilation,
  type CompiledProtocol,
  type CompiledRouter,
  compileFrameFiles,
  createFileReader,
} from "../../compiler/index.ts";
import { chooseBackend, createLoader, prepare } from "../../runtime/index.ts";
import { choose } from "../choose.ts";
import { painter, usesColour } from "../colour.ts";
import { EXIT, type ExitStatus } from "../exit-status.ts";
import { explainJson } from "../explain/explain-json.ts";
import { explainText } from "../explain/explain-text.ts";
import { type ChooseBackend, type ClientAddress, explain } from "../explain/explanation.ts";
import { readChunks } from "../explain/read-chunks.ts";
import { inputFailure, usageFailure } from "../failure.ts";
import { writeDiagnostics } from "../findings.ts";
import type { RunWork } from "../run-work.ts";
import type { Terminal } from "../terminal.ts";

interface ExplainOptions {
  readonly protocol?: string;
  readonly router?: string;
  readonly hex?: readonly string[];
  readonly file?: string;
  readonly config?: string;
  readonly client: string;
  readonly format: "text" | "json";
}

export function explainCommand(run: RunWork): Command {
  return new Command("explain")
    .summary("show what a protocol makes of some bytes")
    .description(
      "Shows the fields of a frame, its keys, the rule that takes it, its pool and backend, and the bounds of " +
        "the protocol. Without bytes, what is known before the first one comes.",
    )
    .argument("<file>", "a .frame file")
    .argument("[-]", "read the bytes from standard input")
    .addOption(
      new Option("--hex <digits>", "the bytes; each --hex is a chunk as it arrives").argParser(
        (digits: string, before: readonly string[] | undefined) => [...(before ?? []), digits],
      ),
    )
    .option("--file <path>", "a file that holds the bytes")
    .option("-p, --protocol <name>", "the protocol, where the file has several")
    .option("-r, --router <name>", "the router, where the protocol has several")
    .option("-c, --config <waybill.yaml>", "a configuration, to say which backend it would be")
    .option("--client <address>", "the client's address, for rules about it", "127.0.0.1")
    .addOption(
      new Option("--format <how>", "how to write it").choices(["text", "json"]).default("text"),
    )
    .action((file: string, input: string | undefined, options: ExplainOptions) =>
      run((terminal) => explainFile(file, input, options, terminal)),
    );
}

const CONFIGURATION = /\.ya?ml$/;

async function explainFile(
  file: string,
  input: string | undefined,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<ExitStatus> {
  const client = clientOf(options.client);
  if (CONFIGURATION.test(file))
    throw usageFailure(`${file} is a configuration: name a .frame file, and it by --config`);
  const compilation = compileFrameFiles({ paths: [file], ...createFileReader() });
  if (compilation.hasErrors) {
    writeDiagnostics(compilation.diagnostics, compilation.sources, terminal);
    return EXIT.fault;
  }
  const { protocol, router } = subjectOf(compilation, options, file);
  const choice = await backendChooser(options.config, terminal);
  if (choice === "refused") return EXIT.fault;
  const chunks = await readChunks({ hex: options.hex, file: options.file, input }, terminal);
  const explanation = explain({ protocol, router, chunks, client, chooseBackend: choice });
  const paint = painter(usesColour(terminal.out, terminal.environment));
  terminal.out.write(
    options.format === "json" ? explainJson(explanation) : explainText(explanation, paint),
  );
  return EXIT.ok;
}

/** Asks the configuration's pools; without a configuration nobody. What is wrong with it is written. */
async function backendChooser(
  config: string | undefined,
  terminal: Terminal,
): Promise<ChooseBackend | undefined | "refused"> {
  if (config === undefined) return undefined;
  const { report, prepared } = await prepare(config, createLoader(), terminal.machine());
  if (prepared === undefined) {
    writeDiagnostics(report.diagnostics, report.sources, terminal);
    return "refused";
  }
  const { pools } = prepared.configuration;
  return (pool, key) => {
    if (key === undefined || key.kind === "missing") return chooseBackend(pools, pool, undefined);
    return chooseBackend(pools, pool, key.kind === "integer" ? key.value : key.bytes);
  };
}

function clientOf(text: string): ClientAddress {
  const address = new Uint8Array(16);
  const length = parseIpAddress(text, address);
  if (length === 0) throw usageFailure(`--client ${text}: not an IP address`);
  return { text, address, length };
}

interface Subject {
  readonly protocol: CompiledProtocol;
  readonly router: CompiledRouter | undefined;
}

/** The protocol and router that are named, or the only ones there are. */
function subjectOf(compilation: Compilation, options: ExplainOptions, file: string): Subject {
  const routers = compilation.entryRouters.flatMap((name) => compilation.routers.get(name) ?? []);
  if (options.router !== undefined) {
    const router = choose("router", options.router, routers, "--router", file);
    const { name } = router.protocol;
    if (options.protocol !== undefined && options.protocol !== name)
      throw usageFailure(
        `router ${router.name} stands on protocol ${name}, not ${options.protocol}`,
      );
    return { protocol: router.protocol, router };
  }
  const protocol = protocolOf(compilation, routers, options, file);
  const itsRouters = routers.filter((router) => router.protocol.name === protocol.name);
  if (itsRouters.length < 2) return { protocol, router: itsRouters[0] };
  return { protocol, router: choose("router", undefined, itsRouters, "--router", file) };
}

/** A file of routers alone explains the protocol that they stand on. */
function protocolOf(
  compilation: Compilation,
  routers: readonly CompiledRouter[],
  options: ExplainOptions,
  file: string,
): CompiledProtocol {
  const own = compilation.entryProtocols.flatMap((name) => compilation.protocols.get(name) ?? []);
  const routed = [...new Set(routers.map(({ protocol }) => protocol))];
  const candidates = own.length > 0 ? own : routed;
  if (options.protocol !== undefined) {
    const all = [...new Set([...own, ...routed])];
    return choose("protocol", options.protocol, all, "--protocol", file);
  }
  // Several protocols, but only one is routed: that one is meant.
  const only = routed.length === 1 ? routed[0] : undefined;
  if (candidates.length === 0) throw inputFailure(`${file} declares no protocol`);
  return only ?? choose("protocol", undefined, candidates, "--protocol", file);
}
