// accept-queue-pressure: at least 3/4 full for a second, no drop.
import type { LadderSymptom } from "./facts.js";

export const acceptQueuePressure: LadderSymptom = {
  symptom: "accept-queue-pressure",
  about: "full",
  holds: ({ disturbance, thresholds }) => disturbance.longestPressedMs >= thresholds.pressureMs,
};
