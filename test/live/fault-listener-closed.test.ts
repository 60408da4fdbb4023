import { labTest, titleOf } from "../lab/experiment.js";
import { carryOut } from "../lab/plan.js";

const symptom = "connections-reset";

labTest(titleOf(symptom, "listener-closed", "six wait when the listener is closed"), async (t, defer) => {
  const { loads } = await carryOut(t, defer, {
    expected: { symptom, cause: "listener-closed", at: 3000 },
    listeners: [{ kind: "tcp" }],
    before: async ({ program }) => {
      program.tell({ kind: "block-and-close", ms: 450 });
      await program.hear("block-and-close:begun");
    },
    clients: [{ pattern: "burst", count: 6 }],
    evidentMs: 450,
  });
  t.like(await loads[0]?.tally(), { connected: 6, ECONNRESET: 6 });
});
