// Everything that can be measured, in the order of the tables.
import { haproxy } from "./peers/haproxy.ts";
import { go, limit, streams } from "./peers/native-relays.ts";
import { nginx } from "./peers/nginx.ts";
import type { Peer } from "./peers/peer.ts";
import { waybill } from "./peers/waybill.ts";

/** No relay at all: the generator talks to the backends. */
export const DIRECT = "direct";
/** What the others are compared with: made to splice, it is faster at bulk and slower at small messages. */
export const REFERENCES = ["haproxy", "haproxy-copy", "limit"] as const;

export const PEERS: readonly Peer[] = [
  haproxy(REFERENCES[0], true),
  haproxy(REFERENCES[1], false),
  nginx,
  go,
  streams,
  limit,
  waybill("portable"),
  waybill("epoll"),
  waybill("io_uring"),
  waybill("epoll", 2),
  waybill("io_uring", 2),
];
