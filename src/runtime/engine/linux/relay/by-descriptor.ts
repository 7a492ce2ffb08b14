// Things of a few descriptors, found by their numbers: those are small and dense, so that an array is cheaper than a map whose
// entries come and go with every connection.

export class ByDescriptor<T> {
  readonly #items: (T | undefined)[] = [];

  get(fd: number): T | undefined {
    return fd < this.#items.length ? this.#items[fd] : undefined;
  }

  has(fd: number): boolean {
    return this.get(fd) !== undefined;
  }

  set(fd: number, item: T): void {
    while (this.#items.length < fd) this.#items.push(undefined);
    this.#items[fd] = item;
  }

  delete(fd: number): void {
    if (fd < this.#items.length) this.#items[fd] = undefined;
  }
}
