// Whether deciding at the key would have saved much of this frame. Knows no terminal.

import { counted } from "../counted.ts";
import type { Explanation } from "./explanation.ts";

/** Frames below that are not worth it. In bytes. */
const FRAME_MIN = 512;

/** The keys must end within this part of the frame. */
const PART = 1 / 4;

/** A line that says what `decide at key` would save; `undefined` where it saves little or cannot be used. */
export function keyHint({ examination, protocol }: Explanation): string | undefined {
  const { verdict, length, keys } = examination;
  if (verdict !== "frame" || length === null || length < FRAME_MIN) return undefined;
  if (protocol.program.falseStartsMax > 0 || keys.length === 0) return undefined;
  let end = 0;
  for (const { value } of keys) {
    // Rewritten keys and numbers do not tell where they lay.
    if (value.kind !== "bytes" || value.source !== "wire") return undefined;
    end = Math.max(end, value.offset + value.length);
  }
  if (end > length * PART) return undefined;
  return `the keys end ${counted(end, "byte")} into the frame: with 'decide at key;' it is routed then, and the rest is forwarded unverified`;
}
