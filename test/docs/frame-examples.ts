// Makes whole descriptions of the examples in the documentation. `frame` is a whole file; `frame-part` is wrapped:
// `frame-part` alone stands in a frame, `frame-part protocol` in a protocol, `frame-part router` in a router's rules.
// `with=NAME` puts the block with `name=NAME` before it: a protocol for rules, a frame for keys.
import type { Fence } from "./fences.ts";

/** The text of a whole file that a block stands for. */
export function wholeDescription(fence: Fence, all: readonly Fence[]): string {
  if (fence.language === "frame") return fence.text;
  const before = contextOf(fence, all);
  switch (fence.words[0]) {
    case undefined:
      return `protocol Example { frame { max 64KiB;\n${fence.text}} }\n`;
    case "protocol":
      return `protocol Example {\n${before}${fence.text}}\n`;
    case "router":
      return `${before}\nrouter example on ${protocolOf(before, fence)} {\n${fence.text}${lastRule(fence)}}\n`;
    case "file":
      return `${before}\n${fence.text}`;
    default:
      throw new Error(`line ${fence.line}: a frame-part stands in no ${fence.words[0]}`);
  }
}

/** Codes that a block names: `error=WB0301,WB0307`. */
export function expectedCodes(fence: Fence): readonly string[] {
  return (fence.attributes.get("error") ?? "").split(",").filter((code) => code !== "");
}

function contextOf(fence: Fence, all: readonly Fence[]): string {
  const name = fence.attributes.get("with");
  if (name === undefined) return "";
  const context = all.find(({ attributes }) => attributes.get("name") === name);
  if (context === undefined) throw new Error(`line ${fence.line}: there is no block ${name}`);
  return context.text;
}

function protocolOf(text: string, fence: Fence): string {
  const name = /^protocol (\w+)/m.exec(text)?.[1];
  if (name === undefined)
    throw new Error(`line ${fence.line}: no protocol stands before the rules`);
  return name;
}

/** Rules shown by themselves are not the whole router. */
function lastRule({ text }: Fence): string {
  return text.includes("otherwise") ? "" : "otherwise -> main;\n";
}
