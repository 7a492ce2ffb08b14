// What may be read before a frame: a protocol that begins with the connection's first byte. Knows no sizes.

import { type Collector, report } from "../diagnostics/collector.ts";
import type { Span } from "../source/span.ts";
import type { ProtocolDeclaration } from "../syntax/ast.ts";

/** Whether a protocol can be a prefix; reports at its name in `prefix …` why not. */
export function checkPrefix(
  protocol: ProtocolDeclaration,
  at: Span,
  collector: Collector,
): boolean {
  const mend = mendOf(protocol);
  if (mend === undefined) return true;
  report(collector, "misplaced", at, { what: `prefix ${protocol.name.text}`, mend });
  return false;
}

function mendOf({ name, items }: ProtocolDeclaration): string | undefined {
  if (items.some(({ kind }) => kind === "prefix"))
    return `name protocols without a prefix of their own: that of ${name.text} would not be read`;
  const drops = items.some(
    (item) =>
      item.kind === "frame" &&
      item.body.some(
        (statement) =>
          statement.kind === "ignore" || (statement.kind === "start" && !statement.atConnection),
      ),
  );
  if (drops)
    return `a prefix is the first bytes of a connection: write start … at connection in ${name.text}`;
  return undefined;
}
