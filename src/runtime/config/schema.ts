// The form of waybill.yaml, said once: what is checked, what is filled in, and what the JSON Schema shows.
// The whole file of the design is accepted; what this release does not run yet is told apart in unsupported.ts.

import { z } from "zod";
import { MEMBERS_MAX, WEIGHT_MAX } from "../balance/member.ts";
import { parseBind, parseEndpoint } from "./endpoint.ts";
import { type Expectation, expectation } from "./expectation.ts";
import { parseNetwork } from "./network.ts";
import { checkRouterText } from "./router-text.ts";
import { DURATION_PATTERN, parseDuration } from "./units.ts";

/** Listeners, and pools, of one configuration. */
const LISTENERS_MAX = 256;
const POOLS_MAX = 256;
const NETWORKS_MAX = 1024;
/** Greatest number that a limit can be. */
const LIMIT_MAX = 10_000_000;
const TRIES_MAX = 16;

/** A text that `parse` turns into what is meant. */
function parsed<Value>(what: Expectation, parse: (text: string) => Value | undefined) {
  return z.string({ error: what }).transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: what, input: text });
    return z.NEVER;
  });
}

const duration = () =>
  z
    .string({ error: expectation.duration })
    .regex(DURATION_PATTERN, { error: expectation.duration })
    .transform((text, context) => {
      const milliseconds = parseDuration(text);
      if (milliseconds !== undefined) return milliseconds;
      context.addIssue({ code: "custom", message: expectation.duration, input: text });
      return z.NEVER;
    });

const count = (least = 0, most = LIMIT_MAX) =>
  z.number({ error: expectation.count }).int({ error: expectation.count }).min(least).max(most);

const name = () =>
  z
    .string({ error: expectation.name })
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/, { error: expectation.name });

const bind = () => parsed(expectation.bind, parseBind);
const endpoint = () => parsed(expectation.endpoint, (text) => parseEndpoint(text));
const networks = () =>
  z.array(parsed(expectation.network, parseNetwork), { error: expectation.list }).max(NETWORKS_MAX);
/** What a later release checks closely. */
const later = () => z.unknown();

const listenerLimits = z.strictObject({
  inspect: duration().prefault("5s").describe("Longest time to a verdict."),
  idle: duration().prefault("1h").describe("Longest time without a byte in either direction."),
  connections: count(1).default(50_000).describe("Connections at a time."),
  inspecting: count(1)
    .default(10_000)
    .describe("Undecided connections at a time; beyond, the oldest is evicted."),
  "per-client": count().default(0).describe("Connections of one client address; 0: any number."),
  "accept-rate": count().default(0).describe("New connections a second; 0: any number."),
  lifetime: later().optional().describe("Longest life of a connection. Not supported yet."),
  "per-key": later().optional().describe("Connections of one key. Not supported yet."),
  "on-second": later()
    .optional()
    .describe("What a second connection of a key does. Not supported yet."),
});

const keepalive = z.strictObject({
  idle: duration().prefault("60s").describe("Silence before the first probe."),
  every: duration().prefault("15s").describe("Time between probes."),
  count: count(1, 100).default(4).describe("Probes unanswered before the connection ends."),
});

const proxyProtocol = z.strictObject({
  version: z.enum(["any", "v1", "v2"]).default("any").describe("Which header is accepted."),
  from: networks().min(1).describe("Networks whose peers may say who the client is."),
});

const listener = z.strictObject({
  name: name().describe("Unique; logs and metrics use it."),
  bind: bind().describe(
    '0.0.0.0:2048, "[::]:2048" or unix:/run/waybill.sock; port 0 takes a free one.',
  ),
  router: parsed(expectation.router, checkRouterText).describe(
    "FILE.frame#ROUTER or a hand-written ./unpack.js, relative to this file.",
  ),
  pool: name().optional().describe("Where a hand-written unpack's connections go."),
  limits: listenerLimits.prefault({}),
  keepalive: keepalive.prefault({}),
  "proxy-protocol": proxyProtocol.optional().describe("Where present, the header is required."),
  pin: later().optional().describe("Kernel pinning. Not supported yet."),
  tls: later().optional().describe("TLS. Not supported yet."),
});

const backend = z.union(
  [
    endpoint(),
    z.strictObject({
      address: endpoint().describe("10.0.0.1:9000 or [2001:db8::1]:9000."),
      weight: count(0, WEIGHT_MAX).default(1).describe("Share of the traffic; 0: none."),
      id: name().optional().describe("Identity for hashing; the address where absent."),
    }),
  ],
  { error: expectation.backend },
);

const poolLimits = z.strictObject({
  connections: count().default(0).describe("Connections a backend at a time; 0: any number."),
  connecting: count().default(256).describe("Connects a backend in progress."),
  "connect-rate": count().default(0).describe("Connects a backend a second; 0: any number."),
  queue: count().default(0).describe("Connections that wait for a backend at its limit."),
});

const BALANCES = [
  "ring",
  "round-robin",
  "maglev",
  "rendezvous",
  "least-connections",
  "p2c",
] as const;

const pool = z.strictObject({
  balance: z.enum(BALANCES).default("ring").describe("ring takes the router's key."),
  backends: z.array(backend, { error: expectation.list }).max(MEMBERS_MAX).default([]),
  connect: z
    .strictObject({
      timeout: duration().prefault("3s").describe("Longest time for one connect."),
      tries: count(0, TRIES_MAX).default(3).describe("How many other backends may be tried."),
    })
    .prefault({}),
  limits: poolLimits.prefault({}),
  health: later().optional().describe("Active health checks. Not supported yet."),
  passive: later().optional().describe("Passive health checks. Not supported yet."),
  fallback: name().optional().describe("The pool that is tried when this one has nobody left."),
  source: z
    .array(later())
    .default([])
    .describe("Local addresses to connect from. Not supported yet."),
  "send-proxy-protocol": z
    .enum(["off", "v1", "v2"])
    .default("off")
    .describe("Tell the backend who the client is. Only off for now."),
  "on-down": z.enum(["keep", "close"]).default("keep"),
  panic: later().optional(),
  register: later().optional(),
});

/** waybill.yaml. */
export const configurationSchema = z.strictObject({
  listeners: z.array(listener, { error: expectation.list }).min(1).max(LISTENERS_MAX),
  pools: z
    .record(name(), pool, { error: expectation.pools })
    .refine((pools) => Object.keys(pools).length <= POOLS_MAX, { error: expectation.pools }),
  discovery: z.record(z.string(), later()).default({}).describe("Not supported yet."),
  admin: later().optional().describe("Admin address. Not supported yet."),
  metrics: later().optional().describe("Metrics address. Not supported yet."),
  tokens: later().optional(),
  log: z
    .strictObject({
      level: z
        .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
        .default("info")
        .describe("Lowest level that is written."),
      connections: z
        .enum(["start", "end", "both", "off"])
        .default("end")
        .describe("When a connection is written."),
    })
    .prefault({}),
  engine: z.enum(["auto", "io_uring", "epoll", "portable"]).default("auto"),
  workers: z
    .union([z.literal("auto"), count(1, 1024)], { error: expectation.workers })
    .default("auto"),
  watch: z
    .boolean({ error: expectation.flag })
    .default(false)
    .describe("Reload when a file changes."),
});

/** The file as checked: defaults filled in, durations in milliseconds, addresses parsed. */
export type CheckedFile = z.output<typeof configurationSchema>;
export type CheckedListener = CheckedFile["listeners"][number];
export type CheckedPool = CheckedFile["pools"][string];

/** The JSON Schema (draft 2020-12) of the file as people write it. */
export function configurationJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(configurationSchema, { io: "input" }), title: "waybill.yaml" };
}
