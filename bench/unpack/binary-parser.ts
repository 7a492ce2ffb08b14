// The same frames read with the `binary-parser` package, written for speed: fields that nobody asks for are skipped, what it
// cannot check is checked behind it. Each parser returns the keys' text, or throws.
import { Parser } from "binary-parser";
import { hj212Checksum } from "./hj212-checksum.ts";

const star = new Parser()
  .endianness("big")
  .uint8("mark", { assert: 0x2a })
  .uint32("length", { assert: (length) => length <= 65_529 })
  .seek(14)
  .string("station", { length: 16, encoding: "latin1" });

/** The station of a Star frame. */
export function parseStar(frame: Buffer): string {
  const { length, station } = star.parse(frame) as unknown as { length: number; station: string };
  if (frame.length !== length + 7) throw new Error("length");
  return station;
}

const hj212 = new Parser()
  .string("start", { length: 2, encoding: "latin1", assert: "##" })
  .string("length", { length: 4, encoding: "latin1", formatter: Number })
  .buffer("data", { length: "length" })
  .string("crc", { length: 4, encoding: "latin1", formatter: hexadecimal })
  .string("end", { length: 2, encoding: "latin1", assert: "\r\n" });

function hexadecimal(text: string): number {
  return Number.parseInt(text, 16);
}

/** The station of an HJ 212 frame whose checksum holds; undefined without one. */
export function parseHj212(frame: Buffer): string | undefined {
  const { data, crc } = hj212.parse(frame) as unknown as { data: Buffer; crc: number };
  if (hj212Checksum(data) !== crc) throw new Error("crc");
  const piece = data
    .toString("latin1")
    .split(";")
    .find((each) => each.startsWith("MN="));
  return piece?.slice(3);
}

interface Connect {
  readonly client: string;
  readonly user?: { readonly user: string };
}

const nothing = new Parser();
const properties = new Parser()
  .array("size", { type: "uint8", readUntil: isLastGroup, formatter: lowFirst })
  .seek("size");
const will = new Parser()
  .endianness("big")
  .uint16("topicLength")
  .seek("topicLength")
  .uint16("messageLength")
  .seek("messageLength");
const user = new Parser()
  .endianness("big")
  .uint16("length")
  .string("user", { length: "length", encoding: "latin1" });
const password = new Parser().endianness("big").uint16("length").seek("length");

const mqtt = new Parser()
  .endianness("big")
  .uint8("type", { assert: 0x10 })
  .array("length", { type: "uint8", readUntil: isLastGroup, formatter: lowFirst })
  .uint16("nameLength")
  .string("name", { length: "nameLength", encoding: "latin1", assert: isProtocolName })
  .uint8("version", { assert: (version) => version >= 3 && version <= 5 })
  .uint8("flags", { assert: (flags) => (flags & 0x18) !== 0x18 && (flags & 0x01) === 0 })
  .seek(2)
  .choice("properties", {
    tag: (frame) => (frame["version"] === 5 ? 1 : 0),
    choices: { 0: nothing, 1: properties },
  })
  .uint16("clientLength")
  .string("client", { length: "clientLength", encoding: "latin1" })
  .choice("will", {
    tag: (frame) => Number(frame["flags"]) & 0x04,
    choices: { 0: nothing, 4: will },
  })
  .choice("user", {
    tag: (frame) => Number(frame["flags"]) & 0x80,
    choices: { 0: nothing, 128: user },
  })
  .choice("password", {
    tag: (frame) => Number(frame["flags"]) & 0x40,
    choices: { 0: nothing, 64: password },
  });

/** The client identifier and the user name of an MQTT CONNECT without will properties; empty where missing. */
export function parseMqtt(frame: Buffer): readonly [client: string, user: string] {
  const connect = mqtt.parse(frame) as unknown as Connect;
  return [connect.client, connect.user?.user ?? ""];
}

function isLastGroup(byte: number): boolean {
  return byte < 0x80;
}

function lowFirst(groups: readonly number[]): number {
  let value = 0;
  for (let index = groups.length - 1; index >= 0; index -= 1) {
    value = value * 128 + ((groups[index] ?? 0) & 0x7f);
  }
  return value;
}

function isProtocolName(name: string): boolean {
  return name === "MQTT" || name === "MQIsdp";
}
