// The model against the running kernel: random scenarios on loopback, each in a network namespace of its own.
import { spawn, spawnSync } from "node:child_process";
import { resolve } from "node:path";
import test from "ava";
import { createRandom } from "../../src/model/engine.js";
import type { AcceptResult, AcceptScenario } from "../../src/model/index.js";
import { simulate } from "../../src/model/index.js";

const script = resolve("test/live/accept-scenario.py");
const isPossible =
  spawnSync("unshare", ["--net", "python3", "-c", "open('/proc/sys/net/core/somaxconn','w').write('9')"]).status === 0;
const isRequired = process.env.SOCKSCOPE_REQUIRE_ALL === "1";
const figures = ["overflows", "drops", "listenerDrops", "resets", "ghosts", "peakAcceptQueue", "accepted"] as const;
const toleranceSeconds = 0.06;
/** A burst that the kernel spreads over two buckets of its timer wheel, or a step that a busy machine takes late, is
 * another scenario: once more then. */
const attempts = 6;
/** So many at a time: with more they interrupt each other's bursts. */
const lanes: Promise<unknown>[] = Array.from({ length: 5 }, () => Promise.resolve());

type Observed = Pick<AcceptResult, (typeof figures)[number]> & {
  readonly connects: readonly { readonly at: number; readonly connectedAt: number | null }[];
};

/** Accepts keep clear of the moments at which SYNs are repeated. */
const scenarioOf = (seed: number): AcceptScenario => {
  const random = createRandom(seed);
  const pick = <Value>(...values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const backlog = pick(0, 1, 2, 4, 8, 16, 64);
  const arrivals = [{ at: 0, count: 1 + upTo(3 * backlog + 6) }];
  if (random() < 0.5) arrivals.push({ at: 0.3, count: 1 + upTo(2 * backlog + 4) });
  const accepts = Array.from({ length: upTo(5) }, () => ({
    at: upTo(4) + pick(0.6, 0.7, 0.8),
    count: pick<number | "all">("all", 1, 2, 5, backlog),
  }));
  const sysctl = {
    somaxconn: pick(4096, 4096, 3),
    tcp_syncookies: pick(0, 1, 1, 2),
    tcp_abort_on_overflow: pick(0, 1),
    tcp_max_syn_backlog: pick(2048, 16),
  };
  const clients = { speakFirst: random() < 0.3 };
  return { kind: "accept", listener: { backlog }, sysctl, rtt: 0, arrivals, accepts, clients, seed, until: 4.95 };
};

const runInLane = (scenario: AcceptScenario): Promise<Observed> => {
  const lane = (scenario.seed ?? 0) % lanes.length;
  const run = lanes[lane]!.then(() => runOnKernel(scenario));
  lanes[lane] = run.catch(() => undefined);
  return run;
};

const runOnKernel = (scenario: AcceptScenario): Promise<Observed> =>
  new Promise((done, fail) => {
    const child = spawn("unshare", ["--net", "python3", script], { stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on("error", fail);
    child.on("close", (code) =>
      code === 0 ? done(JSON.parse(output) as Observed) : fail(new Error(`status ${code}`)),
    );
    child.stdin.end(JSON.stringify(scenario));
  });

type Moments = Observed["connects"][number];

/** How long connect() took is compared, not when: a busy machine begins late. */
const isNear = (a: Moments, b: Moments): boolean =>
  a.connectedAt === null || b.connectedAt === null
    ? a.connectedAt === b.connectedAt
    : Math.abs(a.connectedAt - a.at - (b.connectedAt - b.at)) <= toleranceSeconds;

const compared = (result: Observed) => Object.fromEntries(figures.map((name) => [name, result[name]]));

const comparison = (seed: number) => ({
  title: `scenario ${seed} moves the same counters on the kernel and in the model`,
  run: async (t: import("ava").ExecutionContext): Promise<void> => {
    const scenario = scenarioOf(seed);
    const model = simulate(scenario);
    let kernel = await runInLane(scenario);
    for (let again = 1; again < attempts && !isSame(model, kernel); again += 1) kernel = await runInLane(scenario);
    t.deepEqual(compared(model), compared(kernel), JSON.stringify(scenario));
    t.is(late(model, kernel), 0, `connect times differ: ${JSON.stringify(scenario)}`);
  },
});

const late = (model: AcceptResult, kernel: Observed): number =>
  model.connects.filter((connect, index) => !isNear(connect, kernel.connects[index]!)).length;

const isSame = (model: AcceptResult, kernel: Observed): boolean =>
  figures.every((name) => model[name] === kernel[name]) && late(model, kernel) === 0;

for (let seed = 1; seed <= 20; seed += 1) {
  const { title, run } = comparison(seed);
  if (isPossible || isRequired) test(title, run);
  else test.skip(`${title} (needs root, unshare and python3)`, run);
}
