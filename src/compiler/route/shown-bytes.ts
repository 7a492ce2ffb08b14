// Bytes of keys and values in messages. Knows no rule.

import { hexOf } from "../../base/bytes.ts";
import { printable } from "../../base/printable.ts";

/** Characters or bytes that are shown. */
const SHOWN_MAX = 40;

/** A literal of the language, cut where long: `"A0001"` or `x"7d 01"`. */
export function shownBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  if (!/[\p{Cc}"\\\ufffd]/u.test(text)) return `"${printable(text, SHOWN_MAX)}"`;
  const cut = bytes.length > SHOWN_MAX ? "…" : "";
  return `x"${hexOf(bytes.subarray(0, SHOWN_MAX), " ")}${cut}"`;
}
