import { labTest, titleOf } from "../lab/experiment.js";
import { longWire } from "../lab/loads.js";
import { carryOut } from "../lab/plan.js";
import { sendSyns } from "../lab/site.js";

const symptom = "syn-queue-overflow";
const expect = (cause: "backlog-too-small" | "syn-flood" | "handshakes-incomplete") =>
  ({ symptom, cause, at: 3000 }) as const;

labTest(titleOf(symptom, "backlog-too-small", "sixty handshakes overlap, all are completed"), async (t, defer) => {
  const { loads } = await carryOut(t, defer, {
    expected: expect("backlog-too-small"),
    listeners: [{ kind: "tcp", backlog: 16 }],
    // their ends arrive spread out, so that the accept queue has room for all
    wire: { delayMs: 10, spreadMs: 120 },
    clients: [{ pattern: "burst", count: 60 }],
    evidentMs: 300,
  });
  t.like(await loads[0]?.tally(), { connected: 60 });
});

labTest(titleOf(symptom, "syn-flood", "200 SYNs a second from nowhere"), async (t, defer) => {
  await carryOut(t, defer, {
    expected: expect("syn-flood"),
    listeners: [{ kind: "tcp", backlog: 16 }],
    wire: longWire,
    before: (_site, grounds) => sendSyns(defer, grounds.clients, grounds.host, 200, 3),
    clients: [],
    evidentMs: 1000,
  });
});

labTest(titleOf(symptom, "handshakes-incomplete", "six SYNs a second that nobody follows up"), async (t, defer) => {
  await carryOut(t, defer, {
    expected: expect("handshakes-incomplete"),
    listeners: [{ kind: "tcp", backlog: 8 }],
    wire: longWire,
    before: (_site, grounds) => sendSyns(defer, grounds.clients, grounds.host, 6, 5),
    clients: [],
    evidentMs: 4000,
  });
});
