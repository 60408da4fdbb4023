// accept-wait: at least five connections waited, 95th percentile 500 ms or more.
import type { LadderSymptom } from "./facts.js";

export const acceptWait: LadderSymptom = {
  symptom: "accept-wait",
  about: "wait",
  holds: ({ waits, thresholds }) =>
    waits !== undefined && waits.connections >= thresholds.waitConnections && waits.p95Ms >= thresholds.waitP95Ms,
};
