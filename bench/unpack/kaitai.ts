// The same frames read with the runtime of Kaitai Struct, in the shape that its compiler gives to classes; the compiler
// itself is not needed. It knows no checksum of HJ 212's kind, so that one is left out. Each parser returns the keys' text.
import kaitai from "kaitai-struct";

// The package's types name a default export that its module does not have.
const KaitaiStream = kaitai.KaitaiStream as unknown as typeof kaitai.KaitaiStream.default;
type Stream = InstanceType<typeof KaitaiStream>;

class Star {
  readonly mark: number;
  readonly length: number;
  readonly head: Uint8Array;
  readonly station: string;

  constructor(io: Stream) {
    this.mark = io.readU1();
    if (this.mark !== 0x2a) throw new Error("mark");
    this.length = io.readU4be();
    if (this.length > 65_529) throw new Error("length");
    this.head = io.readBytes(14);
    this.station = KaitaiStream.bytesToStr(io.readBytes(16), "ASCII");
  }
}

/** The station of a Star frame. */
export function parseStar(frame: Buffer): string {
  const { length, station } = new Star(streamOf(frame));
  if (frame.length !== length + 7) throw new Error("length");
  return station;
}

function streamOf({ buffer, byteOffset, byteLength }: Buffer): Stream {
  return new KaitaiStream(new DataView(buffer as ArrayBuffer, byteOffset, byteLength));
}

class Varint {
  readonly groups: number[] = [];

  constructor(io: Stream) {
    let byte: number;
    do {
      byte = io.readU1();
      this.groups.push(byte);
    } while (byte >= 0x80);
  }

  get value(): number {
    return this.groups.reduceRight((value, byte) => value * 128 + (byte & 0x7f), 0);
  }
}

class Text {
  readonly length: number;
  readonly value: string;

  constructor(io: Stream) {
    this.length = io.readU2be();
    this.value = KaitaiStream.bytesToStr(io.readBytes(this.length), "UTF-8");
  }
}

class Bytes {
  readonly length: number;
  readonly value: Uint8Array;

  constructor(io: Stream) {
    this.length = io.readU2be();
    this.value = io.readBytes(this.length);
  }
}

class Connect {
  readonly type: number;
  readonly length: Varint;
  readonly name: Text;
  readonly version: number;
  readonly flags: number;
  readonly keepalive: number;
  readonly propertiesLength: Varint | undefined;
  readonly properties: Uint8Array | undefined;
  readonly client: Text;
  readonly willTopic: Bytes | undefined;
  readonly willMessage: Bytes | undefined;
  readonly user: Text | undefined;
  readonly password: Bytes | undefined;

  constructor(io: Stream) {
    this.type = io.readU1();
    if (this.type !== 0x10) throw new Error("type");
    this.length = new Varint(io);
    this.name = new Text(io);
    if (this.name.value !== "MQTT" && this.name.value !== "MQIsdp") throw new Error("name");
    this.version = io.readU1();
    if (this.version < 3 || this.version > 5) throw new Error("version");
    this.flags = io.readU1();
    if ((this.flags & 0x18) === 0x18 || (this.flags & 0x01) !== 0) throw new Error("flags");
    this.keepalive = io.readU2be();
    if (this.version === 5) {
      this.propertiesLength = new Varint(io);
      this.properties = io.readBytes(this.propertiesLength.value);
    }
    this.client = new Text(io);
    if ((this.flags & 0x04) !== 0) {
      this.willTopic = new Bytes(io);
      this.willMessage = new Bytes(io);
    }
    if ((this.flags & 0x80) !== 0) this.user = new Text(io);
    if ((this.flags & 0x40) !== 0) this.password = new Bytes(io);
  }
}

/** The client identifier and the user name of an MQTT CONNECT without will properties; empty where missing. */
export function parseMqtt(frame: Buffer): readonly [client: string, user: string] {
  const { client, user } = new Connect(streamOf(frame));
  return [client.value, user?.value ?? ""];
}
