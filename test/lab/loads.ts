// What arrives while a fault holds: one entry per symptom, made so that the symptom goes so far and no further.
// Limits, counts and waits are chosen on both sides of the thresholds of the accept symptoms.
import type { ClientSpec } from "./client.js";
import type { Wire } from "./wire.js";

export interface HeldLoad {
  readonly backlog: number;
  /** What a connection costs the server once it is accepted: how fast the queue drains when the fault is over. */
  readonly costMs?: number | undefined;
  /** How long the fault holds. */
  readonly holdMs: number;
  /** One after the other: the next goes when all of the last are connected. */
  readonly clients: readonly ClientSpec[];
  /** After the start of the load, when the symptom is there to be seen. */
  readonly evidentMs: number;
  /** Findings that this load justifies beside the one expected: `symptom/cause`, `*` for the fault's own cause. */
  readonly beside: readonly string[];
  readonly wire?: Wire | undefined;
  readonly settings?: Readonly<Record<string, number>> | undefined;
}

export const heldSymptoms = [
  "accept-queue-overflow",
  "accept-queue-pressure",
  "accept-wait",
  "abandoned-in-queue",
  "ghost-connections",
  "connections-reset",
] as const;
export type HeldSymptom = (typeof heldSymptoms)[number];

/** Long round trips let handshakes overlap, which they never do on loopback. */
export const longWire: Wire = { delayMs: 10 };

export const heldLoads: Readonly<Record<HeldSymptom, HeldLoad>> = {
  // 9 fit, 31 are refused; all give up before their SYNs are sent again after 1 s
  "accept-queue-overflow": {
    backlog: 8,
    holdMs: 1500,
    clients: [{ pattern: "burst", count: 40, patienceMs: 900 }],
    evidentMs: 0,
    beside: [],
  },
  // all 4 places taken: too few connections to be a distribution of waits
  "accept-queue-pressure": {
    backlog: 3,
    costMs: 20,
    holdMs: 2000,
    clients: [{ pattern: "burst", count: 4 }],
    evidentMs: 1000,
    beside: [],
  },
  "accept-wait": {
    backlog: 511,
    costMs: 2,
    holdMs: 1500,
    clients: [{ pattern: "burst", count: 100 }],
    evidentMs: 500,
    beside: [],
  },
  "abandoned-in-queue": {
    backlog: 511,
    costMs: 2,
    holdMs: 1500,
    clients: [{ pattern: "burst", count: 100, patienceMs: 400 }],
    evidentMs: 500,
    beside: [],
  },
  // 5 fit; the SYNs of the other 19 are answered with cookies before the first handshake is complete
  "ghost-connections": {
    backlog: 4,
    holdMs: 1500,
    clients: [{ pattern: "burst", count: 24 }],
    evidentMs: 20,
    beside: ["accept-queue-overflow/*", "syn-queue-overflow/backlog-too-small"],
    wire: longWire,
  },
  // 5 of 9 places are taken when 8 handshakes begin at once: 4 of them end in RST
  "connections-reset": {
    backlog: 8,
    holdMs: 1500,
    clients: [
      { pattern: "burst", count: 5 },
      { pattern: "burst", count: 8 },
    ],
    evidentMs: 60,
    beside: ["accept-queue-overflow/*"],
    wire: longWire,
    settings: { "net.ipv4.tcp_abort_on_overflow": 1 },
  },
};
