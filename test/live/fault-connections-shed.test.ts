import { readdirSync } from "node:fs";
import { command } from "../lab/command.js";
import { labTest, titleOf } from "../lab/experiment.js";
import { carryOut } from "../lab/plan.js";

const symptom = "connections-shed";

labTest(titleOf(symptom, "fd-exhausted", "eight descriptors are left for forty clients"), async (t, defer) => {
  const { loads } = await carryOut(t, defer, {
    expected: { symptom, cause: "fd-exhausted", at: 3000 },
    listeners: [{ kind: "tcp" }],
    before: async ({ program: { pid } }) => {
      const limit = readdirSync(`/proc/${pid}/fd`).length + 8;
      command("prlimit", `--pid=${pid}`, `--nofile=${limit}:${limit}`);
    },
    clients: [{ pattern: "burst", count: 40 }],
    evidentMs: 200,
  });
  const { connected, ended = 0 } = (await loads[0]?.tally()) ?? {};
  t.is(connected, 40);
  t.true(ended >= 30, `${ended} were closed at once`);
});

labTest(titleOf(symptom, "max-connections", "maxConnections is 5, thirty come"), async (t, defer) => {
  const { loads } = await carryOut(t, defer, {
    expected: { symptom, cause: "max-connections", at: 3000 },
    listeners: [{ kind: "tcp", maxConnections: 5 }],
    clients: [{ pattern: "burst", count: 30 }],
    evidentMs: 200,
  });
  t.like(await loads[0]?.tally(), { connected: 30, ended: 25 });
});
