// The congestion controls by the kernel's names (sysctl tcp_congestion_control), and a flow as a new connection has it.
import type { CongestionName } from "../congestion.js";
import { bbr } from "./bbr.js";
import { createBbr } from "./bbr-state.js";
import { createCubic, cubic } from "./cubic.js";
import { type Algorithm, type Flow, initialWindowSegments, noThreshold } from "./flow.js";
import { reno } from "./reno.js";

export const algorithms: Readonly<Record<CongestionName, Algorithm>> = { cubic, reno, bbr };

export const createFlow = (mssBytes: number): Flow => ({
  mssBytes,
  cwndSegments: initialWindowSegments,
  cwndCount: 0,
  ssthreshSegments: noThreshold,
  state: "open",
  isCwndLimited: false,
  maxPacketsOut: 0,
  cwndUsageSequence: 0,
  cwndUsed: 0,
  cwndStampNanos: 0,
  srttMicros: undefined,
  minRttMicros: undefined,
  pacingRate: 0,
  priorCwndSegments: 0,
  prrDelivered: 0,
  prrOut: 0,
  cubic: createCubic(),
  bbr: createBbr(),
});
