// Checksums against the published check value of each algorithm: that of the nine ASCII bytes "123456789".
import { expect, test } from "vitest";
import {
  type Checksum,
  checksumNames,
  findChecksum,
} from "../../../src/compiler/check/checksums.ts";
import { checksumMax, computeChecksum } from "../../../src/compiler/ir/checksum.ts";

// The catalogue's "check" of each CRC; the sums by hand: the bytes add up to 0x1DD.
const published: readonly (readonly [string, number])[] = [
  ["adler32", 0x091e01de],
  ["crc8", 0xf4],
  ["crc8_autosar", 0xdf],
  ["crc8_darc", 0x15],
  ["crc8_dvb_s2", 0xbc],
  ["crc8_ebu", 0x97],
  ["crc8_itu", 0xa1],
  ["crc8_j1850", 0x4b],
  ["crc8_maxim", 0xa1],
  ["crc8_nrsc5", 0xf7],
  ["crc8_rohc", 0xd0],
  ["crc8_wcdma", 0x25],
  ["crc16", 0xbb3d],
  ["crc16_aug_ccitt", 0xe5cc],
  ["crc16_buypass", 0xfee8],
  ["crc16_ccitt_false", 0x29b1],
  ["crc16_cdma2000", 0x4c06],
  ["crc16_dnp", 0xea82],
  ["crc16_en13757", 0xc2b7],
  ["crc16_genibus", 0xd64e],
  ["crc16_kermit", 0x2189],
  ["crc16_maxim", 0x44c2],
  ["crc16_mcrf4xx", 0x6f91],
  ["crc16_modbus", 0x4b37],
  ["crc16_t10_dif", 0xd0db],
  ["crc16_usb", 0xb4c8],
  ["crc16_x25", 0x906e],
  ["crc16_xmodem", 0x31c3],
  ["crc24_lte_a", 0xcde703],
  ["crc24_openpgp", 0x21cf02],
  ["crc32", 0xcbf43926],
  ["crc32_bzip2", 0xfc891918],
  ["crc32_jamcrc", 0x340bc6d9],
  ["crc32_mpeg2", 0x0376e6e7],
  ["crc32_posix", 0x765e7680],
  ["crc32c", 0xe3069283],
  ["lrc", 0x23],
  ["sum8", 0xdd],
  ["sum8_inverted", 0x22],
  ["sum16", 0x01dd],
  ["sum32", 0x000001dd],
  ["xor", 0x31],
];

const digits = Buffer.from("123456789", "latin1");

function algorithm(name: string): Checksum {
  const found = findChecksum(name);
  if (found === undefined) throw new Error(`${name} is not registered`);
  return found;
}

test.for(published)("%s of 123456789", ([name, check]) => {
  expect(computeChecksum(algorithm(name), digits)).toBe(check);
});

test("HJ 212: the report of the standard's annex", () => {
  const report =
    "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&";
  expect(report).toHaveLength(101);
  expect(computeChecksum(algorithm("hj212"), Buffer.from(report, "latin1"))).toBe(0x1c80);
});

test.for([
  ["adler32", 1],
  ["crc32", 0],
  ["crc16_modbus", 0xffff],
  ["crc16_x25", 0],
  ["crc24_openpgp", 0xb704ce],
  ["hj212", 0xffff],
  ["lrc", 0],
  ["sum8_inverted", 0xff],
  ["xor", 0],
] as const)("%s of no bytes is %i", ([name, empty]) => {
  expect(computeChecksum(algorithm(name), new Uint8Array())).toBe(empty);
});

test("sums wrap at their width and no further", () => {
  const bytes = new Uint8Array(300).fill(0xff);
  expect(computeChecksum(algorithm("sum8"), bytes)).toBe((300 * 255) % 256);
  expect(computeChecksum(algorithm("sum16"), bytes)).toBe((300 * 255) % 65536);
  expect(computeChecksum(algorithm("sum32"), bytes)).toBe(300 * 255);
  expect(computeChecksum(algorithm("lrc"), bytes)).toBe((256 - ((300 * 255) % 256)) % 256);
});

test("every registered algorithm has a published value here, fits its width and has a name of the language", () => {
  const covered = [...published.map(([name]) => name), "hj212"].sort();
  expect(checksumNames).toEqual(covered);
  for (const name of checksumNames) {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect([1, 2, 3, 4].map((bytes) => 256 ** bytes - 1)).toContain(checksumMax(algorithm(name)));
  }
});

test.for(["", "CRC32", "crc-32", "toString", "constructor"])("%j is no algorithm", (name) => {
  expect(findChecksum(name)).toBeUndefined();
});
