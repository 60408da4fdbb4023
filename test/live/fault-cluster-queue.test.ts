import { labTest, titleOf } from "../lab/experiment.js";
import { carryOut } from "../lab/plan.js";

labTest(titleOf("accept-wait", "cluster-queue", "the only worker is blocked"), async (t, defer) => {
  const { finding, site } = await carryOut(t, defer, {
    expected: { symptom: "accept-wait", cause: "cluster-queue", at: 3000 },
    listeners: [{ kind: "tcp" }],
    site: { program: "cluster-server.js", env: { LAB_WORKERS: "1", NODE_CLUSTER_SCHED_POLICY: "rr" }, agents: 2 },
    before: async ({ program }) => {
      program.tell({ kind: "block", ms: 1800 });
      await program.hear("block:begun");
    },
    clients: [{ pattern: "burst", count: 20 }],
    evidentMs: 500,
  });
  t.is(finding.subject.pid, site.program.pid, "the primary owns the listener");
});
