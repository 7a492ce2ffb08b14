// Sentences on what may have disturbed the numbers.
import type { Disturbance } from "./disturbance.ts";
import type { Mode } from "./modes.ts";
import type { Spread } from "./summary.ts";

/** Quartiles of the runs without a relay farther apart than this share of their median are noise. */
const QUIET_SPREAD = 0.1;
/** Load of the machine before the first run, a core, beyond which something else ran. */
const QUIET_LOAD = 0.2;
/** Shares of the machine that others may use and a hypervisor keep back during a run. Ticks are coarse: less may be none. */
const QUIET_USE = 0.1;
const QUIET_STEAL = 0.03;

/** What is looked at. */
export interface Seen {
  /** The load average before the first run, and the number of processors. */
  readonly load: number;
  readonly cores: number;
  /** The runs without a relay. */
  readonly direct: readonly { readonly mode: Mode; readonly result: Spread | undefined }[];
  /** Of all runs. */
  readonly disturbances: readonly Disturbance[];
}

/** None when nothing was seen. */
export function noiseFindings({ load, cores, direct, disturbances }: Seen): readonly string[] {
  const findings: string[] = [];
  if (load > QUIET_LOAD * cores) {
    findings.push(
      `Load average ${load.toFixed(2)} on ${cores} cores at the start: others ran too.`,
    );
  }
  for (const { mode, result } of direct) {
    if (result === undefined) continue;
    const share = (result.upper - result.lower) / result.median;
    if (share > QUIET_SPREAD) {
      findings.push(
        `${mode.name}: of the runs without a relay the middle half spreads over ${percent(share)}.`,
      );
    }
  }
  const finding = (shares: readonly number[], quiet: number, who: string) => {
    const loud = shares.filter((share) => share > quiet);
    if (loud.length === 0) return;
    findings.push(
      `${who} more than ${percent(quiet)} of the machine in ${loud.length} of ${shares.length} runs, at most ${percent(Math.max(...loud))}.`,
    );
  };
  finding(
    disturbances.map(({ others }) => others),
    QUIET_USE,
    "Other programs used",
  );
  finding(
    disturbances.map(({ stolen }) => stolen),
    QUIET_STEAL,
    "The hypervisor kept back",
  );
  return findings;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
