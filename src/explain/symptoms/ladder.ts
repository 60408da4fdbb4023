// The symptoms that are one finding per listener and cause: pressure < wait < abandoned < overflow.
import type { Symptom } from "../finding.js";
import { abandonedInQueue } from "./abandoned-in-queue.js";
import { acceptQueueOverflow } from "./accept-queue-overflow.js";
import { acceptQueuePressure } from "./accept-queue-pressure.js";
import { acceptWait } from "./accept-wait.js";
import type { Facts, LadderSymptom } from "./facts.js";

/** From the highest to the lowest. */
const ladder: readonly LadderSymptom[] = [acceptQueueOverflow, abandonedInQueue, acceptWait, acceptQueuePressure];

/** How high a symptom stands: 0 is the highest; not on the ladder: past its end. */
export const rungOf = (symptom: Symptom): number => {
  const rung = ladder.findIndex((row) => row.symptom === symptom);
  return rung < 0 ? ladder.length : rung;
};

/** The highest symptom these facts show. */
export const symptomOf = (facts: Facts): LadderSymptom | undefined => ladder.find(({ holds }) => holds(facts));
