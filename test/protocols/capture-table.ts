// What each recorded connection has to come to, by file: how many frames of the protocol its client sends, and how the
// stream ends. The keys are not here: they are compared with what an independent dissector read (`facts.ts`).

/** A recorded connection and its end. */
export interface Recorded {
  /** Frames that the protocol takes from the client's bytes. */
  readonly frames: number;
  /** `need`: the stream is used up. `key`: decided at the key. Otherwise the reason of the refusal, `kind:field`. */
  readonly end: string;
  /** Why it does not end with `need`, or has no frames. */
  readonly why?: string;
}

/** The protocol of one folder of captures, and its files. */
export interface CaptureFolder {
  readonly library: string;
  readonly protocol: string;
  readonly files: Readonly<Record<string, Recorded>>;
}

const whole = (frames: number): Recorded => ({ frames, end: "need" });
const broken = (frames: number, end: string, why: string): Recorded => ({ frames, end, why });

const otherPackets = "the packets that follow CONNECT are no CONNECT";
const decided = "one decision at the key; what follows is not looked at";
const junk = "junk between APDUs: the standard has no way back into step";
const compressed = "8=FIXCOMP: a vendor's dialect with deflated bodies";

/** By folder. */
export const captureTable: Readonly<Record<string, CaptureFolder>> = {
  mqtt: {
    library: "mqtt",
    protocol: "MQTT",
    files: {
      "ndpi-coap-mqtt-s2": broken(1, "guard:type", otherPackets),
      "ndpi-mqtt-s1": whole(1),
      "sv-mqtt-events-unassigned-msgtype-s0": broken(1, "guard:type", otherPackets),
      "sv-mqtt31-pub-userpass-s0": broken(1, "guard:type", otherPackets),
      "sv-mqtt311-unsub-qos2-s0": broken(1, "guard:type", otherPackets),
      "sv-mqtt5-pub-mosquittoprops-s0": broken(1, "guard:type", otherPackets),
    },
  },
  modbus: {
    library: "modbus",
    protocol: "Modbus",
    files: {
      "ndpi-modbus-s0": whole(51),
      "sv-modbus-modbus-s4": broken(0, "guard:length", "a header with length 0x8804, repeated"),
      "zeek-modbus-modbus-and-non-modbus-p502-s0": whole(6),
      "zeek-modbus-modbus-and-non-modbus-p502-s3": broken(0, "guard:protocol", "a TLS hello"),
      "zeek-modbus-modbus-and-non-modbus-p502-s5": broken(0, "guard:protocol", "a scanner's text"),
      "zeek-modbus-modbus-eit-s0": whole(1),
    },
  },
  dns: {
    library: "dns",
    protocol: "DNS",
    files: {
      "ndpi-dns-fragmented-s0": whole(1),
      "sv-dns-dns-incomplete-s0": whole(2),
      "sv-dns-dns-tcp-multirequest-buffer-dns-tcp-multirequest-buffer-s0": whole(20),
      "sv-dns-task-7018-ids-dns-keywords-s0": whole(3),
      "zeek-dns-inverse-query-s0": whole(1),
      "zeek-dns-tkey-s0": whole(1),
    },
  },
  http1: {
    library: "http1",
    protocol: "HTTP1",
    files: {
      "ndpi-http-lines-split-s0": whole(1),
      "ndpi-http-manipulated-s0": whole(1),
      "zeek-http-261-variant-04-te-cl-desync-s0": broken(
        1,
        "mark:literal",
        "the chunked body follows, which is no part of a frame",
      ),
      "zeek-http-http-11-request-then-cruft-s0": broken(
        1,
        "mark:literal",
        "bytes that are no HTTP follow",
      ),
      "zeek-http-pipelined-requests-s0": whole(5),
      "zeek-http-smuggle-http-request-s0": broken(
        1,
        "mark:literal",
        "the body follows, which is no part of a frame",
      ),
    },
  },
  redis: {
    library: "resp",
    protocol: "RESP",
    files: {
      "ndpi-resp-s0": broken(1, "key", decided),
      "zeek-redis-almost-resp-s1": broken(1, "key", decided),
      "zeek-redis-auth-s0": broken(1, "key", decided),
      "zeek-redis-bulk-loading-s0": broken(1, "key", decided),
      "zeek-redis-pipeline-quotes-s0": broken(1, "key", decided),
      "zeek-redis-stream-s0": broken(1, "key", decided),
    },
  },
  iec104: {
    library: "iec104",
    protocol: "IEC104",
    files: {
      "ndpi-iec104-s0": { frames: 0, end: "need", why: "no byte of the client was recorded" },
      "ndpi-iec60780-5-104-s0": broken(1, "mark:start", junk),
      "ndpi-iec60780-5-104-s1": broken(1, "mark:start", junk),
      "ndpi-iec60780-5-104-s3": broken(2, "mark:start", junk),
      "ndpi-iec60780-5-104-s4": broken(1, "mark:start", junk),
      "ndpi-iec60780-5-104-s5": whole(13),
    },
  },
  haproxy: {
    library: "proxy",
    protocol: "ProxyV1",
    files: {
      "ndpi-haproxy-s0": broken(1, "mark:start", "the client's TLS hello follows the line"),
    },
  },
  tls: {
    library: "tls",
    protocol: "TLS",
    files: {
      "ndpi-443-curl-s0": broken(1, "guard:record.message", "the client's key exchange follows"),
      "ndpi-codm-s0": whole(1),
      "ndpi-tls-with-huge-ch-s0": broken(1, "guard:type", "change of cipher and data follow"),
      "zeek-ssl-and-ssh-using-sslh-s0": broken(0, "guard:type", "SSH on port 443"),
      "zeek-tls-ssl-v3-s0": broken(0, "guard:type", "the hello of SSL 2.0"),
      "zeek-tls-tls13-wolfssl-s0": broken(1, "guard:type", "change of cipher and data follow"),
    },
  },
  fix: {
    library: "fix",
    protocol: "FIX",
    files: {
      "ndpi-fix-s0": broken(0, "guard:version", compressed),
      "ndpi-fix-s2": broken(0, "guard:version", compressed),
      "ndpi-fix-s3": broken(0, "guard:version", compressed),
      "ndpi-fix2-s0": whole(99),
    },
  },
};
