// Numbers in sentences. Imports nothing.

/** `1 error`, `2 errors`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `65,536` */
export function grouped(count: number): string {
  return count.toLocaleString("en-GB");
}
