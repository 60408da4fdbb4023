// softirq-squeezed: only where it hurts; its three causes told apart.
import test from "ava";
import type { NetworkInterface } from "../../../src/snapshot/network.js";
import { between, card, cpus, first, outline, second } from "./readings.js";

const outlines = (...args: Parameters<typeof between>): readonly string[] => between(...args).map(outline);
const squeezed = (timeSqueeze: number, dropped = 0) => ({ timeSqueeze, dropped });
const lossy = (rx_dropped: number): NetworkInterface => card({ statistics: { rx_packets: 101_000, rx_dropped } });

test("squeezes without loss are information, a few are nothing", (t) => {
  t.deepEqual(outlines(first, second({ cpus: cpus({}, { moved: squeezed(9) }) })), []);
  t.deepEqual(outlines(first, second({ cpus: cpus({}, { moved: squeezed(60_000) }) })), [
    "softirq-squeezed/budget-too-small info",
  ]);
});

test("with loss and time to spare the budget is too small, and the number to use is given", (t) => {
  const findings = between(first, second({ cpus: cpus({}, { moved: squeezed(60_000, 500) }), nics: [lossy(500)] }));
  t.deepEqual(findings.map(outline), [
    "packets-dropped/softnet-backlog-full warning",
    "softirq-squeezed/budget-too-small warning",
  ]);
  t.like(findings[1], { subject: { kind: "cpu", cpu: 1 } });
  t.is(findings[1]!.remedy[0], "sysctl -w net.core.netdev_budget=600 (now 300).");
  t.deepEqual(
    findings[1]!.ruledOut.map(({ cause }) => cause),
    ["cpu-saturated"],
  );
});

test("a budget below the default is to be the default again", (t) => {
  const settings = { netdev_max_backlog: 1000, netdev_budget: 1, netdev_budget_usecs: 8000 };
  const after = second({ cpus: cpus({}, { moved: squeezed(60_000) }), settings });
  t.is(between(first, after)[0]!.remedy[0], "sysctl -w net.core.netdev_budget=300 (now 1).");
});

test("loss that no interface of the namespace saw does not hurt it", (t) => {
  t.deepEqual(
    outlines(first, second({ cpus: cpus({}, { moved: squeezed(60_000, 5000) }) })).filter(
      (line) => !line.endsWith("info"),
    ),
    [],
  );
});

test("a CPU whose time goes into softirqs is saturated", (t) => {
  const after = second({ cpus: cpus({}, { softirqMs: 960, moved: squeezed(200, 500) }), nics: [lossy(500)] });
  t.is(outlines(first, after)[1], "softirq-squeezed/cpu-saturated warning");
});

test("saturated with a standing queue hurts without loss; saturated alone does not", (t) => {
  const standing = { softnetBacklogLength: 400 };
  const before = { ...first, cpus: cpus({}, { softirqMs: 0, moved: { processed: 1000, ...standing } }) };
  const busy = { softirqMs: 960, moved: { timeSqueeze: 200, ...standing } };
  const from = { ...before, cpus: before.cpus.map((cpu, i) => ({ ...cpu, time: first.cpus[i]!.time })) };
  t.deepEqual(outlines(from, second({ cpus: cpus({}, busy) })), ["softirq-squeezed/cpu-saturated warning"]);
  t.deepEqual(outlines(first, second({ cpus: cpus({}, { softirqMs: 960, moved: squeezed(200) }) })), [
    "softirq-squeezed/cpu-saturated info",
  ]);
});

const irqs = (...counts: readonly (readonly [number, number])[]): NetworkInterface["irqs"] =>
  counts.map((each, queue) => ({
    irq: 40 + queue,
    action: `eth0-TxRx-${queue}`,
    role: { serves: "both", queue },
    counts: each,
  }));
const saturated = cpus({}, { softirqMs: 960, moved: squeezed(200, 500) });
const interrupted = (after: NetworkInterface["irqs"]): readonly string[] => {
  const before = { ...first, nics: [card({ irqs: after?.map((irq) => ({ ...irq, counts: [0, 0] })) })] };
  return between(before, second({ cpus: saturated, nics: [{ ...lossy(500), irqs: after }] })).map(outline);
};

test("two queues that interrupt one CPU while the other is idle are an imbalance", (t) => {
  t.is(interrupted(irqs([10, 5000], [20, 5000]))[1], "softirq-squeezed/irq-imbalance warning");
});

test("one queue cannot be spread, and spread ones are none", (t) => {
  t.is(interrupted(irqs([0, 9000]))[1], "softirq-squeezed/cpu-saturated warning");
  t.is(interrupted(irqs([4000, 0], [0, 5000]))[1], "softirq-squeezed/cpu-saturated warning");
});

test("where the others are busy, too, spreading helps nobody", (t) => {
  const both = cpus({ idleMs: 100 }, { softirqMs: 960, moved: squeezed(200, 500) });
  const after = irqs([10, 5000], [20, 5000]);
  const before = { ...first, nics: [card({ irqs: after?.map((irq) => ({ ...irq, counts: [0, 0] })) })] };
  const findings = between(before, second({ cpus: both, nics: [{ ...lossy(500), irqs: after }] }));
  t.is(outline(findings[1]!), "softirq-squeezed/cpu-saturated warning");
});

test("without CPU times the cause is unknown", (t) => {
  const blind = { ...first, cpus: first.cpus.map(({ cpu, softnet }) => ({ cpu, softnet })) };
  const after = second({ nics: [lossy(500)] });
  const moved = cpus({}, { moved: squeezed(60_000, 500) }).map(({ cpu, softnet }) => ({ cpu, softnet }));
  const finding = between(blind, { ...after, cpus: moved })[1]!;
  t.like(finding, { cause: "unknown", confidence: 0.5 });
  t.regex(finding.summary, /proc\/stat cannot be read/);
});
