// What a worker leaves behind when it dies: its driver, memory it had mapped, descriptors in no row. All of that is given back
// here, in the order that the kernel asks for.
//
// A ring lives for as long as its descriptor is open or its memory is mapped, and until then its accept takes the wake-ups that
// its successor's waits for. Once it is let go the kernel ends what was armed, but later and by itself (tens of milliseconds):
// the ring holds the witness open until then. A dead thread's ring takes no bytes and accepts nothing any more, because
// it was set up to do its work in that thread alone (IORING_SETUP_DEFER_TASKRUN).

import { TAG, TAG_MASK } from "../io-uring/tags.ts";
import { closeDescriptor, openPipe, pipeHasEnded } from "../kernel/descriptor.ts";
import { ERRNO, KernelError } from "../kernel/errno.ts";
import { unmapLeft } from "../kernel/memory.ts";
import { LEFT, readTraces, TRACES_BYTES, takeMappings } from "../kernel/traces.ts";
import { type RingPlace, readLeftCompletions, readLeftSubmissions } from "../kernel/uring.ts";
import { type ConnectionTable, FD, ROLE } from "../relay/table.ts";

/** Answers of a receive after which the next one finds the socket as it was. */
const UNCHANGED: ReadonlySet<number> = new Set([
  -ERRNO.EAGAIN,
  -ERRNO.EINTR,
  -ERRNO.ENOBUFS,
  -ERRNO.ECANCELED,
]);

export class Remains {
  /** Where the thread writes. */
  readonly traces = new SharedArrayBuffer(TRACES_BYTES);
  /** What its driver holds open. */
  readonly witness: number;
  /** Known once the thread has started. */
  ring: RingPlace | undefined;
  readonly #witnessed: number;
  #isGone = false;

  /** @throws KernelError */
  constructor() {
    const ends = { readEnd: -1, writeEnd: -1 };
    const answer = openPipe(ends);
    if (answer < 0) throw new KernelError("pipe2", -answer);
    this.#witnessed = ends.readEnd;
    this.witness = ends.writeEnd;
  }

  /** For a thread that never began. */
  discard(): void {
    closeDescriptor(this.witness);
    closeDescriptor(this.#witnessed);
  }

  /**
   * Gives everything back that no row tells of, once the thread is gone.
   * @param owner of its rows @returns descriptors whose bytes it had taken from the kernel and perhaps not passed on
   */
  settle(table: ConnectionTable, owner: number): readonly number[] {
    const words = readTraces(this.traces);
    const lost = new Set<number>();
    const close = new Closing(table, owner);
    const driver = words[LEFT.driver] ?? 0;
    if (driver > 0 && this.ring !== undefined) settleRing(this.ring, table, owner, lost, close);
    const inHand = words[LEFT.inHand] ?? 0;
    if (inHand > 0) lost.add(inHand);
    for (const word of [LEFT.opened, LEFT.openedToo, LEFT.closing]) close.unowned(words[word] ?? 0);
    takeMappings(this.traces, unmapLeft);
    if (driver > 0) closeDescriptor(driver);
    closeDescriptor(this.witness);
    return [...lost];
  }

  /** Whether the kernel has let go of the driver: nothing that it had armed can take anything any more. */
  isGone(): boolean {
    if (!this.#isGone && pipeHasEnded(this.#witnessed)) {
      this.#isGone = true;
      closeDescriptor(this.#witnessed);
    }
    return this.#isGone;
  }
}

/** Closes what is in nobody's row, each once. */
class Closing {
  readonly #table: ConnectionTable;
  readonly #owner: number;
  readonly #closed = new Set<number>();

  constructor(table: ConnectionTable, owner: number) {
    this.#table = table;
    this.#owner = owner;
  }

  /** Rows that are the dead one's are its successor's to close. */
  unowned(fd: number): void {
    if (fd <= 0 || this.#closed.has(fd)) return;
    if (fd < this.#table.capacity && this.#table.get(fd, FD.owner) === this.#owner) return;
    this.now(fd);
  }

  now(fd: number): void {
    if (this.#closed.has(fd)) return;
    this.#closed.add(fd);
    closeDescriptor(fd);
  }
}

function settleRing(
  ring: RingPlace,
  table: ConnectionTable,
  owner: number,
  lost: Set<number>,
  close: Closing,
): void {
  const isFull = readLeftCompletions(ring, (fd, mark, result, isFirst) => {
    switch (mark & TAG_MASK) {
      case TAG.accept:
        if (result >= 0) close.unowned(result);
        return;
      case TAG.cancel:
      case TAG.close:
      case TAG.wakeup:
        return;
      case TAG.receive:
        if (result > 0 || (result < 0 && !UNCHANGED.has(result)) || isFirst) lost.add(fd);
        return;
      default:
        // What was sent is known by the row; the first one may be half done.
        if (isFirst) lost.add(fd);
    }
  });
  // The kernel keeps more completions than we can see: any of them may have had bytes.
  if (isFull) loseAll(table, owner, lost);
  readLeftSubmissions(ring, (fd, mark) => {
    if ((mark & TAG_MASK) !== TAG.close) return;
    if (table.get(fd, FD.owner) === owner) table.forget(fd);
    close.now(fd);
  });
}

function loseAll(table: ConnectionTable, owner: number, lost: Set<number>): void {
  for (let fd = 0; fd < table.capacity; fd++) {
    const isSide =
      table.get(fd, FD.role) === ROLE.client || table.get(fd, FD.role) === ROLE.backend;
    if (isSide && table.get(fd, FD.owner) === owner) lost.add(fd);
  }
}
