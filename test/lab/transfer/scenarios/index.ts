// Every scenario with transfers: one line per file.
import type { Scenario } from "../scenario.js";
import { connectionsLeaking } from "./connections-leaking.js";
import { dataPruned } from "./data-pruned.js";
import { healthyWrites } from "./healthy-writes.js";
import { readStalled } from "./read-stalled.js";
import { throughputLimited } from "./throughput-limited.js";
import { writeBuffered } from "./write-buffered.js";
import { writeStalled } from "./write-stalled.js";

export const scenarios: readonly Scenario[] = [
  ...writeStalled,
  ...writeBuffered,
  ...throughputLimited,
  ...readStalled,
  ...dataPruned,
  ...connectionsLeaking,
  ...healthyWrites,
];
