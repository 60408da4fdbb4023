// Whatever is read below the sockets: nothing is thrown, what is said has no holes, and where nothing moved nothing is said.
import test from "ava";
import fc from "fast-check";
import { createExplainer } from "../../../src/explain/explainer.js";
import { type Finding, networkCauses, networkSymptoms } from "../../../src/explain/finding.js";
import type { NetworkReading, NicStatistics } from "../../../src/snapshot/network.js";
import { first, type Look, said, second } from "./readings.js";
import { rounds } from "../../rounds.js";

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const number = fc.oneof(fc.nat(3), fc.nat(2 ** 20), fc.constantFrom(2 ** 32 - 1, 2 ** 33));
const some = optional(number);
const counters = ["rx_packets", "rx_dropped", "rx_missed_errors", "rx_fifo_errors", "rx0_drops", "rx_no_buf"];
const statistics = fc
  .dictionary(fc.constantFrom(...counters), number)
  .map((record) => Object.fromEntries(Object.entries(record)) as NicStatistics);

const cpu = (n: number) =>
  fc.record({
    cpu: fc.constant(n),
    softnet: optional(
      fc.record({
        cpu: fc.constant(n),
        processed: number,
        dropped: number,
        timeSqueeze: number,
        receivedRps: some,
        flowLimitCount: some,
        softnetBacklogLength: some,
        inputQueueLength: some,
        processQueueLength: some,
      }),
    ),
    time: optional(
      fc.record({
        cpu: fc.constant(n),
        userMs: number,
        systemMs: number,
        idleMs: number,
        iowaitMs: number,
        irqMs: number,
        softirqMs: number,
        stealMs: number,
      }),
    ),
  });

const qdisc = fc.record({
  interfaceIndex: fc.constant(2),
  kind: fc.constantFrom("tbf", "pfifo", "pfifo_fast", "fq_codel", "netem", "ingress", "mq"),
  handle: fc.constantFrom("0:", "1:", "10:"),
  parent: fc.constantFrom("root", "1:1", "0:1"),
  queuedBytes: some,
  queuedPackets: some,
  sentPackets: some,
  drops: some,
  limitPackets: some,
  limitBytes: some,
  bytesPerSecond: some,
});

const nic = (name: string) =>
  fc.record({
    name: fc.constant(name),
    statistics,
    driverDrops: optional(statistics),
    queueStatistics: optional(fc.record({ rxHwDrops: some, rxHwDropOverruns: some })),
    ring: optional(fc.record({ rx: number, rxMax: number, tx: number, txMax: number })),
    txQueueLength: some,
    qdiscs: optional(
      fc.uniqueArray(qdisc, { maxLength: 4, selector: ({ kind, handle, parent }) => kind + handle + parent }),
    ),
    irqs: optional(
      fc.array(fc.record({ irq: fc.constantFrom(40, 41, 42), counts: fc.array(number, { maxLength: 3 }) }), {
        maxLength: 3,
      }),
    ),
  });

const reading: fc.Arbitrary<NetworkReading> = fc.record({
  cpus: fc.tuple(cpu(0), cpu(1)),
  interruptCpus: fc.constantFrom([0, 1], [0], []),
  nics: fc.tuple(nic("eth0"), nic("eth1")),
  tcpMemory: optional(
    fc.record({
      pages: some,
      pageBytes: optional(fc.constant(4096)),
      limits: optional(fc.record({ low: number, pressure: number, high: number })),
      orphans: some,
      maxOrphans: some,
    }),
  ),
  cgroupMemory: optional(
    fc.record({
      version: fc.constantFrom(1 as const, 2 as const),
      socketBytes: some,
      usageBytes: some,
      limitBytes: optional(fc.oneof(number, fc.constant("none" as const))),
      limitHits: some,
      socketThrottled: some,
    }),
  ),
  settings: optional(fc.record({ netdev_max_backlog: some, netdev_budget: some, netdev_budget_usecs: some })),
});
const look: fc.Arbitrary<Look> = fc.record({
  network: reading,
  counters: fc.record({ TCPMemoryPressures: number, TCPAbortOnMemory: number, RetransSegs: number }),
});

const causes: readonly string[] = [...networkCauses, "unknown"];
const symptoms: readonly string[] = networkSymptoms;

const offences = ({ symptom, cause, summary, evidence, ruledOut, remedy, subject, confidence }: Finding) => {
  const text = JSON.stringify([summary, evidence, ruledOut, remedy, subject]);
  return [
    ...(symptoms.includes(symptom) && causes.includes(cause) ? [] : [`${symptom}/${cause}`]),
    ...(summary.length > 300 ? [summary] : []),
    ...(evidence.length === 0 || evidence.length > 25 ? ["evidence"] : []),
    ...(/NaN|undefined|Infinity|null/.test(text) ? [text] : []),
    ...(ruledOut.some((one) => one.cause === cause) ? ["ruled out its own cause"] : []),
    ...(confidence >= 0 && confidence <= 1 ? [] : [`confidence ${confidence}`]),
  ];
};

test("arbitrary readings never make it throw, and what is said of them has no holes", (t) => {
  fc.assert(
    fc.property(fc.array(look, { maxLength: 6 }), (looks) => {
      const explainer = createExplainer();
      const findings = [...said(looks, explainer), ...explainer.active()];
      return findings.flatMap(offences).length === 0;
    }),
    { numRuns: rounds(500) },
  );
  t.pass();
});

test("counters that stand still say nothing, however high they are", (t) => {
  fc.assert(
    fc.property(reading, (still) => {
      const quiet = { ...still, tcpMemory: first.tcpMemory, cgroupMemory: undefined };
      return said([{ network: quiet }, { network: quiet }, { network: quiet }]).length === 0;
    }),
  );
  t.pass();
});

test("traffic without a loss says nothing, however much it is", (t) => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.nat(2 ** 31), (received, sent) => {
      const [nicNow] = second().nics;
      const moved = { ...nicNow!.statistics, rx_packets: 1000 + received, tx_packets: 1000 + sent };
      return (
        said([{ network: first }, { network: second({ nics: [{ ...nicNow!, statistics: moved }] }) }]).length === 0
      );
    }),
  );
  t.pass();
});
