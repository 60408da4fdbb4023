import { isLive } from "../lab/cells.js";
import { labTest, titleOf } from "../lab/experiment.js";
import { type HeldSymptom, heldSymptoms, longWire } from "../lab/loads.js";
import { carryOut, type Plan } from "../lab/plan.js";

type Burst = Pick<Plan, "clients" | "wire" | "settings"> & {
  readonly costMs?: number;
  readonly beside?: readonly string[];
};

/** Bursts that a healthy loop would work off at once if only they fitted. */
const bursts: Readonly<Partial<Record<HeldSymptom, Burst>>> = {
  "accept-queue-overflow": { clients: [{ pattern: "burst", count: 300, patienceMs: 700 }] },
  "ghost-connections": {
    clients: [{ pattern: "burst", count: 200 }],
    wire: longWire,
    beside: ["accept-queue-overflow/*", "syn-queue-overflow/backlog-too-small"],
  },
  // a rush of 150 ms; the places are taken while handshakes are on their way
  "connections-reset": {
    clients: [{ pattern: "rate", perSecond: 1000, count: 150, patienceMs: 700 }],
    costMs: 3,
    wire: longWire,
    settings: { "net.ipv4.tcp_abort_on_overflow": 1 },
    beside: ["accept-queue-overflow/*", "ghost-connections/*", "syn-queue-overflow/backlog-too-small"],
  },
};

const limits = [
  { cause: "backlog-too-small", backlog: 8, settings: {}, how: "listen(2) asked for 8" },
  { cause: "backlog-clamped", backlog: 511, settings: { "net.core.somaxconn": 8 }, how: "somaxconn made 8 of 511" },
] as const;

for (const { cause, backlog, settings, how } of limits)
  for (const symptom of heldSymptoms) {
    const burst = bursts[symptom];
    if (burst === undefined || !isLive(symptom, cause)) continue;
    const { costMs, beside, ...rest } = burst;
    labTest(titleOf(symptom, cause, how), async (t, defer) => {
      await carryOut(t, defer, {
        ...rest,
        listeners: [{ kind: "tcp", backlog, costMs }],
        settings: { ...settings, ...burst.settings },
        evidentMs: 200,
        expected: { symptom, cause, at: 3000, beside },
      });
    });
  }
