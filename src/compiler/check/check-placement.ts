// Statements that say something of a whole part: each once, and in the part that it can say it of. Knows no sizes.

import { type Collector, report } from "../diagnostics/collector.ts";
import type { FrameDeclaration, ProtocolDeclaration, Statement } from "../syntax/ast.ts";
import { bodiesOf } from "./statement-bodies.ts";

/** What stands in the frame itself, and what is said to who wrote it elsewhere. */
const FRAME_ONLY: Readonly<Partial<Record<Statement["kind"], string>>> = {
  start: "put start into the frame itself, not into a block or branch",
  end: "put end into the frame itself, not into a block or branch",
  ignore: "put ignore into the frame itself, not into a block or branch",
  drop: "put drop into the frame itself, or into the protocol",
  max: "put max into the frame itself, or into the protocol",
};

/** Said once at most, of the frame or of the protocol. */
const ONCE: ReadonlySet<string> = new Set(["start", "size", "max", "drop", "decide", "prefix"]);

/** Reports statements that would be ignored where they stand, or beside another of their kind. */
export function checkPlacement(
  protocol: ProtocolDeclaration,
  frame: FrameDeclaration,
  collector: Collector,
): void {
  checkOnce([...protocol.items, ...frame.body], collector);
  checkOnce(
    protocol.items.filter(({ kind }) => kind === "endian"),
    collector,
    new Set(["endian"]),
  );
  checkDrop(protocol, frame, collector);
  for (const statement of frame.body) checkInner(statement, collector);
}

interface Said {
  readonly kind: string;
  readonly span: Statement["span"];
}

function checkOnce(said: readonly Said[], collector: Collector, once = ONCE): void {
  const first = new Map<string, Said>();
  for (const each of said) {
    if (!once.has(each.kind)) continue;
    const earlier = first.get(each.kind);
    if (earlier === undefined) first.set(each.kind, each);
    else
      report(collector, "repeatedClause", each.span, { clause: each.kind }, [
        { span: earlier.span, message: "given here first" },
      ]);
  }
}

function checkInner(around: Statement, collector: Collector): void {
  for (const body of bodiesOf(around)) {
    if (around.kind === "repeat") checkOnce(body, collector);
    for (const statement of body) {
      const mend =
        statement.kind === "size" && around.kind !== "repeat"
          ? "put size into the frame or a repetition itself; a block has its size in brackets"
          : FRAME_ONLY[statement.kind];
      if (mend !== undefined)
        report(collector, "misplaced", statement.span, { what: statement.kind, mend });
      checkInner(statement, collector);
    }
  }
}

/** A limit for bytes that are never dropped. */
function checkDrop(
  protocol: ProtocolDeclaration,
  frame: FrameDeclaration,
  collector: Collector,
): void {
  const drops = frame.body.some(
    (statement) =>
      statement.kind === "ignore" || (statement.kind === "start" && !statement.atConnection),
  );
  if (drops) return;
  for (const item of [...protocol.items, ...frame.body])
    if (item.kind === "drop")
      report(collector, "misplaced", item.span, {
        what: "drop",
        mend: "remove it: bytes are dropped only before start, without at connection, and where ignore stands",
      });
}
