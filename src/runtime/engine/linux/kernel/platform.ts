// Where platforms differ. Everything else in this folder is the same on x86-64 and arm64.

/** How `struct epoll_event` lies: packed on x86-64, aligned elsewhere. Offsets in 32-bit words. */
export interface EpollLayout {
  readonly words: number;
  /** Of the 64-bit `data`: its low word. */
  readonly data: number;
}

const EPOLL_LAYOUTS: Readonly<Record<string, EpollLayout>> = {
  x64: { words: 3, data: 1 },
  arm64: { words: 4, data: 2 },
};

/** @returns undefined on a machine whose layouts are not known */
export function epollLayout(arch: string = process.arch): EpollLayout | undefined {
  return EPOLL_LAYOUTS[arch];
}
