// Listeners that do not live on the main thread of one process.
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Site } from "../lab/site.js";
import { latest } from "../lab/judge.js";
import { labTest } from "../lab/experiment.js";
import { carryOut } from "../lab/plan.js";

const overflow = { symptom: "accept-queue-overflow", at: 3000 } as const;
const hold =
  (kind: "block" | "wait", ms: number) =>
  async ({ program }: Site): Promise<void> => {
    program.tell({ kind, ms });
    await program.hear(`${kind}:begun`);
  };
const flood = [{ pattern: "burst", count: 40, patienceMs: 900 }] as const;

labTest(
  "a listener in a worker thread: that thread's loop is blocked while the main thread idles",
  async (t, defer) => {
    const { finding } = await carryOut(t, defer, {
      expected: { ...overflow, cause: "event-loop-blocked" },
      listeners: [{ kind: "tcp", backlog: 8 }],
      site: { program: "worker-server.js" },
      before: hold("block", 1500),
      clients: flood,
      evidentMs: 0,
    });
    t.is(finding.subject.port, 3000);
  },
);

labTest("a cluster that shares the listener, all workers blocked: one finding, of one process", async (t, defer) => {
  const { site } = await carryOut(t, defer, {
    expected: { ...overflow, cause: "event-loop-blocked" },
    listeners: [{ kind: "tcp", backlog: 8 }],
    site: { program: "cluster-server.js", env: { LAB_WORKERS: "2", NODE_CLUSTER_SCHED_POLICY: "none" }, agents: 3 },
    // off the CPU: two busy workers would leave none for anybody else
    before: hold("wait", 1800),
    clients: flood,
    evidentMs: 0,
  });
  t.is(latest(site.log).filter(({ symptom }) => symptom === overflow.symptom).length, 1);
});

labTest("of two SO_REUSEPORT listeners only the one that nobody accepts from is named", async (t, defer) => {
  const { finding } = await carryOut(t, defer, {
    expected: { ...overflow, cause: "not-accepting" },
    listeners: [{ kind: "tcp", fd: 11 }],
    site: { inherited: { host: "127.0.0.1", backlog: 8, count: 2 } },
    clients: [{ pattern: "rate", perSecond: 100, count: 60, patienceMs: 900 }],
    evidentMs: 600,
  });
  t.is(finding.subject.fd, 10);
});

labTest("a unix listener that stood full", async (t, defer) => {
  const path = join(tmpdir(), `sockscope-lab-${process.pid}.sock`);
  defer(() => rmSync(path, { force: true }));
  await carryOut(t, defer, {
    expected: { symptom: "accept-queue-overflow", cause: "event-loop-blocked", at: path },
    listeners: [{ kind: "tcp", path, backlog: 4 }],
    before: hold("block", 1500),
    clients: [{ pattern: "burst", count: 20, path }],
    evidentMs: 0,
  });
});
