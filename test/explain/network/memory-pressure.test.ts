// memory-pressure: the host's, the cgroup's (v1 and v2), and orphans.
import test from "ava";
import type { CgroupMemory, NetworkReading } from "../../../src/snapshot/network.js";
import type { Counters } from "../../../src/snapshot/snapshot.js";
import { between, first, outline, said, second } from "./readings.js";

const outlines = (...args: Parameters<typeof between>): readonly string[] => between(...args).map(outline);
const memory = (more: Partial<NonNullable<NetworkReading["tcpMemory"]>>) =>
  second({ tcpMemory: { ...first.tcpMemory!, ...more } });
const counted = (after: NetworkReading, moved: Counters): readonly string[] =>
  said([
    { network: first, counters: Object.fromEntries(Object.keys(moved).map((name) => [name, 0])) },
    { network: after, counters: moved },
  ]).map(outline);

test("above the second number of tcp_mem it is short, above the third critical, below it is not", (t) => {
  t.deepEqual(outlines(first, memory({ pages: 1999 })), []);
  t.deepEqual(outlines(first, memory({ pages: 2000 })), ["memory-pressure/tcp-mem warning"]);
  const [finding] = between(first, memory({ pages: 3001 }));
  t.like(finding, {
    severity: "critical",
    subject: { kind: "host" },
    summary:
      "TCP's memory is short: the sockets of the host hold 12 MB, pressure begins at 8.2 MB and nothing is given above 12 MB.",
  });
  t.regex(finding!.remedy[0]!, /net\.ipv4\.tcp_mem="2000 4000 6000"/);
});

test("in a container only the counter tells, and the limits are not made up", (t) => {
  const hidden = memory({ pages: 9000, limits: undefined, maxOrphans: undefined });
  t.deepEqual(outlines(first, hidden), []);
  t.deepEqual(counted(hidden, { TCPMemoryPressures: 1 }), ["memory-pressure/tcp-mem warning"]);
});

const v1: CgroupMemory = { version: 1, usageBytes: 0, socketBytes: 0, limitBytes: 1_048_576, limitHits: 0 };
const v2: CgroupMemory = { ...v1, version: 2, limitBytes: 100_000_000, usageBytes: 100_000_000 };
const cgroups = (before: CgroupMemory, after: CgroupMemory): readonly string[] =>
  outlines({ ...first, cgroupMemory: before }, second({ cgroupMemory: after }));

test("a v1 cgroup whose TCP memory has reached its limit is short, although failcnt stays 0", (t) => {
  t.deepEqual(cgroups(v1, { ...v1, usageBytes: 700_000 }), []);
  t.deepEqual(cgroups(v1, { ...v1, usageBytes: 1_040_000 }), ["memory-pressure/cgroup-memory warning"]);
  t.deepEqual(cgroups(v1, { ...v1, usageBytes: 1_040_000, limitBytes: "none" }), []);
  const [finding] = between(first, second({ cgroupMemory: { ...v1, usageBytes: 1_040_000, socketBytes: 1_040_000 } }));
  t.is(
    finding!.summary,
    "The sockets of this process are held back by their cgroup: they hold 1 MB, TCP may have 1 MB.",
  );
  t.like(finding, { subject: { kind: "process", pid: 7 } });
  t.regex(finding!.remedy[0]!, /echo 2097152 >/);
});

test("a v2 cgroup that files fill holds no socket back", (t) => {
  t.deepEqual(cgroups(v2, { ...v2, limitHits: 500, socketBytes: 100_000 }), []);
});

test("a v2 cgroup is short when its sockets fill it, or the kernel says that it held them back", (t) => {
  const short = ["memory-pressure/cgroup-memory warning"];
  t.deepEqual(cgroups(v2, { ...v2, limitHits: 5, socketBytes: 30_000_000 }), short);
  t.deepEqual(cgroups({ ...v2, socketThrottled: 3 }, { ...v2, socketThrottled: 9 }), short);
  t.deepEqual(cgroups({ ...v2, socketThrottled: 9 }, { ...v2, socketThrottled: 9 }), []);
});

test("orphans near their limit are information, reset ones call a person", (t) => {
  t.deepEqual(outlines(first, memory({ orphans: 249 })), []);
  t.deepEqual(outlines(first, memory({ orphans: 250 })), ["memory-pressure/orphans info"]);
  t.deepEqual(counted(memory({ orphans: 400 }), { TCPAbortOnMemory: 30 }), ["memory-pressure/orphans warning"]);
});

test("connections given up for want of memory are not orphans'", (t) => {
  t.deepEqual(counted(memory({ orphans: 400, pages: 3500 }), { TCPAbortOnMemory: 30 }), [
    "memory-pressure/tcp-mem critical",
  ]);
});

test("connections given up while neither memory nor orphans are short have no known cause", (t) => {
  t.deepEqual(counted(second(), { TCPAbortOnMemory: 30 }), ["memory-pressure/unknown warning"]);
});
