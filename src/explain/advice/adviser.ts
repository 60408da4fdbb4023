// What a rule about a set-up is given, and what it says.
import type { Severity } from "../finding.js";
import type { SetUp } from "./readings.js";

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

export type Adviser = (setUp: SetUp) => readonly Advice[];
