// Sockets that share a port (SO_REUSEPORT): which of them new connections go to, and how many wait at one.

import { mapMemory } from "./memory.ts";
import { readOption, writeOption } from "./socket.ts";

const SOL_SOCKET = 1;
const SO_ATTACH_REUSEPORT_CBPF = 51;
const SO_DETACH_REUSEPORT_BPF = 68;
const IPPROTO_TCP = 6;
const TCP_INFO = 11;

/** Classic BPF (linux/filter.h): `struct sock_filter` is { u16 code; u8 jt; u8 jf; u32 k }. */
const LOAD_WORD = 0x20;
const MODULO = 0x94;
const SKIP_UNLESS_EQUAL = 0x15;
const RETURN = 0x06;
/** `SKF_AD_OFF + SKF_AD_RANDOM`: a random word instead of one of the packet. */
const RANDOM = 0xfffff038;
const INSTRUCTION_BYTES = 8;
/** `BPF_MAXINSNS`: enough for 2,046 positions, more than there can be workers. */
const INSTRUCTIONS_MAX = 4096;

/** `struct tcp_info` of a listening socket: its queue's length stands where a connection has its unacknowledged segments. */
const TCP_INFO_BYTES = 104;
const WAITING_AT = 24;

const PROGRAM_AT = 16;
const memory = mapMemory(PROGRAM_AT + INSTRUCTIONS_MAX * INSTRUCTION_BYTES);

/**
 * New connections go to the sockets at `positions` alone, evenly. A position counts the sockets of the port in the order in
 * which they began to listen; where one is closed, the last one takes its place. Established ones are not touched.
 * @param fd any of the port's sockets @param positions at least one @returns 0 or `-errno`
 */
export function steerConnections(fd: number, positions: readonly number[]): number {
  let at = PROGRAM_AT;
  const emit = (code: number, skipUnless: number, operand: number) => {
    memory.bytes.writeUInt16LE(code, at);
    memory.bytes.writeUInt8(0, at + 2);
    memory.bytes.writeUInt8(skipUnless, at + 3);
    memory.bytes.writeUInt32LE(operand, at + 4);
    at += INSTRUCTION_BYTES;
  };
  emit(LOAD_WORD, 0, RANDOM);
  emit(MODULO, 0, positions.length);
  for (const [choice, position] of positions.entries()) {
    emit(SKIP_UNLESS_EQUAL, 1, choice);
    emit(RETURN, 0, position);
  }
  emit(RETURN, 0, positions[0] ?? 0);
  // struct sock_fprog { unsigned short len; struct sock_filter *filter; }
  memory.bytes.writeUInt16LE((at - PROGRAM_AT) / INSTRUCTION_BYTES, 0);
  memory.bytes.writeBigUInt64LE(BigInt(memory.address + PROGRAM_AT), 8);
  return writeOption(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, memory.address, PROGRAM_AT);
}

/** New connections go to any of the port's sockets again. @returns 0 or `-errno` */
export function steerNowhere(fd: number): number {
  return writeOption(fd, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, memory.address, 4);
}

/** Connections that wait to be accepted at a listening socket. @returns their number or `-errno` */
export function waitingConnections(fd: number): number {
  const answer = readOption(fd, IPPROTO_TCP, TCP_INFO, memory.address, TCP_INFO_BYTES);
  return answer < 0 ? answer : memory.bytes.readUInt32LE(WAITING_AT);
}
