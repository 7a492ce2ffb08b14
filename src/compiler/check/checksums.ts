// The registry of checksum algorithms that a description may name. Data only: how one is computed is the business of the
// interpreter and of each target. Parameters after the "Catalogue of parametrised CRC algorithms" (Greg Cook, reveng).

/** A way to sum bytes up; each gives an unsigned integer. */
export type Checksum =
  /** Rocksoft model. `width` 8, 16, 24 or 32; all parameters unsigned. `name` as the registry has it. */
  | {
      readonly kind: "crc";
      readonly name: string;
      readonly width: number;
      readonly poly: number;
      readonly init: number;
      readonly reflectIn: boolean;
      readonly reflectOut: boolean;
      readonly xorOut: number;
    }
  /** HJ 212-2017 annex A: register 0xFFFF; each byte is XORed into the register shifted right by eight; polynomial 0xA001. */
  | { readonly kind: "hj212" }
  /** XOR of all bytes. */
  | { readonly kind: "xor" }
  /** Sum of all bytes modulo 2^width; `complement` "two": its negation modulo 2^width, "one": its bits inverted. */
  | {
      readonly kind: "sum";
      readonly width: 8 | 16 | 32;
      readonly complement: "none" | "one" | "two";
    }
  /** RFC 1950. */
  | { readonly kind: "adler32" };

type Crc = Extract<Checksum, { kind: "crc" }>;
type Width = 8 | 16 | 24 | 32;
/** Poly, init, whether bits are reflected (in and out alike), xorOut. */
type Parameters = readonly [poly: number, init: number, reflect: boolean, xorOut: number];

const CRCS: Readonly<Record<Width, Readonly<Record<string, Parameters>>>> = {
  8: {
    crc8: [0x07, 0x00, false, 0x00],
    crc8_autosar: [0x2f, 0xff, false, 0xff],
    crc8_darc: [0x39, 0x00, true, 0x00],
    crc8_dvb_s2: [0xd5, 0x00, false, 0x00],
    crc8_ebu: [0x1d, 0xff, true, 0x00],
    crc8_itu: [0x07, 0x00, false, 0x55],
    crc8_j1850: [0x1d, 0xff, false, 0xff],
    crc8_maxim: [0x31, 0x00, true, 0x00],
    crc8_nrsc5: [0x31, 0xff, false, 0x00],
    crc8_rohc: [0x07, 0xff, true, 0x00],
    crc8_wcdma: [0x9b, 0x00, true, 0x00],
  },
  16: {
    crc16: [0x8005, 0x0000, true, 0x0000],
    crc16_aug_ccitt: [0x1021, 0x1d0f, false, 0x0000],
    crc16_buypass: [0x8005, 0x0000, false, 0x0000],
    crc16_ccitt_false: [0x1021, 0xffff, false, 0x0000],
    crc16_cdma2000: [0xc867, 0xffff, false, 0x0000],
    crc16_dnp: [0x3d65, 0x0000, true, 0xffff],
    crc16_en13757: [0x3d65, 0x0000, false, 0xffff],
    crc16_genibus: [0x1021, 0xffff, false, 0xffff],
    crc16_kermit: [0x1021, 0x0000, true, 0x0000],
    crc16_maxim: [0x8005, 0x0000, true, 0xffff],
    crc16_mcrf4xx: [0x1021, 0xffff, true, 0x0000],
    crc16_modbus: [0x8005, 0xffff, true, 0x0000],
    crc16_t10_dif: [0x8bb7, 0x0000, false, 0x0000],
    crc16_usb: [0x8005, 0xffff, true, 0xffff],
    crc16_x25: [0x1021, 0xffff, true, 0xffff],
    crc16_xmodem: [0x1021, 0x0000, false, 0x0000],
  },
  24: {
    crc24_lte_a: [0x864cfb, 0x000000, false, 0x000000],
    crc24_openpgp: [0x864cfb, 0xb704ce, false, 0x000000],
  },
  32: {
    crc32: [0x04c11db7, 0xffffffff, true, 0xffffffff],
    crc32_bzip2: [0x04c11db7, 0xffffffff, false, 0xffffffff],
    crc32_jamcrc: [0x04c11db7, 0xffffffff, true, 0x00000000],
    crc32_mpeg2: [0x04c11db7, 0xffffffff, false, 0x00000000],
    crc32_posix: [0x04c11db7, 0x00000000, false, 0xffffffff],
    crc32c: [0x1edc6f41, 0xffffffff, true, 0xffffffff],
  },
};

const SIMPLE: Readonly<Record<string, Checksum>> = {
  adler32: { kind: "adler32" },
  hj212: { kind: "hj212" },
  /** Modbus ASCII: the sum's two's complement. */
  lrc: { kind: "sum", width: 8, complement: "two" },
  sum8: { kind: "sum", width: 8, complement: "none" },
  sum8_inverted: { kind: "sum", width: 8, complement: "one" },
  sum16: { kind: "sum", width: 16, complement: "none" },
  sum32: { kind: "sum", width: 32, complement: "none" },
  xor: { kind: "xor" },
};

const REGISTRY: ReadonlyMap<string, Checksum> = new Map([
  ...Object.entries(SIMPLE),
  ...crcsOf(8),
  ...crcsOf(16),
  ...crcsOf(24),
  ...crcsOf(32),
]);

/** Every name of the registry, sorted; each is a valid identifier of the language. */
export const checksumNames: readonly string[] = [...REGISTRY.keys()].sort();

/** The algorithm of that name, or undefined. Names are exact: lower case, `_` between parts. */
export function findChecksum(name: string): Checksum | undefined {
  return REGISTRY.get(name);
}

function crcsOf(width: Width): readonly (readonly [string, Crc])[] {
  return Object.entries(CRCS[width]).map(([name, [poly, init, reflect, xorOut]]) => [
    name,
    { kind: "crc", name, width, poly, init, reflectIn: reflect, reflectOut: reflect, xorOut },
  ]);
}
