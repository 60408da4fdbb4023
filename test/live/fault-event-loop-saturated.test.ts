import { isLive } from "../lab/cells.js";
import { labTest, titleOf } from "../lab/experiment.js";
import { type HeldSymptom, heldSymptoms, longWire } from "../lab/loads.js";
import { carryOut, type Plan } from "../lab/plan.js";

const cause = "event-loop-saturated";
/** 50 connections a second, one after the other, and never an idle loop while some wait. */
const listener = { kind: "tcp", costMs: 20, reply: true } as const;

const plans: Readonly<Record<HeldSymptom, Omit<Plan, "expected"> & { readonly beside?: readonly string[] }>> = {
  // twice as many arrive as can be served
  "accept-queue-overflow": {
    listeners: [{ ...listener, backlog: 8 }],
    clients: [{ pattern: "rate", perSecond: 100, count: 250, patienceMs: 900 }],
    evidentMs: 1200,
  },
  // one is served, seven wait in nine places, for 140 ms each
  "accept-queue-pressure": {
    listeners: [{ ...listener, backlog: 8 }],
    clients: [{ pattern: "loop", count: 8, forMs: 4000 }],
    evidentMs: 1200,
  },
  // 39 before everybody: 780 ms
  "accept-wait": {
    listeners: [{ ...listener, backlog: 511 }],
    clients: [{ pattern: "loop", count: 40, forMs: 4000 }],
    evidentMs: 1200,
  },
  "abandoned-in-queue": {
    listeners: [{ ...listener, backlog: 511 }],
    clients: [{ pattern: "rate", perSecond: 100, count: 150, patienceMs: 300 }],
    evidentMs: 1500,
  },
  // five clients keep the loop busy; then forty handshakes overlap
  "ghost-connections": {
    listeners: [{ ...listener, backlog: 8 }],
    clients: [
      { pattern: "loop", count: 5, forMs: 4000 },
      { pattern: "burst", count: 40, afterMs: 1300 },
    ],
    wire: { delayMs: 2 },
    evidentMs: 20,
    beside: ["accept-queue-overflow/*", "syn-queue-overflow/backlog-too-small"],
  },
  // the places are taken while handshakes are on their way
  "connections-reset": {
    listeners: [{ ...listener, backlog: 8 }],
    clients: [{ pattern: "rate", perSecond: 100, count: 250, patienceMs: 900 }],
    wire: longWire,
    settings: { "net.ipv4.tcp_abort_on_overflow": 1 },
    evidentMs: 1500,
    beside: ["accept-queue-overflow/*"],
  },
};

for (const symptom of heldSymptoms.filter((one) => isLive(one, cause))) {
  const { beside, ...plan } = plans[symptom];
  labTest(titleOf(symptom, cause, "every connection costs 20 ms"), async (t, defer) => {
    await carryOut(t, defer, { ...plan, expected: { symptom, cause, at: 3000, beside } });
  });
}
