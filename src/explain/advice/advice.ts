// What of a set-up will hurt the accept path, how much, and the number to use instead. Pure.
import type { Severity } from "../finding.js";
import { adviseOnCounters } from "./counters.js";
import { adviseOnListeners } from "./listeners.js";
import { adviseOnProcesses } from "./processes.js";
import type { SetUp } from "./readings.js";
import { adviseOnSettings } from "./settings.js";

export interface Advice {
  /** `warning`: it will hurt, change it. `info`: worth knowing. */
  readonly severity: Severity;
  /** What it is about: a setting, a listener, a process. */
  readonly subject: string;
  /** What is wrong, with the figures. */
  readonly because: string;
  /** What to change, with the number. */
  readonly remedy: string;
  /** Kernel interface that it was read from. */
  readonly source: string;
}

const order: readonly Severity[] = ["critical", "warning", "info"];

/** All advice, most severe first. */
export function adviseOn(setUp: SetUp): readonly Advice[] {
  return [adviseOnSettings, adviseOnListeners, adviseOnProcesses, adviseOnCounters]
    .flatMap((rule) => rule(setUp))
    .toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}
