import { statSync } from "node:fs";
import { eventually } from "../lab/eventually.js";
import { expectFinding, expectNothingElse, labTest, withinMs } from "../lab/experiment.js";
import { createNamespace } from "../lab/netns.js";
import { prepareLoad, startSite } from "../lab/site.js";

labTest("the line is written while the main thread is still blocked, and names the function", async (t, defer) => {
  const ns = createNamespace(defer);
  const { program, log } = await startSite(defer, ns, { listeners: [{ kind: "http", backlog: 8 }] });
  const load = await prepareLoad(defer, ns, { pattern: "burst", count: 40, patienceMs: 900 });
  const before = statSync(log.path).size;
  program.tell({ kind: "block", ms: 3000 });
  await program.hear("block:begun");
  await load.go();
  const expected = { symptom: "accept-queue-overflow", cause: "event-loop-blocked", at: 3000 } as const;
  const { time } = await expectFinding(t, log, expected, Date.now() + withinMs);
  t.true(statSync(log.path).size > before);
  const named = await eventually("a stack", () =>
    log.findings().find(({ finding }) => finding.stack?.[0]?.includes("rebuildSearchIndex")),
  );
  t.deepEqual(
    program.said.filter(({ kind }) => kind === "block:done"),
    [],
    "the server was still blocked when both were in the file",
  );
  t.regex(named.finding.stack?.[0] ?? "", /^rebuildSearchIndex \(.*server\.ts:\d+:\d+\)$/);
  const { at } = await program.hear("block:done");
  t.true(time < Number(at) - 1000 && named.time < Number(at));
  await expectNothingElse(t, log, expected);
});
