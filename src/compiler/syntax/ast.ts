// The syntax tree of a `.frame` file: what was written, nothing resolved. Every node carries its span.
// Names are resolved in check/, decisions are taken in ir/.

export type * from "./ast/expressions.ts";
export type * from "./ast/file.ts";
export type * from "./ast/keys.ts";
export type * from "./ast/literals.ts";
export type * from "./ast/protocol.ts";
export type * from "./ast/routers.ts";
export type * from "./ast/statements.ts";
export type * from "./ast/tests.ts";
