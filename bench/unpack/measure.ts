// Times competitors side by side: in rounds, one after another within each, so that a slow minute of the machine hits all.
import { Bench } from "tinybench";

/** One way to do the thing; `run` does it `calls` times. */
export interface Competitor {
  readonly name: string;
  readonly calls: number;
  readonly run: () => unknown;
}

/** Nanoseconds a call: of the rounds' medians the median, the least and the most. */
export interface Timing {
  readonly name: string;
  readonly medianNs: number;
  readonly leastNs: number;
  readonly mostNs: number;
}

export interface Effort {
  readonly rounds: number;
  /** For each competitor in each round. */
  readonly milliseconds: number;
}

/** In the order of `competitors`. */
export async function measure(
  competitors: readonly Competitor[],
  { rounds, milliseconds }: Effort,
): Promise<readonly Timing[]> {
  const medians = competitors.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    const bench = new Bench({ time: milliseconds, warmup: false, iterations: 1 });
    for (const { name, run } of competitors) bench.add(name, run);
    await bench.run();
    // The first round is for the compiler of the machine.
    if (round === 0) continue;
    for (const [index, task] of bench.tasks.entries()) {
      const { result } = task;
      if (result.state !== "completed") throw new Error(`${task.name}: ${result.state}`);
      medians[index]?.push((result.latency.p50 * 1e6) / (competitors[index]?.calls ?? 1));
    }
  }
  return competitors.map(({ name }, index) => {
    const sorted = (medians[index] ?? []).sort((left, right) => left - right);
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
    return { name, medianNs: at(0.5), leastNs: at(0), mostNs: at(1) };
  });
}
