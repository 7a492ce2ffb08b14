// IP addresses between text and bytes. Pure: no sockets, no names.

/**
 * Parses `10.0.0.1` or `2001:db8::1` (RFC 4291 §2.2) into `bytes`; an IPv4-mapped address (`::ffff:10.0.0.1`)
 * becomes the 4 bytes of the IPv4 one; a zone (`%eth0`) is passed over.
 * @returns 4 or 16, the bytes written, or 0 where the text is no address.
 */
export function parseIpAddress(text: string, bytes: Uint8Array): 0 | 4 | 16 {
  if (!text.includes(":")) return parseIpv4(text, bytes, 0) ? 4 : 0;
  const zone = text.indexOf("%");
  if (!parseIpv6(zone < 0 ? text : text.slice(0, zone), bytes)) return 0;
  return unmapIpv4(bytes, 16);
}

/** Turns an IPv4-mapped address of 16 bytes into its 4, in place. @returns the length that now counts. */
export function unmapIpv4(bytes: Uint8Array, length: 4 | 16): 4 | 16 {
  if (length === 4 || bytes[10] !== 0xff || bytes[11] !== 0xff) return length;
  for (let index = 0; index < 10; index++) if (bytes[index] !== 0) return length;
  bytes.copyWithin(0, 12, 16);
  return 4;
}

/** The canonical text of an address (RFC 5952); `""` for length 0. */
export function formatIpAddress(bytes: Uint8Array, length: number): string {
  if (length === 4) return bytes.subarray(0, 4).join(".");
  if (length !== 16) return "";
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
  const zeros = longestZeroRun(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  if (zeros.length < 2) return hex(groups);
  return `${hex(groups.slice(0, zeros.at))}::${hex(groups.slice(zeros.at + zeros.length))}`;
}

function longestZeroRun(groups: readonly number[]): { at: number; length: number } {
  let best = { at: 0, length: 0 };
  let at = 0;
  for (let index = 0; index <= groups.length; index++) {
    if (index < groups.length && groups[index] === 0) continue;
    if (index - at > best.length) best = { at, length: index - at };
    at = index + 1;
  }
  return best;
}

/** Four decimal octets without leading zeros: `010.0.0.1` is ambiguous and therefore none. */
function parseIpv4(text: string, bytes: Uint8Array, at: number): boolean {
  const parts = text.split(".");
  if (parts.length !== 4) return false;
  for (const [index, part] of parts.entries()) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return false;
    bytes[at + index] = Number(part);
  }
  return true;
}

function parseIpv6(text: string, bytes: Uint8Array): boolean {
  const halves = text.split("::");
  if (halves.length > 2 || text.length > 45) return false;
  const head = parseGroups(halves[0] ?? "", halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? "", true) : [];
  if (head === undefined || tail === undefined) return false;
  const given = head.length + tail.length;
  if (halves.length === 1 ? given !== 8 : given > 7) return false;
  const groups = [...head, ...new Array<number>(8 - given).fill(0), ...tail];
  for (const [index, group] of groups.entries()) {
    bytes[2 * index] = group >> 8;
    bytes[2 * index + 1] = group & 0xff;
  }
  return true;
}

/** Groups of one side of `::`; only the last may be written as an IPv4 address, and only at the very end. */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (isEnd && index === parts.length - 1 && part.includes(".")) {
      const quad = new Uint8Array(4);
      if (!parseIpv4(part, quad, 0)) return undefined;
      groups.push(((quad[0] ?? 0) << 8) | (quad[1] ?? 0), ((quad[2] ?? 0) << 8) | (quad[3] ?? 0));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}
