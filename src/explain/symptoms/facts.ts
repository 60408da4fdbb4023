// What the symptoms of one listener are told from, over one disturbance.
import type { Disturbance } from "../disturbance.js";
import type { Symptom } from "../finding.js";
import type { Thresholds } from "../thresholds.js";

export interface Waits {
  /** Connections seen waiting, gone or there. */
  readonly connections: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly longestMs: number;
  /** How it was told: from residents' ages, or from the queue's length alone. */
  readonly source: string;
}

export interface Facts {
  readonly transport: "tcp" | "unix";
  readonly disturbance: Disturbance;
  readonly waits?: Waits | undefined;
  /** Peers that were gone before accept. */
  readonly abandoned: number;
  readonly thresholds: Thresholds;
}

export interface LadderSymptom {
  readonly symptom: Symptom;
  /** Over which time its cause is judged. */
  readonly about: "full" | "wait";
  readonly holds: (facts: Facts) => boolean;
}
