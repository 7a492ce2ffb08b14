// What a generated module holds beside `unpack`: constants and routines, each made once, when something first asks for it.

import type { FreshName } from "../names.ts";
import { declare, type Statement } from "./tree.ts";

/** A module while it is generated. */
export interface ModuleScope {
  /** A name that nothing else in the module has. */
  readonly fresh: FreshName;
  /**
   * The name of a constant, table or variable that stands before `unpack`. `key` says what it is: the same key gives the
   * same name, and `make` runs only for the first.
   */
  readonly constant: (key: string, wanted: string, make: (name: string) => Made) => string;
  /** The same for a function, which stands behind `unpack`. */
  readonly routine: (key: string, wanted: string, make: (name: string) => Made) => string;
  /** The constant of a reason, by its index. */
  readonly reason: (index: number, wanted: string) => string;
  readonly constants: readonly Statement[];
  readonly routines: readonly Statement[];
  /** In order of their indexes. */
  readonly reasons: readonly Statement[];
}

type Made = Statement | readonly Statement[];

/** An empty module. */
export function createModuleScope(fresh: FreshName): ModuleScope {
  const constants: Statement[] = [];
  const routines: Statement[] = [];
  const reasons = new Map<number, string>();
  return {
    fresh,
    reason: (index, wanted) => {
      const name = reasons.get(index) ?? fresh(wanted);
      reasons.set(index, name);
      return name;
    },
    get reasons() {
      const ordered = [...reasons].sort(([left], [right]) => left - right);
      return ordered.map(([index, name]) => declare("const", name, index));
    },
    constant: onceInto(constants, fresh),
    routine: onceInto(routines, fresh),
    constants,
    routines,
  };
}

function onceInto(into: Statement[], fresh: FreshName): ModuleScope["constant"] {
  const names = new Map<string, string>();
  return (key, wanted, make) => {
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = fresh(wanted);
    names.set(key, name);
    // Its place is taken before it is made: what it asks for in turn comes behind it.
    const place = into.length;
    into.push({ kind: "blank" });
    into.splice(place, 1, ...[make(name)].flat());
    return name;
  };
}
