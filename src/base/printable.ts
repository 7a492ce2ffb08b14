// Text from files and networks made fit for a terminal: what would move the cursor, recolour or reorder the
// line is shown as an escape. Knows nothing of diagnostics.

/** Controls, line and paragraph separators, bidirectional and zero-width marks, lone surrogates. */
const UNPRINTABLE = /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}/u;

/** One code point as it may be shown: itself, or an escape such as `\x1b`. */
export function printableCharacter(character: string): string {
  if (!UNPRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`;
}

/** All of `text` made printable, cut to `most` code points with `…` where it is longer. */
export function printable(text: string, most = 80): string {
  let shown = "";
  let count = 0;
  for (const character of text) {
    if (count === most) return `${shown}…`;
    shown += printableCharacter(character);
    count += 1;
  }
  return shown;
}

/** Columns that a code point takes on a terminal: 2 for East Asian wide ones, 0 for combining marks. */
export function columnsOf(character: string): number {
  if (/\p{Mn}|\p{Me}/u.test(character)) return 0;
  return isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
