// The explainer on what the model's machine shows: each fault below the sockets is named right, a healthy one left alone.
import test from "ava";
import { createExplainer } from "../../../src/explain/explainer.js";
import type { Finding } from "../../../src/explain/finding.js";
import { type NicScenario, observeNic } from "../../../src/model/index.js";

const cpu = { interruptCost: 2e-6, packetCost: 1e-6 };
const until = 2;

const steady = (rate: number) => ({ from: 0, until, rate });
/** Groups of `burst` packets, `gap` seconds apart. */
const bursts = (burst: number, gap: number) => ({ from: 0, until, rate: burst / gap, burst });

const machine = (more: Omit<NicScenario, "kind" | "cpu"> & Partial<NicScenario>): NicScenario => ({
  kind: "nic",
  cpu,
  until,
  ...more,
});

const lastOf = (scenario: NicScenario): readonly Finding[] => {
  const explainer = createExplainer();
  const last = new Map<string, Finding>();
  for (const snapshot of observeNic(scenario))
    for (const finding of explainer.observe(snapshot)) last.set(finding.id, finding);
  return [...last.values()];
};

const actionable = (scenario: NicScenario): readonly string[] =>
  lastOf(scenario)
    .filter(({ severity }) => severity !== "info")
    .map(({ symptom, cause }) => `${symptom}/${cause}`);

/** Five milliseconds' worth of packets, faster than the CPU: the eight rings overflow, then it is idle for a moment. */
const rush = { nic: { queues: 8, lineRate: 24.384e9, packetBytes: 1500 }, arrivals: [bursts(5000, 0.0048)] };

test("bursts above the ring's places: nic-ring-full, with the CPU mostly idle", (t) => {
  const scenario = machine({ arrivals: [bursts(400, 0.01)] });
  t.deepEqual(actionable(scenario), ["packets-dropped/nic-ring-full"]);
  const finding = lastOf(scenario).find(({ symptom }) => symptom === "packets-dropped")!;
  t.like(finding, { severity: "critical", subject: { kind: "interface", interface: "eth0" } });
  t.is(finding.remedy[0], "Enlarge the receive ring from 256 to 4096: ethtool -G eth0 rx 4096.");
});

test("the ring that the remedy names takes the same bursts", (t) => {
  t.deepEqual(actionable(machine({ nic: { ring: 4096 }, arrivals: [bursts(400, 0.01)] })), []);
});

test("more is steered to a CPU than its backlog holds: softnet-backlog-full", (t) => {
  const nic = { device: "veth", rpsCpus: [1] } as const;
  const arrivals = [bursts(100, 0.01)];
  const small = machine({ nic, arrivals, sysctl: { netdev_max_backlog: 10 } });
  t.deepEqual(actionable(small), ["packets-dropped/softnet-backlog-full"]);
  t.like(
    lastOf(small).find(({ symptom }) => symptom === "packets-dropped"),
    { subject: { kind: "interface", interface: "veth0" } },
  );
  t.deepEqual(actionable(machine({ nic, arrivals })), []);
});

test("a budget of one packet leaves bursts to ksoftirqd, where a program has its turn first: budget-too-small", (t) => {
  const scenario = (netdev_budget: number): NicScenario =>
    machine({
      nic: { queues: 8, ring: 128 },
      cpu: { ...cpu, program: true },
      // Between ticks of 4 ms, so that each burst would be done before the next one comes.
      arrivals: [0.001, 0.0025].map((from) => ({ ...bursts(1000, 0.004), from })),
      sysctl: { netdev_budget },
    });
  t.true(actionable(scenario(1)).includes("softirq-squeezed/budget-too-small"), String(actionable(scenario(1))));
  t.deepEqual(actionable(scenario(300)), []);
});

test("one CPU cannot take what five queues bring: cpu-saturated", (t) => {
  const scenario = machine({ nic: { queues: 5 }, arrivals: [steady(1.5e6)] });
  t.deepEqual(actionable(scenario), ["packets-dropped/nic-ring-full", "softirq-squeezed/cpu-saturated"]);
});

test("eight queues that interrupt one of four CPUs: irq-imbalance; each its own: nothing", (t) => {
  const four = { ...cpu, count: 4 };
  t.deepEqual(actionable(machine({ ...rush, cpu: four })), [
    "packets-dropped/nic-ring-full",
    "softirq-squeezed/irq-imbalance",
  ]);
  t.deepEqual(actionable(machine({ ...rush, nic: { ...rush.nic, irqCpus: [0, 1, 2, 3] }, cpu: four })), []);
});

for (const [title, scenario] of [
  ["a quiet card", machine({ arrivals: [steady(1000)] })],
  ["load at nine tenths of the capacity", machine({ arrivals: [steady(900_000)] })],
  ["a busy loopback", machine({ nic: { device: "loopback" }, arrivals: [steady(500_000)] })],
  ["bursts that the ring holds", machine({ arrivals: [bursts(250, 0.01)] })],
] as const)
  test(`of ${title} nothing is said at warning or above`, (t) => {
    t.deepEqual(actionable(scenario), []);
  });
