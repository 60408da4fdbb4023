import { runCli } from "../cli/run-cli.js";
import { timedTest } from "../lab/quiet-machine.js";

timedTest(
  "the demo in a pipe ends by itself with the right diagnosis and the difference the remedy makes",
  async (t) => {
    const { status, stdout, stderr, ms } = await runCli("demo");
    t.is(status, 0, stdout + stderr);
    t.true(ms < 20_000, `${ms} ms`);
    t.is(stderr, "");
    t.regex(stdout, /accept-queue-overflow, cause event-loop-blocked/);
    t.regex(stdout, /rebuildSearchIndex\s+\(\S*search-server\.[jt]s:\d+:\d+\)/);
    t.regex(stdout, /^drops +[1-9]\d* .* 0$/m);
    t.regex(stdout, /^The diagnosis is right\.$/m);
    t.false(stdout.includes("\u001b"));
  },
);

for (const [name, cause] of [
  ["event-loop-saturated", "event-loop-saturated"],
  ["process-stopped", "process-stopped"],
  ["cluster-queue", "cluster-queue"],
  ["fd-exhausted", "fd-exhausted"],
  ["max-connections", "max-connections"],
  ["backlog-too-small", "backlog-too-small"],
] as const)
  timedTest(`the demo ${name} is diagnosed right`, async (t) => {
    const { status, stdout, stderr } = await runCli("demo", name, "--json");
    const told: { readonly right: boolean; readonly finding?: { readonly cause: string } } = JSON.parse(stdout);
    const { right, finding } = told;
    t.deepEqual({ status, right, cause: finding?.cause }, { status: 0, right: true, cause }, stderr);
  });
