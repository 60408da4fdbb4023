// accept-queue-overflow: the listener dropped SYNs or handshakes. A unix listener counts no drops: it stood full.
import type { LadderSymptom } from "./facts.js";

export const acceptQueueOverflow: LadderSymptom = {
  symptom: "accept-queue-overflow",
  about: "full",
  holds: ({ transport, disturbance, thresholds }) =>
    transport === "tcp" ? disturbance.pressed.drops > 0 : disturbance.longestFullMs >= thresholds.unixFullMs,
};
