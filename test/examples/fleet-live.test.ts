// The fleet on one machine as its README starts it: one of eight servers breaks, its alert fires and resolves.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import type { ExecutionContext } from "ava";
import { eventually } from "../lab/eventually.js";
import { onQuietMachine } from "../lab/quiet-machine.js";
import { packageRoot } from "../package-root.js";
import { testWith } from "./programs.js";

const withBoth = testWith("prometheus", "prometheus-alertmanager");
const title = "(Debian packages prometheus, prometheus-alertmanager)";

const leftBehind = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("sockscope-fleet-"));

/** Pids of what a process has started and not seen the end of. */
const childrenOf = (pid: number): readonly string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");

interface Running {
  readonly pid: number;
  readonly output: () => string;
  readonly signal: (name: NodeJS.Signals) => void;
  readonly ended: Promise<number | null>;
}

const start = (t: ExecutionContext): Running => {
  const child = spawn(process.execPath, ["examples/fleet/run.mjs"], { cwd: packageRoot });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, "close").then(([code]) => code as number | null);
  t.teardown(async () => {
    if (child.exitCode === null) child.kill("SIGTERM");
    await ended;
  });
  return { pid: child.pid!, output: () => output, signal: (name) => void child.kill(name), ended };
};

withBoth(
  `one of eight servers overflows: its alert fires with its labels, the others' do not, and it resolves ${title}`,
  async (outer) => {
    outer.timeout(200_000);
    await onQuietMachine(outer, async (t) => {
      const running = start(t);
      t.is(await running.ended, 0, running.output());
      const told = [...running.output().matchAll(/webhook: (\w+) SockscopeAcceptQueueOverflow\n +(.*)\n/g)];
      // A warning may become critical meanwhile: then it fires again as that.
      t.deepEqual([told[0]?.[1], told.at(-1)?.[1]], ["FIRING", "RESOLVED"], running.output());
      for (const [, , labels] of told)
        t.regex(
          labels!,
          /^severity=(warning|critical) service=search node=node-b instance=127\.0\.0\.1:\d+ symptom=accept-queue-overflow cause=event-loop-blocked$/,
        );
      t.regex(running.output(), /dropped \d+ .* in rebuildSearchIndex \(/);
      t.regex(running.output(), /dashboard\.json: (\d+) of \1 queries return data/);
    });
  },
);

withBoth(`Ctrl-C ends all that the fleet started and removes what it wrote ${title}`, async (t) => {
  const before = leftBehind();
  const running = start(t);
  await eventually("the servers answer", () => running.output().includes("8 servers answer"), 30_000);
  const started = childrenOf(running.pid);
  t.true(started.length >= 8);
  const [folder] = leftBehind().filter((name) => !before.includes(name));
  running.signal("SIGINT");
  t.is(await running.ended, 130);
  t.false(leftBehind().includes(folder!));
  t.deepEqual(
    started.filter((pid) => existsSync(`/proc/${pid}`)),
    [],
  );
});
