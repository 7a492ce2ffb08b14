// Whom the demo lets call: made-up stations and clients, the bytes they send, and who has to answer. Opens no socket.

import type { BackendName, ListenerName } from "./files.ts";

/** One connection of the demo. */
export interface Visit {
  readonly listener: ListenerName;
  /** What the router is to find in the bytes; of one listener, no two visits have the same. */
  readonly key: string;
  /** What is unusual about it; empty for most. */
  readonly note: string;
  /** The bytes, in the pieces they are sent in. */
  readonly pieces: readonly Uint8Array[];
  /** Null: it is refused. */
  readonly expected: BackendName | null;
}

const STATION_BYTES = 16;
const SERIAL_AT = 14;

/** Star: `*`, u32 length, 14 bytes of something else, the station. The frame has length + 7 bytes. */
function starFrame(station: string, data = "hello"): Buffer {
  const body = Buffer.from("made-up report".slice(0, SERIAL_AT) + station + data, "latin1");
  const header = Buffer.alloc(5);
  header.write("*", "latin1");
  header.writeUInt32BE(header.length + body.length - 7, 1);
  return Buffer.concat([header, body]);
}

/** MQTT 3.1.1 CONNECT with a clean session and nothing but a client identifier. */
function connectPacket(client: string): Buffer {
  const text = (value: string): Buffer => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(Buffer.byteLength(value));
    return Buffer.concat([length, Buffer.from(value)]);
  };
  const body = Buffer.concat([text("MQTT"), Buffer.from([4, 2, 0, 60]), text(client)]);
  // Identifiers of the demo are short: one byte holds the length.
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}

function station(series: string, number: number, expected: BackendName, note = ""): Visit {
  const key = series + String(number).padStart(STATION_BYTES - series.length, "0");
  return { listener: "stations", key, note, pieces: [starFrame(key)], expected };
}

function client(key: string, expected: BackendName | null, note = ""): Visit {
  return { listener: "clients", key, note, pieces: [connectPacket(key)], expected };
}

function inPieces(visit: Visit): Visit {
  const [frame = Buffer.alloc(0)] = visit.pieces;
  const pieces = [frame.subarray(0, 3), frame.subarray(3, 20), frame.subarray(20)];
  return { ...visit, pieces, note: "in three pieces" };
}

function afterJunk(visit: Visit): Visit {
  return { ...visit, pieces: [Buffer.from("\0\0noise"), ...visit.pieces], note: "after junk" };
}

/** A frame that ends before the station does. */
const cutShort: Visit = {
  listener: "stations",
  key: "",
  note: "a frame too short for a station",
  pieces: [starFrame("A0000000", "")],
  expected: null,
};

/**
 * Everyone, by the first set of rules. Who answers a hashed key is written down rather than computed: `ring/1` is
 * frozen, so it never changes.
 */
export const visits: readonly Visit[] = [
  station("A", 1, "north"),
  client("pump-7", "north"),
  station("B", 1, "south"),
  client("valve-1", "east"),
  inPieces(station("A", 2, "north")),
  station("C", 1, "east"),
  client("valve-2", "south"),
  afterJunk(station("B", 2, "south")),
  station("C", 2, "east"),
  cutShort,
  client("meter-13", "south"),
  station("C", 3, "south"),
  client("", null, "no client identifier"),
  inPieces(client("meter-14", "north")),
  station("C", 4, "north"),
  station("A", 3, "north"),
  client("pump-8", "north"),
  station("B", 3, "south"),
];
