// What an independent dissector read in a recorded connection, put as the keys of the library's protocols: lists of the
// values that are there, in order. Looks at no byte itself.
import { type Capture, listFact, numberFact, textFact } from "../support/captures.ts";

/** Values by the key's name, each list in order of the stream. */
export type FactKeys = Readonly<Record<string, readonly (string | number)[]>>;

/** The facts of the first `frames` frames, by the folder of the capture. */
export const factsOf: Readonly<Record<string, (capture: Capture, frames: number) => FactKeys>> = {
  mqtt: (capture) => ({
    client: listOf(textFact(capture, "mqtt.clientid")),
    user: listOf(textFact(capture, "mqtt.username")),
  }),
  modbus: (capture) => ({
    unit: numbers(capture.clientFields["mbtcp.unit_id"]),
    function: numbers(capture.clientFields["modbus.func_code"]),
  }),
  dns: (capture) => ({
    name: (capture.clientFields["dns.qry.name"] ?? []).map((name) => name.toLowerCase()),
    type: numbers(capture.clientFields["dns.qry.type"]),
  }),
  http1: (capture, frames) => ({
    host: listFact(capture, "http.hosts").slice(0, frames).map(withoutPort),
    path: listFact(capture, "http.uris").slice(0, frames).map(withoutQuery),
  }),
  redis: redisFacts,
  iec104: (capture, frames) => {
    // In streams with junk it finds types where it took up step again by itself.
    if (frames !== listFact(capture, "iec104.apdu_lengths").length)
      return { station: [], type: [] };
    return {
      station: listFact(capture, "iec104.asdu_addresses").map(Number),
      type: listFact(capture, "iec104.typeids").map(Number),
    };
  },
  haproxy: (capture) => ({ source: listOf(textFact(capture, "proxy.src.ipv4")) }),
  tls: (capture) => ({
    sni: listOf(textFact(capture, "sni")),
    alpn: listFact(capture, "alpn").slice(0, 1),
  }),
  fix: (capture) => ({
    sender: capture.clientFields["fix.SenderCompID"] ?? [],
    target: capture.clientFields["fix.TargetCompID"] ?? [],
    type: capture.clientFields["fix.MsgType"] ?? [],
  }),
};

/** Lengths of frames that the dissector tells, for the folders where it does. */
export const lengthsOf: Readonly<Record<string, (capture: Capture) => readonly number[]>> = {
  modbus: (capture) => numbers(capture.clientFields["mbtcp.len"]).map((length) => length + 6),
  dns: (capture) => numbers(capture.clientFields["dns.length"]).map((length) => length + 2),
  iec104: (capture) => listFact(capture, "iec104.apdu_lengths").map((length) => Number(length) + 2),
  tls: (capture) =>
    listOf(numberFact(capture, "tls.first_record_length")).map((length) => length + 5),
};

/** The first command; the dissector names no inline commands: their words are those of the note in the capture. */
function redisFacts(capture: Capture): FactKeys {
  const [command, second] = listFact(capture, "redis.words");
  const [words = 0] = listFact(capture, "redis.array_lengths").map(Number);
  if (command === undefined) return { command: [], key: inlineWords[capture.name] ?? [] };
  return { command: [command.toUpperCase()], key: words > 1 ? listOf(second) : [] };
}

/** The second words of the inline commands, read by eye. */
const inlineWords: Readonly<Record<string, readonly string[]>> = {
  "redis/zeek-redis-almost-resp-s1": ["noone"],
  "redis/zeek-redis-pipeline-quotes-s0": ["key"],
};

function listOf<Value>(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value];
}

function numbers(values: readonly string[] | undefined): readonly number[] {
  return (values ?? []).map(Number);
}

function withoutPort(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

function withoutQuery(target: string): string {
  return target.replace(/[?#].*$/, "");
}
