// packets-dropped: lost before any socket saw them, on the way in or out. One file for each place where that happens.
import { qdiscFull } from "./qdisc.js";
import { nicRingFull } from "./ring.js";
import { softnetBacklogFull } from "./softnet-backlog.js";
import type { NetworkRule } from "./step.js";

export const packetsDropped: NetworkRule = (step) =>
  [nicRingFull, softnetBacklogFull, qdiscFull].flatMap((rule) => rule(step));
