// Bytes as hexadecimal text and back. Knows nothing of the language's literals.

const HEX_DIGITS = "0123456789abcdef";

/** Lower-case digits, two a byte, with `separator` between bytes. */
export function hexOf(bytes: Uint8Array, separator = ""): string {
  const parts: string[] = [];
  for (const byte of bytes) parts.push(hexOfByte(byte));
  return parts.join(separator);
}

/** Two lower-case digits of one byte (0..255). */
export function hexOfByte(byte: number): string {
  return `${HEX_DIGITS[byte >> 4] ?? ""}${HEX_DIGITS[byte & 15] ?? ""}`;
}

/** Bytes of hexadecimal digits; white space anywhere is skipped. `undefined`: another character, or half a byte. */
export function parseHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return undefined;
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
}

/** Whether both hold the same bytes. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
