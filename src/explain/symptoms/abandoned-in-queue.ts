// abandoned-in-queue: at least three peers were gone before accept, each after a wait that a health check which
// connects and closes into a short pause does not have.
import type { LadderSymptom } from "./facts.js";

export const abandonedInQueue: LadderSymptom = {
  symptom: "abandoned-in-queue",
  about: "wait",
  holds: ({ abandoned, thresholds }) => abandoned >= thresholds.abandonedPeers,
};
