// The observer's looks at its process's connections, with real ones: what is found, when, and what it costs.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { type Log, createLog, type LogLine } from "../lab/log.js";
import { launch, type Program } from "../lab/child.js";
import { eventually } from "../lab/eventually.js";
import { onQuietMachine, timedTest } from "../lab/quiet-machine.js";
import { register } from "../lab/root.js";
import { packageRoot } from "../package-root.js";

const compiled = (name: string): string => join(packageRoot, "build-test/test/live", name);
const here = { enter: [] } as unknown as Parameters<typeof launch>[1];

interface Site {
  readonly log: Log;
  readonly clients: Program;
}

const serve = async (t: ExecutionContext, count: number): Promise<Site> => {
  const log = createLog((undo) => t.teardown(undo));
  const defer = (undo: () => void | Promise<void>): void => t.teardown(undo);
  const env = { SOCKSCOPE_LOG: log.path, SOCKSCOPE_LOG_LEVEL: "sample" };
  const server = launch(defer, here, {
    argv: [process.execPath, "--import", register, compiled("stalling-server.child.js")],
    env,
  });
  const { port } = await server.hear("listening");
  const clients = launch(defer, here, {
    argv: [process.execPath, compiled("many-clients.child.js"), String(port), String(count)],
  });
  await clients.hear("connected", 60_000);
  return { log, clients };
};

const stall = async ({ clients }: Site): Promise<number> => {
  clients.tell({ kind: "stall" });
  return Number((await clients.hear("stalled")).time);
};
const notReading = ({ finding }: LogLine): boolean =>
  finding?.symptom === "write-stalled" && finding.cause === "peer-not-reading";

timedTest(
  "a peer that does not read is told of within two intervals of the threshold, and the end when it reads",
  async (t) => {
    const site = await serve(t, 1);
    const since = await stall(site);
    const { finding, time } = await eventually("the finding", () => site.log.findings().find(notReading), 10_000);
    t.log(`told ${time - since} ms after the peer stopped reading`);
    t.true(time - since <= 1000 + 2 * 1000);
    t.deepEqual([finding.subject.kind, finding.subject.count, finding.state], ["connection", 1, "active"]);
    const evidence = new Map(finding.evidence.map(({ name, value }) => [name, value]));
    t.is(evidence.get("peer's window"), 0);
    t.true(Number(evidence.get("written, not sent")) > 100_000);
    const warned = await eventually(
      "a warning, with what sock_diag and Node know of a followed connection",
      () => site.log.findings().find((line) => notReading(line) && line.level === 40),
      10_000,
    );
    const names = warned.finding.evidence.map(({ name }) => name);
    t.true(names.includes("next probe in"), names.join());
    t.true(names.includes("held in Node"), names.join());
    site.clients.tell({ kind: "read" });
    const { finding: last } = await eventually(
      "the end",
      () => site.log.findings().find(({ finding: { id, state } }) => id === finding.id && state === "resolved"),
      15_000,
    );
    t.is(last.severity, "warning");
    t.deepEqual(
      site.log.findings().filter(({ level, finding: { id } }) => level > 30 && id !== finding.id),
      [],
    );
  },
);

const many = 15_000;
const descriptors = Number(spawnSync("sh", ["-c", "ulimit -Hn"]).stdout.toString()) || Number.POSITIVE_INFINITY;
const enough = descriptors >= many + 500 || process.env.SOCKSCOPE_REQUIRE_ALL === "1";
const withMany = enough ? test.serial : test.serial.skip;

interface Sample {
  readonly intervalMs: number;
  readonly loops: readonly { readonly iterations: number }[];
  readonly observerCpuMs: number;
  readonly connections: {
    readonly total: number;
    readonly read: number;
    readonly byState: Readonly<Record<string, number>>;
    readonly costMs: number;
  };
}
const samplesOf = ({ log }: Site): readonly Sample[] =>
  log.lines().flatMap(({ sample }) => (sample ? [sample as unknown as Sample] : []));
const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const findsOneOfMany = async (t: ExecutionContext): Promise<void> => {
  const site = await serve(t, many);
  const isKnown = (): boolean => samplesOf(site).at(-1)?.connections.byState.ESTAB === many;
  await eventually("all of them are known", isKnown, 90_000);
  const from = samplesOf(site).length;
  await eventually("five intervals", () => samplesOf(site).length >= from + 5, 20_000);
  const quiet = samplesOf(site).slice(from, from + 5);
  const cpuShare = medianOf(quiet.map(({ observerCpuMs, intervalMs }) => observerCpuMs / intervalMs));
  const iterations = medianOf(quiet.map(({ loops }) => loops[0]!.iterations));
  t.log(
    `observer: ${(100 * cpuShare).toFixed(2)} % of a core, ${medianOf(quiet.map(({ connections }) => connections.costMs))} ms an interval at connections`,
  );
  t.log(`main thread: ${iterations} iterations an interval`);
  t.deepEqual(
    quiet.map(({ connections: { total, read } }) => [total, read]),
    quiet.map(() => [many, many]),
  );
  t.true(cpuShare <= 0.04);
  t.true(iterations <= 2);
  const since = await stall(site);
  const { time } = await eventually("the finding", () => site.log.findings().find(notReading), 15_000);
  t.log(`told ${time - since} ms after the peer stopped reading`);
  t.true(time - since <= 1000 + 2 * 1000);
};

withMany(
  `one stalled connection of ${many} is found as soon, at a bounded cost, with no work for the main thread (skipped where ulimit -Hn is below ${many + 500}: here ${descriptors})`,
  async (t) => {
    t.timeout(600_000);
    await onQuietMachine(t, async (attempt) => {
      attempt.timeout(180_000);
      await findsOneOfMany(attempt);
    });
  },
);
