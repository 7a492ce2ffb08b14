// Prefixes (or, read backwards, suffixes) as a path-compressed trie: a lookup visits only the nodes that the key runs
// through. Knows no rule.

import { NO_CANDIDATE } from "./candidate-lists.ts";
import { allocateBytes, allocateInt32 } from "./table-memory.ts";

/**
 * Open addressing by the edge that leads to a node; all about the node in one slot, so that a step looks at one place:
 * ```
 * node << 8 | byte   the edge from the node before (-1: empty slot)
 * node               its number, for the edges that go on
 * value
 * labelAt            bytes that must follow the edge's byte, in labels
 * labelLength
 * ```
 * The root stands after the last slot.
 */
export interface ByteTrie {
  /** Slots less one, without the root's. */
  readonly mask: number;
  readonly slots: Int32Array;
  readonly labels: Uint8Array;
}

/** How a key is read: forwards for prefixes, backwards for suffixes. */
export type Direction = 1 | -1;

/** A trie that still grows. */
export interface ByteTrieBuilder {
  readonly nodes: { value: number; label: Uint8Array }[];
  readonly edges: Map<number, number>;
}

/** What `nextNode` answers where the key leaves the trie. Other answers are places in `slots`. */
export const NO_NODE = -1;

const SLOT_WORDS = 5;
const NODE_AT = 1;
const VALUE_AT = 2;
const LABEL_AT = 3;
const LABEL_LENGTH_AT = 4;
const EMPTY = -1;
const ROOT = 0;
const FIRST_SLOTS = 4;
const NO_BYTES = new Uint8Array();

export function createByteTrie(): ByteTrieBuilder {
  return { nodes: [{ value: NO_CANDIDATE, label: new Uint8Array() }], edges: new Map() };
}

/** Where the root stands. */
export function rootOf(trie: ByteTrie): number {
  return SLOT_WORDS * (trie.mask + 1);
}

/**
 * The node that a key runs into from `place`, or `NO_NODE`. `at` is the key's next byte in reading direction, `left`
 * how many bytes from there on. Allocates nothing.
 */
export function nextNode(
  trie: ByteTrie,
  place: number,
  key: Uint8Array,
  at: number,
  left: number,
  direction: Direction,
): number {
  if (left === 0) return NO_NODE;
  const { slots, labels } = trie;
  const next = placeOf(trie, edgeName(slots[place + NODE_AT] as number, key[at] as number));
  if (next === NO_NODE) return NO_NODE;
  const labelAt = slots[next + LABEL_AT] as number;
  const labelLength = slots[next + LABEL_LENGTH_AT] as number;
  if (labelLength >= left) return NO_NODE;
  for (let index = 0; index < labelLength; index++) {
    if (labels[labelAt + index] !== key[at + direction * (index + 1)]) return NO_NODE;
  }
  return next;
}

/** The value of the string that ends at the node at `place`. */
export function valueOfNode(trie: ByteTrie, place: number): number {
  return trie.slots[place + VALUE_AT] as number;
}

/** Bytes of the edge that leads to the node at `place`. */
export function edgeLength(trie: ByteTrie, place: number): number {
  return 1 + (trie.slots[place + LABEL_LENGTH_AT] as number);
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
  const { nodes, edges } = builder;
  const rootValue = nodes[ROOT]?.value ?? NO_CANDIDATE;
  if (edges.size === 0 && rootValue === NO_CANDIDATE) return undefined;
  let count = FIRST_SLOTS;
  while (count < 2 * edges.size) count *= 2;
  const slots = allocateInt32(SLOT_WORDS * (count + 1)).fill(EMPTY);
  const labels = allocateBytes(nodes.reduce((sum, { label }) => sum + label.length, 0));
  let labelAt = 0;
  slots.set([EMPTY, ROOT, rootValue, 0, 0], SLOT_WORDS * count);
  for (const [edge, node] of edges) {
    const { value = NO_CANDIDATE, label = NO_BYTES } = nodes[node] ?? {};
    let slot = edgeHash(edge) & (count - 1);
    while (slots[SLOT_WORDS * slot] !== EMPTY) slot = (slot + 1) & (count - 1);
    slots.set([edge, node, value, labelAt, label.length], SLOT_WORDS * slot);
    labels.set(label, labelAt);
    labelAt += label.length;
  }
  return { mask: count - 1, slots, labels };
}

/** The slot that an edge leads to, or `NO_NODE`. */
function placeOf(trie: ByteTrie, edge: number): number {
  const { slots, mask } = trie;
  for (let slot = edgeHash(edge) & mask; ; slot = (slot + 1) & mask) {
    const held = slots[SLOT_WORDS * slot] as number;
    if (held === edge) return SLOT_WORDS * slot;
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
