// The same frames read with the `protodef` package, by its compiler. It knows neither digits as lengths nor checksums, so
// HJ 212 is left out. Each parser returns the keys' text, or throws.
import protodef from "protodef";

const nothing = "void";
const text = ["pstring", { countType: "u16" }];
const bytes = ["buffer", { countType: "u16" }];
const options = ["buffer", { countType: "varint" }];

/** What one value of `field` brings, and nothing otherwise. */
function where(field: string, value: number, type: unknown): unknown {
  return ["switch", { compareTo: field, fields: { [value]: type }, default: nothing }];
}

function container(fields: Readonly<Record<string, unknown>>): unknown {
  return ["container", Object.entries(fields).map(([name, type]) => ({ name, type }))];
}

const flagBits = ["user", "password", "retain", "qos", "will", "clean", "unused"].map((name) => ({
  name,
  size: name === "qos" ? 2 : 1,
  signed: false,
}));

const compiler = new protodef.Compiler.ProtoDefCompiler();
compiler.addProtocol(
  {
    types: {
      star: container({
        mark: "u8",
        length: "u32",
        head: ["buffer", { count: 14 }],
        station: ["buffer", { count: 16 }],
      }),
      mqtt: container({
        type: "u8",
        length: "varint",
        name: text,
        version: "u8",
        flags: ["bitfield", flagBits],
        keepalive: "u16",
        properties: where("version", 5, options),
        client: text,
        will: where("flags/will", 1, container({ topic: bytes, message: bytes })),
        user: where("flags/user", 1, text),
        password: where("flags/password", 1, bytes),
      }),
    },
  } as unknown as Parameters<typeof compiler.addProtocol>[0],
  [],
);
const compiled = compiler.compileProtoDefSync();

interface Star {
  readonly mark: number;
  readonly length: number;
  readonly station: Buffer;
}

/** The station of a Star frame. */
export function parseStar(frame: Buffer): string {
  const { mark, length, station } = dataOf<Star>("star", frame);
  if (mark !== 0x2a || frame.length !== length + 7) throw new Error("star");
  return station.toString("latin1");
}

interface Connect {
  readonly type: number;
  readonly name: string;
  readonly version: number;
  readonly flags: { readonly qos: number; readonly unused: number };
  readonly client: string;
  readonly user: string | undefined;
}

/** The client identifier and the user name of an MQTT CONNECT; empty where missing. */
export function parseMqtt(frame: Buffer): readonly [client: string, user: string] {
  const { type, name, version, flags, client, user } = dataOf<Connect>("mqtt", frame);
  const isConnect = type === 0x10 && (name === "MQTT" || name === "MQIsdp");
  if (!isConnect || version < 3 || version > 5 || flags.qos > 2 || flags.unused !== 0)
    throw new Error("connect");
  return [client, user ?? ""];
}

function dataOf<T>(type: string, frame: Buffer): T {
  return compiled.parsePacketBuffer(type, frame).data as T;
}
