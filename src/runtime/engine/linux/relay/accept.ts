// A new connection: who it is, whether it may stay, and then its first bytes are waited for.

import { murmur3 } from "../../../../base/hash.ts";
import { isTrustedPeer, type ListenerPlan } from "../../../routing/listener-plan.ts";
import type { Refusal } from "../../../routing/refusals.ts";
import { readInternetAddress } from "../kernel/address.ts";
import { closeDescriptor } from "../kernel/descriptor.ts";
import { ERRNO } from "../kernel/errno.ts";
import { peerAddress } from "../kernel/socket.ts";
import type { RelayContext, ServedListener } from "./context.ts";
import { cut } from "./end.ts";
import { RECORD } from "./records.ts";
import { LISTENER_COUNT } from "./shared-limits.ts";
import { COUNTED, ROLE, SESSION, SESSION_WORDS, STAGE, TIME } from "./table.ts";
import { tell, wakeMain } from "./tell.ts";
import { enterUndecided } from "./undecided.ts";

/** IPv6 clients count by their network of so many bytes: one station usually has a whole /64. */
const IPV6_NETWORK_BYTES = 8;
const UNIX_CLIENT = -1;
const CLIENT_SEED = 0x636c6e74;

const address = new Uint8Array(16);
const hashed = new Uint8Array(20);

/** A connection that the driver has accepted; its peer stands in `peerAddress`. */
export function accepted(context: RelayContext, index: number, fd: number): void {
  const { table, limits, port } = context;
  const listener = context.listeners.get(index);
  const served = listener?.served;
  if (listener === undefined || served === undefined) {
    closeDescriptor(fd);
    return;
  }
  if (fd >= table.capacity) {
    closeDescriptor(fd);
    acceptFailed(context, index, ERRNO.EMFILE);
    return;
  }
  const length = readInternetAddress(peerAddress.bytes, peerAddress.at, address);
  begin(context, listener, index, served.slot, fd, length);
  port.open(fd, true);
  // Told only once it counts: whoever comes after it must not be counted before it.
  const refusal = refusalOf(context, listener, served.plan, index, fd, length);
  const counted = table.sessionAt(fd) + SESSION.counted;
  const { sessions } = table;
  limits.add(index, LISTENER_COUNT.accepted, 1);
  sessions[counted] = (sessions[counted] as number) | COUNTED.accepted;
  wakeMain(context);
  if (refusal !== undefined) {
    cut(context, fd, refusal);
    return;
  }
  if (limits.get(index, LISTENER_COUNT.undecided) >= served.plan.limits.inspecting) {
    if (listener.oldest >= 0) cut(context, listener.oldest, "inspecting-evicted");
  }
  enterUndecided(context, listener, index, fd);
  port.receive(fd);
}

/** The listener could not accept. */
export function acceptFailed(context: RelayContext, listener: number, errno: number): void {
  const words = new Int32Array(SESSION_WORDS);
  words[SESSION.kind] = RECORD.acceptFailed;
  words[SESSION.listener] = listener;
  words[SESSION.plan] = context.listeners.get(listener)?.served?.slot ?? 0;
  words[SESSION.errno] = errno;
  tell(context, words);
}

/** Counts a client for limits.per-client. @returns false where it has too many already */
export function admitClient(context: RelayContext, client: number, plan: ListenerPlan): boolean {
  const { table, limits } = context;
  const most = plan.limits.perClient;
  const length = table.session(client, SESSION.clientLength);
  if (most === 0 || length <= 0 || table.session(client, SESSION.clientSlot) > 0) return true;
  const hash = clientHash(context, client, length);
  const { sessions } = table;
  const at = table.sessionAt(client) + SESSION.clientSlot;
  const slot = limits.enterClient(hash, most);
  // No call in between: where the thread dies, the count is either in the row or was never taken.
  if (slot >= 0) sessions[at] = slot + 1;
  if (slot < 0) return false;
  return true;
}

function begin(
  context: RelayContext,
  listener: ServedListener,
  index: number,
  plan: number,
  fd: number,
  length: 0 | 4 | 16,
): void {
  const { table, nowMs } = context;
  table.beginSession(fd);
  table.setSession(fd, SESSION.stage, STAGE.accepted);
  table.setSession(fd, SESSION.plan, plan);
  table.setSession(fd, SESSION.listener, index);
  table.setSession(fd, SESSION.outcome, -1);
  table.setSession(fd, SESSION.pool, -1);
  table.setSession(fd, SESSION.backend, -1);
  table.setTime(fd, TIME.id, context.nextId());
  table.setTime(fd, TIME.acceptedMs, nowMs);
  table.setTime(fd, TIME.touchedMs, nowMs);
  writeClient(context, fd, listener.isUnix ? UNIX_CLIENT : length);
  table.begin(fd, context.owner, ROLE.client, -1);
  context.open += 1;
  context.turnover += 1;
  if (fd >= context.highest) context.highest = fd + 1;
}

/** Enters `address` as the client's. */
function writeClient({ table }: RelayContext, fd: number, length: number): void {
  const isMapped =
    length === 16 && address[10] === 0xff && address[11] === 0xff && isZero(address, 10);
  if (isMapped) address.copyWithin(0, 12, 16);
  table.setSession(fd, SESSION.clientLength, isMapped ? 4 : length);
  for (let word = 0; word < 4; word++) {
    const at = word * 4;
    const value =
      ((address[at] ?? 0) << 24) |
      ((address[at + 1] ?? 0) << 16) |
      ((address[at + 2] ?? 0) << 8) |
      (address[at + 3] ?? 0);
    table.setSession(fd, SESSION.client + word, value);
  }
}

function isZero(bytes: Uint8Array, length: number): boolean {
  for (let at = 0; at < length; at++) if (bytes[at] !== 0) return false;
  return true;
}

function refusalOf(
  context: RelayContext,
  listener: ServedListener,
  plan: ListenerPlan,
  index: number,
  fd: number,
  length: number,
): Refusal | undefined {
  const { limits, nowMs, table } = context;
  const { sessions } = table;
  const counted = table.sessionAt(fd) + SESSION.counted;
  const open = limits.add(index, LISTENER_COUNT.open, 1);
  sessions[counted] = COUNTED.open;
  if (context.draining !== undefined) return "draining";
  if (open > plan.limits.connections) return "connections";
  if (!limits.admitRate(index, plan.limits.acceptRate, nowMs)) return "accept-rate";
  if (plan.trustedPeers === undefined) {
    return admitClient(context, fd, plan) ? undefined : "per-client";
  }
  // Who can open a unix socket is of this machine.
  const own = table.session(fd, SESSION.clientLength) === 4 ? 4 : length;
  const isTrusted = listener.isUnix || isTrustedPeer(plan.trustedPeers, address, own);
  return isTrusted ? undefined : "proxy-protocol";
}

function clientHash({ table }: RelayContext, client: number, length: number): number {
  const bytes = length === 16 ? IPV6_NETWORK_BYTES : 4;
  for (let at = 0; at < bytes; at++) {
    const word = table.session(client, SESSION.client + (at >> 2));
    hashed[at] = word >>> (24 - 8 * (at & 3));
  }
  hashed[bytes] = table.session(client, SESSION.listener) & 0xff;
  hashed[bytes + 1] = table.session(client, SESSION.listener) >> 8;
  return murmur3(hashed, 0, bytes + 2, CLIENT_SEED);
}
