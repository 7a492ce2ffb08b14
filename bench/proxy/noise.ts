// Sentences on what may have disturbed the numbers.
import type { Disturbance } from "./disturbance.ts";
import type { Mode } from "./modes.ts";
import type { Spread } from "./summary.ts";

/** A spread of the runs without a relay beyond this share of their median is noise. */
const QUIET_SPREAD = 0.1;
/** Load of the machine before the first run, a core, beyond which something else ran. */
const QUIET_LOAD = 0.2;
/** Share of the machine that others may use during a run. Ticks are coarse: less than this may be none. */
const QUIET_SHARE = 0.03;

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
    const share = (result.most - result.least) / result.median;
    if (share > QUIET_SPREAD) {
      findings.push(`${mode.name}: runs without a relay differ by ${percent(share)}.`);
    }
  }
  const finding = (shares: readonly number[], who: string) => {
    const loud = shares.filter((share) => share > QUIET_SHARE);
    if (loud.length === 0) return;
    findings.push(
      `${who} more than ${percent(QUIET_SHARE)} of the machine in ${loud.length} of ${shares.length} runs, at most ${percent(Math.max(...loud))}.`,
    );
  };
  finding(
    disturbances.map(({ others }) => others),
    "Other programs used",
  );
  finding(
    disturbances.map(({ stolen }) => stolen),
    "The hypervisor kept back",
  );
  return findings;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
