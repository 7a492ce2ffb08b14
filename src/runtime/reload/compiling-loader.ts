// The loader of real life: compiles `.frame` files from disk and the library, and imports hand-written
// unpacks. Knows no pass of the compiler, only its door.

import {
  type CompiledRouter,
  compileFrameFiles,
  compilePrefixes,
  createFileReader,
  decideRoute,
  type FileReader,
  generateJavaScript,
  LIBRARY_PREFIX,
  loadUnpackModule,
  type Program,
} from "../../compiler/index.ts";
import type { RouterProgram, RunnableModule } from "../routing/program.ts";
import type { FrameLoad, LoadedRouter, Loader, ProxyProtocolLoad } from "./loader.ts";
import { loadUnpackFile } from "./unpack-module.ts";

/** The library's file of the PROXY protocol, and its two protocols. */
const PROXY_FILE = `${LIBRARY_PREFIX}proxy`;
const PROXY_PROTOCOLS = ["ProxyV1", "ProxyV2"] as const;

/** @param reader of descriptions and lists; the disk where none is given */
export function createLoader(reader: FileReader = createFileReader()): Loader {
  let proxy: ProxyProtocolLoad | undefined;
  return {
    read: reader.read,
    loadFrame: async (path) => compileFile(path, reader),
    loadModule: loadUnpackFile,
    async loadProxyProtocol() {
      // The library does not change while we run.
      proxy ??= compileProxy(reader);
      return proxy;
    },
  };
}

function compileFile(path: string, reader: FileReader): FrameLoad {
  const compilation = compileFrameFiles({ paths: [path], ...reader });
  const routers = new Map<string, LoadedRouter>();
  const files = new Set<string>();
  for (const source of compilation.sources) {
    if (!source.path.startsWith(LIBRARY_PREFIX)) files.add(source.path);
  }
  for (const [name, router] of compilation.routers) {
    for (const file of router.plan.files) files.add(file);
    // What has errors is not run: its routers are not worth generating.
    if (compilation.hasErrors) continue;
    routers.set(name, { program: toProgram(router), source: router.declaration.span.file });
  }
  const { sources, diagnostics } = compilation;
  return { report: { sources, diagnostics }, routers, files: [...files] };
}

function toProgram({ name, protocol, plan }: CompiledRouter): RouterProgram {
  const { program, prefix } = protocol;
  return {
    router: name,
    module: toModule(program),
    prefixes:
      prefix === null
        ? []
        : [{ modules: prefix.programs.map(toModule), isRequired: prefix.isRequired }],
    routes: {
      outcomes: plan.outcomes,
      decide: (input) => decideRoute(plan, input),
      data: { kind: "plan", plan },
    },
  };
}

function toModule(program: Program): RunnableModule {
  const text = generateJavaScript(program);
  const name = `waybill:${program.protocol}`;
  return { ...loadUnpackModule(text, name), origin: { kind: "generated", text, name } };
}

function compileProxy(reader: FileReader): ProxyProtocolLoad {
  const compilation = compileFrameFiles({ paths: [PROXY_FILE], ...reader });
  const [error] = compilation.diagnostics.filter(({ severity }) => severity === "error");
  if (error !== undefined) return { kind: "failed", reason: error.message };
  const [v1, v2] = compilePrefixes(compilation, PROXY_PROTOCOLS).map(toModule);
  if (v1 === undefined || v2 === undefined) {
    return { kind: "failed", reason: `${PROXY_FILE} has no ${PROXY_PROTOCOLS.join(" and ")}` };
  }
  return { kind: "ok", v1, v2 };
}
