// What makes random text interesting for a protocol: names its keys look for, and how fields are used (as a size, as what a
// switch looks at). Read off the tree.
import type {
  Expression,
  KeyDeclaration,
  ProtocolDeclaration,
  Statement,
} from "../../src/compiler/syntax/ast.ts";

export interface Hints {
  /** Fields that are the size or count of something: their value follows from it. */
  readonly sizes: ReadonlySet<string>;
  /** Values that arms of a switch list, by the field looked at. */
  readonly armValues: ReadonlyMap<string, readonly Expression[]>;
  /** Texts worth having in a field, by its name. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

export function hintsOf(protocol: ProtocolDeclaration): Hints {
  const sizes = new Set<string>();
  const armValues = new Map<string, Expression[]>();
  const texts = new Map<string, string[]>();
  for (const item of protocol.items) {
    if (item.kind === "frame") visit(item.body, sizes, armValues);
    if (item.kind === "key") collectTexts(item, texts);
  }
  return { sizes, armValues, texts };
}

function visit(
  body: readonly Statement[],
  sizes: Set<string>,
  armValues: Map<string, Expression[]>,
): void {
  const size = (expression: Expression): void => {
    for (const name of namesIn(expression)) sizes.add(name);
  };
  for (const statement of body) {
    switch (statement.kind) {
      case "size":
        size(statement.value);
        break;
      case "field":
        if (statement.counts !== undefined && statement.name !== undefined)
          sizes.add(statement.name.text);
        if (statement.type.kind === "bytes" && statement.type.size?.kind === "expression")
          size(statement.type.size.value);
        break;
      case "block":
        if (statement.size.kind === "expression") size(statement.size.value);
        visit(statement.body, sizes, armValues);
        break;
      case "repeat":
        if (statement.extent.kind === "times") size(statement.extent.count);
        if (statement.extent.kind === "filling" && statement.extent.size.kind === "expression")
          size(statement.extent.size.value);
        visit(statement.body, sizes, armValues);
        break;
      case "if":
        visit(statement.then, sizes, armValues);
        visit(statement.else ?? [], sizes, armValues);
        break;
      case "switch": {
        const name = namesIn(statement.on).join(".");
        const values = statement.arms.flatMap((arm) => arm.values.items.map((item) => item.from));
        armValues.set(name, [...(armValues.get(name) ?? []), ...values]);
        for (const arm of statement.arms) visit(arm.body, sizes, armValues);
        visit(statement.else ?? [], sizes, armValues);
        break;
      }
      default:
        break;
    }
  }
}

/** Dotted names in an expression. */
export function namesIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case "path":
      return [expression.parts.map((part) => part.text).join(".")];
    case "binary":
      return [...namesIn(expression.left), ...namesIn(expression.right)];
    default:
      return [];
  }
}

function collectTexts(key: KeyDeclaration, texts: Map<string, string[]>): void {
  const add = (name: string, text: string): void => {
    texts.set(name, [...(texts.get(name) ?? []), text]);
  };
  for (const { source, modifiers } of key.alternatives) {
    if (source.kind === "headers")
      add(
        source.of.parts[0]?.text ?? "",
        `GET /a/b HTTP/1.1\r\nX: 1\r\n${latin1(source.name.bytes)}: Value-7`,
      );
    if (source.kind !== "field") continue;
    const name = source.path.parts[0]?.text ?? "";
    for (const modifier of modifiers) {
      if (modifier.kind === "pairs")
        add(
          name,
          ["a", "1"].join(latin1(modifier.assign.bytes)) +
            latin1(modifier.separator.bytes) +
            [latin1(modifier.name.bytes), "K123"].join(latin1(modifier.assign.bytes)),
        );
      if (modifier.kind === "split")
        add(name, ["one", "two", "three"].join(latin1(modifier.separator.bytes)));
    }
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
