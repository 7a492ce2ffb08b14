// A program on its way to another thread or process: plain data with which functions can be made again there. Knows neither end.

import { decideRoute, loadUnpackModule } from "../../compiler/execute.ts";
import { adaptUnpack, type HandWrittenUnpack } from "./hand-written.ts";
import type {
  ModuleOrigin,
  RouteData,
  RouteOutcome,
  RouterProgram,
  RouteTable,
  RunnableModule,
} from "./program.ts";

export interface ShippedProgram {
  readonly router: string;
  readonly module: ModuleOrigin;
  readonly prefixes: readonly {
    readonly modules: readonly ModuleOrigin[];
    readonly isRequired: boolean;
  }[];
  readonly outcomes: readonly RouteOutcome[];
  readonly routes: RouteData;
}

/** Modules of users as this thread imported them, by address. */
export type ImportedModules = ReadonlyMap<string, HandWrittenUnpack>;

/** What can be cloned of a program. @throws Error where it exists in this thread alone */
export function shipProgram({ router, module, prefixes, routes }: RouterProgram): ShippedProgram {
  if (routes.data === undefined)
    throw new Error(`the rules of ${router} exist in one thread alone`);
  return {
    router,
    module: originOf(module),
    prefixes: prefixes.map(({ modules, isRequired }) => ({
      modules: modules.map(originOf),
      isRequired,
    })),
    outcomes: routes.outcomes,
    routes: routes.data,
  };
}

/** Addresses of users' modules that programs need, each once. */
export function moduleUrls(programs: readonly ShippedProgram[]): readonly string[] {
  const urls = programs.flatMap(({ module, prefixes }) => {
    const origins = [module, ...prefixes.flatMap(({ modules }) => modules)];
    return origins.flatMap((origin) => (origin.kind === "file" ? [origin.url] : []));
  });
  return [...new Set(urls)];
}

/** @throws Error where a module cannot be run here */
export function unshipProgram(
  { router, module, prefixes, outcomes, routes }: ShippedProgram,
  imported: ImportedModules,
): RouterProgram {
  return {
    router,
    module: unshipModule(module, imported),
    prefixes: prefixes.map(({ modules, isRequired }) => ({
      modules: modules.map((origin) => unshipModule(origin, imported)),
      isRequired,
    })),
    routes: unshipRoutes(outcomes, routes),
  };
}

function unshipRoutes(outcomes: RouteTable["outcomes"], data: RouteData): RouteTable {
  if (data.kind === "first") return { outcomes, decide: () => 0, data };
  const { plan } = data;
  return { outcomes, decide: (input) => decideRoute(plan, input), data };
}

function unshipModule(origin: ModuleOrigin, imported: ImportedModules): RunnableModule {
  if (origin.kind === "generated") {
    return { ...loadUnpackModule(origin.text, origin.name), origin };
  }
  const unpack = imported.get(origin.url);
  if (unpack === undefined) throw new Error(`${origin.source} exports no function unpack`);
  return { ...adaptUnpack(unpack, origin.source), origin };
}

function originOf({ origin, meta }: RunnableModule): ModuleOrigin {
  if (origin === undefined)
    throw new Error(`the module of ${meta.protocol} exists in one thread alone`);
  return origin;
}
