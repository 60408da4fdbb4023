// The textbook's account of NAPI, in virtual time: interrupts while little comes, polling while much does.
import test from "ava";
import { type NicResult, type NicScenario, simulate } from "../../../src/model/index.js";

const cpu = { interruptCost: 2e-6, packetCost: 1e-6 };
const capacity = 1e6;

/** A second of packets at this rate. */
const at = (rate: number, more: Partial<NicScenario> = {}): NicResult =>
  simulate({ kind: "nic", cpu, arrivals: [{ from: 0, until: 1, rate }], until: 1, ...more } as NicScenario);

test("few packets: each interrupts, and its poll finds it alone", (t) => {
  for (const rate of [10, 1000, 10_000, 100_000]) {
    const { interrupts, polls, packetsPerPoll, pollingShare, busyShare, ringDrops } = at(rate);
    t.deepEqual(
      { interrupts, polls, packetsPerPoll, pollingShare, ringDrops },
      { interrupts: rate, polls: rate, packetsPerPoll: 1, pollingShare: 0, ringDrops: 0 },
    );
    t.is(busyShare, (rate * 3) / 1e6);
  }
});

test("ten packets at once: one interrupt, one poll that takes all ten", (t) => {
  const { interrupts, polls, packetsPerPoll } = at(1, { arrivals: [{ at: 0, count: 10 }] });
  t.deepEqual({ interrupts, polls, packetsPerPoll }, { interrupts: 1, polls: 1, packetsPerPoll: 10 });
});

test("a hundred at once: a poll ends at its weight, the next one takes the rest without an interrupt", (t) => {
  const result = at(1, { arrivals: [{ at: 0, count: 100 }] });
  t.deepEqual(
    result.events.map(({ at: when, event }) => [when, event]),
    [
      [0, "queue 0 interrupts and is masked: 1 in its ring"],
      [0.000066, "queue 0 polled: 64 packets, full: 36 still in the ring"],
      [0.000102, "queue 0 polled: 36 packets, interrupt on again"],
    ],
  );
});

test("the faster they come, the more a poll takes and the fewer interrupt", (t) => {
  const rates = [1000, 500_000, 700_000, 900_000, 990_000, 1_100_000];
  const results = rates.map((rate) => at(rate));
  t.deepEqual(
    results.map(({ packetsPerPoll }) => Math.round(packetsPerPoll)),
    [1, 2, 5, 18, 51, 64],
  );
  const interrupts = results.slice(1).map((result) => result.interrupts);
  t.deepEqual(
    interrupts,
    interrupts.toSorted((a, b) => b - a),
  );
  const shares = results.map(({ pollingShare }) => pollingShare);
  t.deepEqual(
    shares,
    shares.toSorted((a, b) => a - b),
  );
});

test("at most a weight is taken at once, and as much as can be is served: hardly an interrupt, nothing but full polls", (t) => {
  const { interrupts, packetsPerPoll, fullPollShare, busyShare, received, ringDrops, processed } = at(2 * capacity);
  t.true(interrupts < 5);
  t.is(Math.round(packetsPerPoll), 64);
  t.true(fullPollShare > 0.999);
  t.is(busyShare, 1);
  t.true(Math.abs(processed - capacity) < 10, String(processed));
  t.is(received + ringDrops, 2 * capacity);
});

test("interrupts alone would take the CPU up at a third of what polling serves", (t) => {
  const alone = 1 / (cpu.interruptCost + cpu.packetCost);
  t.true(at(2 * capacity).processed > 2.9 * alone);
});

test("a burst that the ring holds loses nothing; what is beyond its places is lost", (t) => {
  t.is(at(1, { arrivals: [{ at: 0, count: 256 }] }).ringDrops, 0);
  t.is(at(1, { arrivals: [{ at: 0, count: 300 }] }).ringDrops, 44);
  t.is(at(1, { nic: { ring: 512 }, arrivals: [{ at: 0, count: 300 }] }).ringDrops, 0);
});

test("beyond capacity a program still gets its half: ksoftirqd takes turns with it", (t) => {
  const [only] = at(2 * capacity, { cpu: { ...cpu, program: true } }).cpus;
  t.true(only!.programShare > 0.45, JSON.stringify(only));
  t.true(only!.ksoftirqdShare > 0.45, JSON.stringify(only));
});

test("kernels that let no softirq run beside ksoftirqd give the program its half too", (t) => {
  const [only] = at(2 * capacity, { kernel: "5.10", cpu: { ...cpu, program: true } }).cpus;
  t.true(Math.abs(only!.programShare - 0.5) < 0.02, JSON.stringify(only));
});

test("a pass polls each queue once: one busy queue never uses up the budget, five do", (t) => {
  const full = [
    { at: 0, count: 5 * 256 },
    { from: 0, until: 1, rate: 2 * capacity },
  ];
  const busy = (queues: number) => at(0, { nic: { queues }, arrivals: full });
  t.is(busy(1).timeSqueeze, 0);
  t.is(busy(4).timeSqueeze, 0);
  const { timeSqueeze, polls } = busy(5);
  t.true(Math.abs(timeSqueeze - polls / 5) <= 1, `${timeSqueeze} of ${polls}`);
});

test("polls that let the interrupt through and are interrupted at once are one pass: the budget ends it", (t) => {
  const { timeSqueeze, packetsPerPoll, received } = at(700_000);
  t.true(packetsPerPoll < 64);
  t.true(Math.abs(timeSqueeze - received / 300) < received / 3000, String(timeSqueeze));
});

test("before 3.19 a pass went on with the same queue: five polls of 64 are more than 300", (t) => {
  const { timeSqueeze, polls } = at(2 * capacity, { kernel: "3.10" });
  t.true(Math.abs(timeSqueeze - polls / 5) <= 1, `${timeSqueeze} of ${polls}`);
});

test("a smaller budget is used up by each poll, without any loss", (t) => {
  const { timeSqueeze, ringDrops } = at(900_000, { sysctl: { netdev_budget: 1 } });
  t.true(timeSqueeze > 40_000);
  t.is(ringDrops, 0);
});

test("time is checked in jiffies: 2000 µs are one tick at HZ=250, two at HZ=1000", (t) => {
  const slow = { interruptCost: 2e-6, packetCost: 10e-6 };
  const squeezes = (hz: number) =>
    at(capacity, { cpu: { ...slow, hz }, sysctl: { netdev_budget_usecs: 2000 } }).timeSqueeze;
  // Polls of 64 packets take 0.64 ms: each tick of 4 ms passes in one of them, and two of 1 ms in none.
  t.deepEqual([squeezes(250), squeezes(1000)], [249, 0]);
});

test("deferral trades latency for interrupts", (t) => {
  const rate = 50_000;
  const plain = at(rate);
  const deferred = at(rate, { nic: { napi_defer_hard_irqs: 10, gro_flush_timeout: 200_000 } });
  t.is(plain.interrupts, rate);
  t.is(deferred.interrupts, 1);
  t.true(deferred.packetsPerPoll > 9 && deferred.packetsPerPoll < 11, String(deferred.packetsPerPoll));
  t.true(deferred.wait.p50! > 30 * plain.wait.p50!);
  t.true(deferred.wait.max! < 0.00025);
  t.true(deferred.busyShare < plain.busyShare);
});

test("deferral at a low rate polls in vain; after so many times the interrupt is back", (t) => {
  const nic = { napi_defer_hard_irqs: 3, gro_flush_timeout: 100_000 };
  const { interrupts, polls, emptyPolls } = at(1000, { nic });
  t.deepEqual({ interrupts, polls, emptyPolls }, { interrupts: 1000, polls: 4000, emptyPolls: 3000 });
});

test("the card's own pause gathers packets for one interrupt", (t) => {
  const { interrupts, packetsPerPoll } = at(100_000, { nic: { interruptPause: 100e-6 } });
  t.true(Math.abs(packetsPerPoll - 11.5) <= 1, String(packetsPerPoll));
  t.true(interrupts < 10_000);
});

test("GRO hands packets of a connection up as one: fewer are processed, and more can be taken", (t) => {
  const arrivals = [{ from: 0, until: 1, rate: 2 * capacity, flows: 1 }];
  const one = at(0, { arrivals });
  const merged = at(0, { arrivals, nic: { groSegments: 17 } });
  t.true(merged.received > 1.9 * one.received);
  t.true(merged.processed < merged.received / 8);
});
