// Prefixes (or, read backwards, suffixes) as a path-compressed trie: a lookup visits only the nodes that the key runs
// through. Knows no rule.

import { NO_CANDIDATE } from "./candidate-lists.ts";
import { allocateBytes, allocateInt32 } from "./table-memory.ts";

/**
 * ```
 * nodes:   value, labelAt, labelLength            node 0 is the root
 * edges:   node << 8 | byte, child                open addressing; -1: empty
 * ```
 * An edge is its byte and then the child's label.
 */
export interface ByteTrie {
  readonly nodes: Int32Array;
  /** Slots of `edges` less one. */
  readonly mask: number;
  readonly edges: Int32Array;
  readonly labels: Uint8Array;
}

/** How a key is read: forwards for prefixes, backwards for suffixes. */
export type Direction = 1 | -1;

/** A trie that still grows. */
export interface ByteTrieBuilder {
  readonly nodes: { value: number; label: Uint8Array }[];
  readonly edges: Map<number, number>;
}

export const ROOT = 0;
export const NO_NODE = -1;

const NODE_WORDS = 3;
const EMPTY = -1;

export function createByteTrie(): ByteTrieBuilder {
  return { nodes: [{ value: NO_CANDIDATE, label: new Uint8Array() }], edges: new Map() };
}

/**
 * The child that a key runs into from `node`, or `NO_NODE`. `at` is the key's next byte in reading direction, `left`
 * how many bytes from there on. Allocates nothing.
 */
export function nextNode(
  trie: ByteTrie,
  node: number,
  key: Uint8Array,
  at: number,
  left: number,
  direction: Direction,
): number {
  if (left === 0) return NO_NODE;
  const child = childOf(trie, (node << 8) | (key[at] as number));
  if (child === NO_NODE) return NO_NODE;
  const labelAt = trie.nodes[NODE_WORDS * child + 1] as number;
  const labelLength = trie.nodes[NODE_WORDS * child + 2] as number;
  if (labelLength >= left) return NO_NODE;
  for (let index = 0; index < labelLength; index++) {
    if (trie.labels[labelAt + index] !== key[at + direction * (index + 1)]) return NO_NODE;
  }
  return child;
}

/** The value of all strings that end at `node`. */
export function valueOfNode(trie: ByteTrie, node: number): number {
  return trie.nodes[NODE_WORDS * node] as number;
}

/** Bytes of the edge that leads to `node`. */
export function edgeLength(trie: ByteTrie, node: number): number {
  return 1 + (trie.nodes[NODE_WORDS * node + 2] as number);
}

/** Sets the value of `key` (in reading direction) to `change(its value)`, `NO_CANDIDATE` where it is new. */
export function putInTrie(
  trie: ByteTrieBuilder,
  key: Uint8Array,
  change: (value: number) => number,
): void {
  let node = ROOT;
  let at = 0;
  while (at < key.length) {
    const edge = edgeName(node, key[at] as number);
    const child = trie.edges.get(edge);
    if (child === undefined) {
      trie.edges.set(edge, addNode(trie, change(NO_CANDIDATE), key.slice(at + 1)));
      return;
    }
    const label = labelOf(trie, child);
    const shared = sharedLength(label, key.subarray(at + 1));
    node = shared === label.length ? child : splitEdge(trie, edge, child, shared);
    at += 1 + shared;
  }
  const held = trie.nodes[node];
  if (held !== undefined) held.value = change(held.value);
}

/** The finished trie, or `undefined` where it holds nothing. */
export function packByteTrie(builder: ByteTrieBuilder): ByteTrie | undefined {
  if (builder.edges.size === 0 && builder.nodes[ROOT]?.value === NO_CANDIDATE) return undefined;
  const nodes = allocateInt32(NODE_WORDS * builder.nodes.length);
  const labels = allocateBytes(builder.nodes.reduce((sum, { label }) => sum + label.length, 0));
  let labelAt = 0;
  for (const [index, { value, label }] of builder.nodes.entries()) {
    nodes.set([value, labelAt, label.length], NODE_WORDS * index);
    labels.set(label, labelAt);
    labelAt += label.length;
  }
  return { nodes, labels, ...packEdges(builder.edges) };
}

function packEdges(edges: ReadonlyMap<number, number>): { mask: number; edges: Int32Array } {
  let slots = 4;
  while (slots < 2 * edges.size) slots *= 2;
  const packed = allocateInt32(2 * slots).fill(EMPTY);
  for (const [edge, child] of edges) {
    let slot = edgeHash(edge) & (slots - 1);
    while (packed[2 * slot] !== EMPTY) slot = (slot + 1) & (slots - 1);
    packed[2 * slot] = edge;
    packed[2 * slot + 1] = child;
  }
  return { mask: slots - 1, edges: packed };
}

function childOf(trie: ByteTrie, edge: number): number {
  const { edges, mask } = trie;
  for (let slot = edgeHash(edge) & mask; ; slot = (slot + 1) & mask) {
    const held = edges[2 * slot] as number;
    if (held === edge) return edges[2 * slot + 1] as number;
    if (held === EMPTY) return NO_NODE;
  }
}

function edgeName(node: number, byte: number): number {
  return (node << 8) | byte;
}

/** Fibonacci hashing: edges of one node differ in their low bits only, those of neighbours little more. */
function edgeHash(edge: number): number {
  const mixed = Math.imul(edge, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function addNode(trie: ByteTrieBuilder, value: number, label: Uint8Array): number {
  trie.nodes.push({ value, label });
  return trie.nodes.length - 1;
}

function labelOf(trie: ByteTrieBuilder, node: number): Uint8Array {
  return trie.nodes[node]?.label ?? new Uint8Array();
}

/** Puts a node after the first `shared` bytes of the child's label; the child keeps what follows its new edge byte. */
function splitEdge(trie: ByteTrieBuilder, edge: number, child: number, shared: number): number {
  const label = labelOf(trie, child);
  const middle = addNode(trie, NO_CANDIDATE, label.slice(0, shared));
  trie.edges.set(edge, middle);
  trie.edges.set(edgeName(middle, label[shared] as number), child);
  const held = trie.nodes[child];
  if (held !== undefined) held.label = label.slice(shared + 1);
  return middle;
}

function sharedLength(left: Uint8Array, right: Uint8Array): number {
  const most = Math.min(left.length, right.length);
  let shared = 0;
  while (shared < most && left[shared] === right[shared]) shared += 1;
  return shared;
}
