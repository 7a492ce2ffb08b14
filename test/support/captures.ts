// Reads the recorded client bytes that lie beside the repository (../shared/captures; its README describes the format).
// They are not part of the repository: suites that use them go through describeCaptures. Knows nothing of frames.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { describeWith } from "./prerequisites.ts";

const root = fileURLToPath(new URL("../../../shared/captures", import.meta.url));
const hexadecimal = z.string().regex(/^(?:[0-9a-f]{2})*$/);
const fieldValues = z.record(z.string(), z.array(z.string()));

const connection = z.object({
  protocol: z.string(),
  source: z.string(),
  stream: z.number().int(),
  port: z.number().int(),
  note: z.string().default(""),
  client: z.array(hexadecimal),
  server: z.array(hexadecimal),
  order: z.string().regex(/^[CS]*$/),
  facts: z
    .looseObject({
      fields: z
        .object({ client: fieldValues.default({}), server: fieldValues.default({}) })
        .optional(),
    })
    .optional(),
  facts_beyond_cut: z.boolean().default(false),
  truncated: z.boolean().default(false),
  gap: z.unknown().optional(),
  midstream: z.boolean().default(false),
});

const decoder = z.object({
  protocol: z.string(),
  source: z.string(),
  rule: z.string(),
  stateful: z.boolean().default(false),
  cases: z.array(
    z.object({
      input: hexadecimal,
      frame: hexadecimal.nullable(),
      next_frames: z.array(hexadecimal).default([]),
      decoder: z.number().int().default(0),
      relation: z.string().default(""),
      state: z.record(z.string(), z.unknown()).optional(),
      disabled_upstream: z.boolean().default(false),
    }),
  ),
});

/** One recorded TCP connection. */
export interface Capture {
  /** `<protocol>/<name>`, without the extension: what a failing test prints. */
  readonly name: string;
  /** What it is filed under, not always what it speaks: see `note`. */
  readonly protocol: string;
  readonly port: number;
  readonly note: string;
  /** Payload of each TCP segment of the client, in order of sequence numbers; the borders are the recorded ones. */
  readonly client: readonly Buffer[];
  readonly server: readonly Buffer[];
  /** One letter a segment, `C` or `S`, in order of capture. */
  readonly order: string;
  /** The shorthands of an independent dissector: `sni`, `mqtt.clientid`, …; empty where it found none. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** The dissector's fields of the client's direction, each with all its values as printed. */
  readonly clientFields: Readonly<Record<string, readonly string[]>>;
  readonly serverFields: Readonly<Record<string, readonly string[]>>;
  /** The facts come from a message that ends only after the recorded bytes were cut. */
  readonly hasFactsBeyondCut: boolean;
  /** A direction was cut, or segments are missing in it. */
  readonly isCut: boolean;
  /** The recording began after the handshake: the first bytes need not begin a message. */
  readonly isMidstream: boolean;
}

/** One call of a decoder of another project, with what it returned. Fields as the captures' README defines them. */
export interface DecoderCase {
  readonly input: Buffer;
  /** The frame returned on this call, or null: none yet. */
  readonly frame: Buffer | null;
  readonly nextFrames: readonly Buffer[];
  /** Cases with one number use one decoder object, in this order. */
  readonly decoder: number;
  /** `equal`, `prefix`, `inside at n`, `rewritten` or `none`. */
  readonly relation: string;
  readonly state: Readonly<Record<string, unknown>>;
  readonly isDisabledUpstream: boolean;
}

/** The cases of one decoder and the rule it follows. */
export interface DecoderVectors {
  readonly name: string;
  readonly rule: string;
  readonly isStateful: boolean;
  readonly cases: readonly DecoderCase[];
}

/** A suite over captures: skips with a printed reason where they are absent, fails there in CI. `body` may read them. */
export function describeCaptures(name: string, body: () => void): void {
  const captures = {
    name: "../shared/captures",
    isPresent: existsSync(root),
    mend: "lay the captures beside the repository",
    requiredBy: "WAYBILL_REQUIRE_CAPTURES",
  };
  describeWith(name, [captures], body);
}

/** All connections filed under `protocol` (a folder name such as `mqtt`), by name. Throws when there is none. */
export function readCaptures(protocol: string): readonly Capture[] {
  const files = readdirSync(`${root}/${protocol}`)
    .filter((file) => file.endsWith(".json"))
    .sort();
  if (files.length === 0) throw new Error(`no captures in ${protocol}`);
  return files.map((file) => readCapture(`${protocol}/${file.slice(0, -".json".length)}`));
}

/** The connection of this name, for instance `mqtt/ndpi-mqtt-s1`. Throws on a missing or malformed file. */
export function readCapture(name: string): Capture {
  const record = connection.parse(readJson(name));
  const { fields, ...facts } = record.facts ?? {};
  return {
    name,
    protocol: record.protocol,
    port: record.port,
    note: record.note,
    client: record.client.map(fromHex),
    server: record.server.map(fromHex),
    order: record.order,
    facts,
    clientFields: fields?.client ?? {},
    serverFields: fields?.server ?? {},
    hasFactsBeyondCut: record.facts_beyond_cut,
    isCut: record.truncated || record.gap !== undefined,
    isMidstream: record.midstream,
  };
}

/** A fact that is one text, or undefined where the dissector has none. Throws if it is of another type. */
export function textFact(capture: Capture, fact: string): string | undefined {
  return z.string().optional().parse(capture.facts[fact]);
}

/** A fact that is one number, or undefined where the dissector has none. Throws if it is of another type. */
export function numberFact(capture: Capture, fact: string): number | undefined {
  return z.number().optional().parse(capture.facts[fact]);
}

/** A fact that is a list, its elements as text, empty where the dissector has none. Throws if it is of another type. */
export function listFact(capture: Capture, fact: string): readonly string[] {
  const list = z.array(z.union([z.string(), z.number()])).default([]);
  return list.parse(capture.facts[fact]).map(String);
}

/** All bytes of the client in one buffer. */
export function clientBytes(capture: Capture): Buffer {
  return Buffer.concat(capture.client);
}

/** The vectors of a decoder, by its file name such as `Gt06`. Throws on a missing or malformed file. */
export function readDecoderVectors(name: string): DecoderVectors {
  const record = decoder.parse(readJson(`traccar/${name}`));
  return {
    name,
    rule: record.rule,
    isStateful: record.stateful,
    cases: record.cases.map((item) => ({
      input: fromHex(item.input),
      frame: item.frame === null ? null : fromHex(item.frame),
      nextFrames: item.next_frames.map(fromHex),
      decoder: item.decoder,
      relation: item.relation,
      state: item.state ?? {},
      isDisabledUpstream: item.disabled_upstream,
    })),
  };
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(`${root}/${name}.json`, "utf8"));
}

function fromHex(hex: string): Buffer {
  return Buffer.from(hex, "hex");
}
