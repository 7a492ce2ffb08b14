// Everything that can be measured, in the order of the tables.
import { haproxy } from "./peers/haproxy.ts";
import { go, limit, streams } from "./peers/native-relays.ts";
import { nginx } from "./peers/nginx.ts";
import type { Peer } from "./peers/peer.ts";
import { waybill } from "./peers/waybill.ts";

/** No relay at all: the generator talks to the backends. */
export const DIRECT = "direct";
/** What the others are compared with. */
export const REFERENCE = "haproxy";

export const PEERS: readonly Peer[] = [
  haproxy(REFERENCE, true),
  haproxy("haproxy-copy", false),
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
