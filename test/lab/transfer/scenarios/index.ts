// Every scenario with transfers: one line per file.
import type { Scenario } from "../scenario.js";
import { connectionsLeaking } from "./connections-leaking.js";
import { dataPruned } from "./data-pruned.js";
import { healthyReads } from "./healthy-reads.js";
import { healthyServices } from "./healthy-services.js";
import { healthyBelow } from "./healthy-below.js";
import { connectFailing } from "./connect-failing.js";
import { datagramsDropped } from "./datagrams-dropped.js";
import { healthyOutgoing } from "./healthy-outgoing.js";
import { healthyWrites } from "./healthy-writes.js";
import { memoryPressure } from "./memory-pressure.js";
import { packetsDropped } from "./packets-dropped.js";
import { readStalled } from "./read-stalled.js";
import { softirqSqueezed } from "./softirq-squeezed.js";
import { healthyEnds, requestsReset } from "./requests-reset.js";
import { throughputLimited } from "./throughput-limited.js";
import { healthyUnixStreams, unixStreams } from "./unix-streams.js";
import { writeBuffered } from "./write-buffered.js";
import { writeStalled } from "./write-stalled.js";

export const scenarios: readonly Scenario[] = [
  ...writeStalled,
  ...writeBuffered,
  ...throughputLimited,
  ...readStalled,
  ...dataPruned,
  ...connectionsLeaking,
  ...packetsDropped,
  ...softirqSqueezed,
  ...memoryPressure,
  ...requestsReset,
  ...connectFailing,
  ...datagramsDropped,
  ...unixStreams,
  ...healthyOutgoing,
  ...healthyUnixStreams,
  ...healthyWrites,
  ...healthyReads,
  ...healthyServices,
  ...healthyEnds,
  ...healthyBelow,
];
