// The checksum of HJ 212-2017, annex A, for parsers that know no checksums.

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xa001;
  return crc;
});

export function hj212Checksum(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (let at = 0; at < bytes.length; at += 1) {
    crc = table[(crc >>> 8) ^ (bytes[at] ?? 0)] ?? 0;
  }
  return crc;
}
