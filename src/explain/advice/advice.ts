// What of a set-up will hurt the accept path, how much, and the number to use instead. Pure.
import type { Severity } from "../finding.js";
import type { Advice, Adviser } from "./adviser.js";
import { adviseOnCounters } from "./counters.js";
import { adviseOnListeners } from "./listeners.js";
import { adviseOnProcesses } from "./processes.js";
import type { SetUp } from "./readings.js";
import { adviseOnSettings } from "./settings.js";

const order: readonly Severity[] = ["critical", "warning", "info"];

const advisers: readonly Adviser[] = [adviseOnSettings, adviseOnListeners, adviseOnProcesses, adviseOnCounters];

/** All advice, most severe first. */
export function adviseOn(setUp: SetUp): readonly Advice[] {
  return advisers
    .flatMap((adviser) => adviser(setUp))
    .toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}
