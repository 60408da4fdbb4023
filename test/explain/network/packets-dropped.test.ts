// packets-dropped: at the ring, at the softnet backlog, at a queue on the way out; and what is none of these.
import test from "ava";
import { speaksOfRing } from "../../../src/explain/network/ring.js";
import type { Qdisc } from "../../../src/snapshot/network.js";
import { between, card, cpus, first, outline, said, second } from "./readings.js";

const outlines = (...args: Parameters<typeof between>): readonly string[] => between(...args).map(outline);

test("a quiet host says nothing", (t) => {
  t.deepEqual(outlines(first, second()), []);
});

const ring = { rx: 256, rxMax: 4096, tx: 256, txMax: 4096 };
const missing = (rx_missed_errors: number) =>
  card({ ring, statistics: { rx_packets: 101_000, rx_missed_errors, rx_fifo_errors: rx_missed_errors } });

test("a full ring is told with its size, its maximum and the command", (t) => {
  const [finding] = between({ ...first, nics: [card({ ring })] }, second({ nics: [missing(500)] }));
  t.like(finding, {
    symptom: "packets-dropped",
    cause: "nic-ring-full",
    severity: "warning",
    subject: { kind: "interface", interface: "eth0" },
    summary:
      "eth0 lost 500 packets before the kernel saw them: its receive ring (256 of at most 4096 places) was full; 0.5 % of what came in the last window.",
  });
  t.is(finding!.remedy[0], "Enlarge the receive ring from 256 to 4096: ethtool -G eth0 rx 4096.");
});

test("a ring that is as large as it gets is not to be enlarged", (t) => {
  const largest = { ...ring, rx: 4096 };
  const [finding] = between(first, second({ nics: [{ ...missing(500), ring: largest }] }));
  t.false(finding!.remedy.some((line) => line.includes("-G")));
});

test("a driver's own counters are summed over its queues, and counters of the same packets are not", (t) => {
  const [finding] = between(
    { ...first, nics: [card({ driverDrops: { rx0_drops: 5, rx1_drops: 5 } })] },
    second({ nics: [{ ...missing(90), driverDrops: { rx0_drops: 65, rx1_drops: 75, rx_xdp_drops: 9e9 } }] }),
  );
  t.like(finding!.evidence[0], { value: 130, source: "ethtool -S rx*_drops" });
});

test("names that mean a full ring are told from others", (t) => {
  const names = ["rx_no_buffer_count", "rx_out_of_buffer", "rx_no_dma_resources", "rx0_drops", "rx_queue_3_drops"];
  t.deepEqual(names.filter(speaksOfRing), names);
  t.deepEqual(
    ["tx_dropped", "rx_xdp_drops", "rx_csum_errors", "tx_fifo_errors", "rx_dropped"].filter(speaksOfRing),
    [],
  );
});

test("a few packets are nothing, a small share is information, a large one critical", (t) => {
  const of = (missed: number): readonly string[] => outlines(first, second({ nics: [missing(missed)] }));
  t.deepEqual(of(9), []);
  t.deepEqual(of(50), ["packets-dropped/nic-ring-full info"]);
  t.deepEqual(of(5000), ["packets-dropped/nic-ring-full critical"]);
});

const dropping = (rx_dropped: number) => card({ statistics: { rx_packets: 101_000, rx_dropped } });

test("a full softnet backlog is told with the interface that counts the loss and the number to use", (t) => {
  const after = second({ cpus: cpus({}, { moved: { dropped: 700 } }), nics: [dropping(700)] });
  const [finding] = between(first, after);
  t.like(finding, {
    cause: "softnet-backlog-full",
    severity: "warning",
    confidence: 0.95,
    subject: { kind: "interface", interface: "eth0" },
    summary: "CPU 1 threw away 700 packets that came through eth0: its softnet backlog (room for 1001) was full.",
  });
  t.is(
    finding!.remedy[0],
    "sysctl -w net.core.netdev_max_backlog=2048 (now 1000; in the host's own network namespace).",
  );
});

test("where the limit is not shown it is not made up", (t) => {
  const after = second({ cpus: cpus({}, { moved: { dropped: 700 } }), nics: [dropping(700)], settings: undefined });
  const [finding] = between(first, after);
  t.regex(finding!.summary, /limit not shown in this network namespace/);
  t.regex(finding!.remedy[0]!, /on the host/);
});

test("drops that no interface of the namespace counts are others', and information", (t) => {
  const [finding, ...rest] = between(first, second({ cpus: cpus({}, { moved: { dropped: 70_000 } }) }));
  t.deepEqual(rest, []);
  t.like(finding, {
    cause: "softnet-backlog-full",
    severity: "info",
    confidence: 0.5,
    subject: { kind: "cpu", cpu: 1 },
  });
  t.regex(finding!.summary, /most likely others'/);
});

test("rx_dropped without a softnet drop is a filter or a protocol: nothing is said", (t) => {
  t.deepEqual(outlines(first, second({ nics: [dropping(70_000)] })), []);
});

test("softnet counters wrap", (t) => {
  const before = { ...first, cpus: cpus({ moved: { dropped: 2 ** 32 - 50 } }, {}) };
  const after = second({ cpus: cpus({ moved: { dropped: 150 } }, {}), nics: [dropping(200)] });
  t.is(between(before, after)[0]?.evidence[0]?.value, 200);
});

const queue = (more: Partial<Qdisc>): Qdisc => ({
  interfaceIndex: 2,
  kind: "pfifo_fast",
  handle: "0:",
  parent: "root",
  queuedBytes: 0,
  queuedPackets: 0,
  sentPackets: 0,
  drops: 0,
  ...more,
});
const withQueues = (...qdiscs: Qdisc[]) => card({ qdiscs, txQueueLength: 1000 });
const queued = (before: Qdisc[], after: Qdisc[]): readonly string[] =>
  outlines({ ...first, nics: [withQueues(...before)] }, second({ nics: [withQueues(...after)] }));

test("a full queue on the way out is told with its limit and the number to use", (t) => {
  const after = queue({ drops: 1000, sentPackets: 50_000, queuedPackets: 990 });
  const [finding] = between({ ...first, nics: [withQueues(queue({}))] }, second({ nics: [withQueues(after)] }));
  t.like(finding, {
    cause: "qdisc-full",
    severity: "warning",
    confidence: 0.95,
    summary:
      "eth0 threw away 1000 packets that were to be sent (2 %): its queue (pfifo_fast, room for 1000 packets) was full.",
  });
  t.is(finding!.remedy[0], "ip link set eth0 txqueuelen 2048 (now 1000).");
});

test("of queues that hang on one another the innermost is told, with the shaper above it", (t) => {
  const tbf = { kind: "tbf", handle: "1:", bytesPerSecond: 2_500_000, limitBytes: 100_000 };
  const pfifo = { kind: "pfifo", handle: "10:", parent: "1:1", limitPackets: 5 };
  const before = [queue(tbf), queue(pfifo)];
  const drops = { drops: 800, sentPackets: 5000 };
  const [finding, ...rest] = between(
    { ...first, nics: [withQueues(...before)] },
    second({ nics: [withQueues(queue({ ...tbf, ...drops }), queue({ ...pfifo, ...drops, queuedPackets: 5 }))] }),
  );
  t.deepEqual(rest, []);
  t.regex(finding!.summary, /pfifo, room for 5 packets\) was full, behind a shaper of 2\.5 MB\/s/);
  t.is(finding!.remedy[0], "tc qdisc change dev eth0 parent 1:1 pfifo limit 1024 (packets; now 5).");
});

test("a shaper's few tail drops, and all that delay managers drop, are information", (t) => {
  const tbf = { kind: "tbf", handle: "1:", limitBytes: 100_000 };
  t.deepEqual(queued([queue(tbf)], [queue({ ...tbf, drops: 40, sentPackets: 50_000 })]), [
    "packets-dropped/qdisc-full info",
  ]);
  const codel = { kind: "fq_codel", limitPackets: 10_240 };
  t.deepEqual(queued([queue(codel)], [queue({ ...codel, drops: 4000, sentPackets: 50_000 })]), [
    "packets-dropped/qdisc-full info",
  ]);
});

test("a backlog without drops is no finding", (t) => {
  t.deepEqual(queued([queue({})], [queue({ queuedPackets: 900, sentPackets: 50_000 })]), []);
});

test("what netem or a filter throws away is not called a full queue", (t) => {
  const netem = { kind: "netem", limitPackets: 1000 };
  t.deepEqual(queued([queue(netem)], [queue({ ...netem, drops: 4000, sentPackets: 50_000 })]), [
    "packets-dropped/unknown critical",
  ]);
  const ingress = { kind: "ingress", parent: "ingress" };
  t.deepEqual(queued([queue(ingress)], [queue({ ...ingress, drops: 4000 })]), []);
});

test("one fault is one finding with a growing toll, and ends when nothing more is lost", (t) => {
  const at = (dropped: number) => ({
    network: second({ cpus: cpus({}, { moved: { dropped } }), nics: [dropping(dropped)] }),
  });
  const findings = said([
    { network: first },
    at(700),
    at(1500),
    at(4000),
    ...Array.from({ length: 6 }, () => at(4000)),
  ]);
  t.is(new Set(findings.map(({ id }) => id)).size, 1);
  t.like(findings.at(-1), { state: "resolved" });
  t.is(findings.at(-1)!.evidence[0]!.value, 4000);
});
