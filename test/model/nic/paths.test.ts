// Ways of a packet beside one card on one CPU, in virtual time: several queues, steering, devices without NAPI, threads.
import test from "ava";
import { type NicResult, type NicScenario, ScenarioError, simulate } from "../../../src/model/index.js";

const cpu = { interruptCost: 2e-6, packetCost: 10e-6, driverCost: 2e-6 };
const until = 0.2;

/** A fifth of a second of packets at this rate; a CPU can do 100,000 a second. */
const at = (rate: number, more: Partial<NicScenario> = {}): NicResult =>
  simulate({ kind: "nic", cpu, arrivals: [{ from: 0, until, rate }], until, ...more } as NicScenario);

test("four queues on one CPU take what one CPU can do; each on its own, four times as much", (t) => {
  const one = at(400_000, { nic: { queues: 4, ring: 64 } });
  const four = at(360_000, { nic: { queues: 4, ring: 64, irqCpus: [0, 1, 2, 3] } });
  t.true(one.ringDrops > 50_000);
  t.deepEqual([four.ringDrops, four.cpus.length], [0, 4]);
  t.deepEqual(
    four.cpus.map(({ softnet }) => Math.round(softnet.processed / 1000)),
    [18, 18, 18, 18],
  );
});

test("one connection stays in one queue, however many there are", (t) => {
  const { queues } = at(50_000, { nic: { queues: 4 }, arrivals: [{ from: 0, until, rate: 50_000, flows: 1 }] });
  t.is(queues.filter(({ received }) => received > 0).length, 1);
});

test("steering lets one queue's CPU fetch and another one work: IPIs count as received_rps", (t) => {
  const own = at(120_000);
  const steered = at(120_000, { nic: { rpsCpus: [1] } });
  t.true(own.ringDrops > 3000);
  t.is(steered.ringDrops, 0);
  t.deepEqual(
    steered.cpus.map(({ softnet }) => softnet.processed > 0),
    [false, true],
  );
  t.true(steered.cpus[1]!.softnet.received_rps > 0);
});

test("a backlog takes one more than netdev_max_backlog and what is being worked off; beyond, it drops", (t) => {
  const burst = (netdev_max_backlog: number) =>
    at(0, {
      nic: { rpsCpus: [1], ring: 1024 },
      arrivals: [{ at: 0, count: 200 }],
      sysctl: { netdev_max_backlog },
    });
  t.is(burst(1000).backlogDrops, 0);
  const small = burst(10);
  t.true(small.backlogDrops > 0);
  t.is(small.cpus[1]!.softnet.dropped, small.backlogDrops);
  t.is(small.processed + small.backlogDrops, 200);
});

test("loopback and veth without GRO: no interrupt, one packet per softirq, and a sender that waits for its own work", (t) => {
  for (const device of ["loopback", "veth"] as const) {
    const { interrupts, packetsPerPoll, timeSqueeze, arrivals, backlogDrops, busyShare } = at(400_000, {
      nic: { device },
    });
    t.deepEqual(
      { interrupts, packetsPerPoll, timeSqueeze, backlogDrops },
      { interrupts: 0, packetsPerPoll: 1, timeSqueeze: 0, backlogDrops: 0 },
    );
    t.true(Math.abs(arrivals - 20_000) < 10, String(arrivals));
    t.is(Math.round(busyShare * 10), 8);
  }
});

test("polls in a thread take turns with a program, and count no squeeze", (t) => {
  const { timeSqueeze, cpus, packetsPerPoll } = at(400_000, {
    nic: { threaded: true, queues: 1 },
    cpu: { ...cpu, program: true },
    sysctl: { netdev_budget: 1 },
  });
  t.is(timeSqueeze, 0);
  t.is(Math.round(packetsPerPoll), 64);
  t.true(Math.abs(cpus[0]!.programShare - 0.5) < 0.05, JSON.stringify(cpus[0]));
});

test("a driver that looks again polls on without an interrupt", (t) => {
  const arrivals = [{ from: 0, until, rate: 80_000, jitter: true }];
  const plain = at(0, { arrivals });
  const rechecks = at(0, { arrivals, nic: { rechecks: true } });
  t.true(rechecks.interrupts < plain.interrupts);
  t.is(rechecks.received, plain.received);
});

test("every packet is somewhere: taken, or lost at the ring, or lost at a backlog", (t) => {
  const runs = [at(300_000, { nic: { queues: 3, rpsCpus: [0, 1] } }), at(70_000), at(300_000, { nic: { ring: 8 } })];
  for (const { arrivals, received, ringDrops, backlogDrops, processed } of runs) {
    t.is(received + ringDrops + backlogDrops, arrivals);
    t.true(processed <= received);
  }
});

test("the same scenario gives the same result, byte for byte", (t) => {
  const scenario = {
    nic: { queues: 2 },
    arrivals: [{ from: 0, until, rate: 150_000, jitter: true, flows: 7 }],
    seed: 5,
  };
  t.is(JSON.stringify(at(0, scenario)), JSON.stringify(at(0, scenario)));
  t.not(JSON.stringify(at(0, scenario)), JSON.stringify(at(0, { ...scenario, seed: 6 })));
});

test("this machine's settings are the base and the given ones win", (t) => {
  const full = { kind: "nic", cpu, nic: { queues: 8 }, arrivals: [{ at: 0, count: 800 }], until } as const;
  const squeezes = (sysctl: NicScenario["sysctl"]) =>
    simulate({ ...full, sysctl }, { host: { netdev_budget: 64 } }).timeSqueeze;
  t.true(squeezes({ base: "host" }) > squeezes({}));
  t.is(squeezes({ base: "host", netdev_budget: 300 }), squeezes({}));
});

for (const [broken, message] of [
  [{ cpu: { interruptCost: 2e-6 } }, "$.cpu.packetCost: nothing stands here, a number from 1e-9 to 1 is accepted"],
  [{ nic: { ring: 0 } }, "$.nic.ring: 0 is not accepted here, an integer from 1 to 65536 is"],
  [{ kernel: "new" }, '$.kernel: "new" is not accepted here, a version such as "6.18" is'],
  [
    { nic: { gro_flush_timeout: 10 } },
    "$.nic.gro_flush_timeout: 10 is not accepted here, 0 or at least 1000 (nanoseconds) is",
  ],
] as const)
  test(`a scenario with ${JSON.stringify(broken)} is refused with its place and what is accepted`, (t) => {
    const error = t.throws(() => simulate({ kind: "nic", cpu, arrivals: [], ...broken }), {
      instanceOf: ScenarioError,
    });
    t.is(error?.message, message);
  });
