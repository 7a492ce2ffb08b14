// The names that a compilation's files declare at top level, each once. Imports share one space of names: a protocol
// of an imported file is used by its plain name. Must not look inside frames.

import { type Collector, report } from "../diagnostics/collector.ts";
import type {
  ConstDeclaration,
  EnumDeclaration,
  FrameFile,
  Name,
  ProtocolDeclaration,
  RouterDeclaration,
  TestDeclaration,
} from "../syntax/ast.ts";
import { checksumOfDeclaration } from "./checksum-declaration.ts";
import type { Checksum } from "./checksums.ts";

export interface Symbols {
  readonly constants: ReadonlyMap<string, ConstDeclaration>;
  readonly enums: ReadonlyMap<string, EnumDeclaration>;
  readonly checksums: ReadonlyMap<string, Checksum>;
  readonly protocols: ReadonlyMap<string, ProtocolDeclaration>;
  readonly routers: ReadonlyMap<string, RouterDeclaration>;
  readonly tests: readonly TestDeclaration[];
}

/** Collects the declarations of all files, in order; a name that stands twice is reported and the first one kept. */
export function collectSymbols(files: readonly FrameFile[], collector: Collector): Symbols {
  const constants = new Map<string, ConstDeclaration>();
  const enums = new Map<string, EnumDeclaration>();
  const checksums = new Map<string, Checksum>();
  const protocols = new Map<string, ProtocolDeclaration>();
  const routers = new Map<string, RouterDeclaration>();
  const tests: TestDeclaration[] = [];
  const places = new Map<string, Name>();
  const isNew = (space: string, name: Name): boolean => {
    const earlier = places.get(`${space}\0${name.text}`);
    if (earlier === undefined) {
      places.set(`${space}\0${name.text}`, name);
      return true;
    }
    report(collector, "duplicateName", name.span, { kind: space, name: name.text }, [
      { span: earlier.span, message: "first declared here" },
    ]);
    return false;
  };
  for (const declaration of files.flatMap((file) => file.declarations)) {
    switch (declaration.kind) {
      case "const":
        if (isNew("constant", declaration.name)) constants.set(declaration.name.text, declaration);
        break;
      case "enum":
        if (isNew("constant", declaration.name)) enums.set(declaration.name.text, declaration);
        break;
      case "checksum": {
        const checksum = checksumOfDeclaration(declaration, collector);
        if (isNew("checksum", declaration.name) && checksum !== undefined)
          checksums.set(declaration.name.text, checksum);
        break;
      }
      case "protocol":
        if (isNew("protocol", declaration.name)) protocols.set(declaration.name.text, declaration);
        break;
      case "router":
        if (isNew("router", declaration.name)) routers.set(declaration.name.text, declaration);
        break;
      case "test":
        tests.push(declaration);
        break;
      case "import":
        break;
    }
  }
  return { constants, enums, checksums, protocols, routers, tests };
}
