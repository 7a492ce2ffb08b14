// Durations and sizes as people write them. Knows no key of the configuration.

const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const BYTES = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** Longest duration: a timer of Node holds no more milliseconds. */
const DURATION_MAX_MS = 2 ** 31 - 1;

/** `250ms`, `5s`, `10m`, `1h`, `2d`; one whole number and one unit. */
export const DURATION_PATTERN = /^([1-9][0-9]{0,8})(ms|s|m|h|d)$/;

/** @returns milliseconds, above 0, or `undefined` where the text is no duration or above `DURATION_MAX_MS` */
export function parseDuration(text: string): number | undefined {
  const match = DURATION_PATTERN.exec(text);
  if (match === null) return undefined;
  const value = Number(match[1]) * MILLISECONDS[match[2] as keyof typeof MILLISECONDS];
  return value <= DURATION_MAX_MS ? value : undefined;
}

/** The duration that was probably meant: `5 sec` → `5s`. */
export function suggestDuration(text: string): string | undefined {
  const match = /^\s*([1-9][0-9]*)\s*([a-z]*)\s*$/i.exec(text);
  const word = match?.[2]?.toLowerCase() ?? "";
  const unit =
    word === "" || /^s(ec(ond)?s?)?$/.test(word)
      ? "s"
      : /^m(in(ute)?s?)$/.test(word)
        ? "m"
        : /^h(r|our)?s?$/.test(word)
          ? "h"
          : /^d(ay)?s?$/.test(word)
            ? "d"
            : /^m(illi)?s(ec(ond)?s?)?$/.test(word)
              ? "ms"
              : undefined;
  return match === null || unit === undefined ? undefined : `${match[1]}${unit}`;
}

/** The shortest exact spelling of a duration above 0: `5s`, `90s`, `250ms`. */
export function formatDuration(ms: number): string {
  for (const unit of ["d", "h", "m", "s"] as const) {
    if (ms % MILLISECONDS[unit] === 0) return `${ms / MILLISECONDS[unit]}${unit}`;
  }
  return `${ms}ms`;
}

/** `512B`, `1.5MiB`: at most one decimal, rounded. */
export function formatSize(bytes: number): string {
  for (const unit of ["GiB", "MiB", "KiB"] as const) {
    if (bytes >= BYTES[unit]) return `${Math.round((bytes / BYTES[unit]) * 10) / 10}${unit}`;
  }
  return `${bytes}B`;
}
