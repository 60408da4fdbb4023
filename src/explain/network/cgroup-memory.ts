// memory-pressure/cgroup-memory: what the cgroup lets sockets have (cgroup-v1/memory.rst kmem.tcp; cgroup-v2.rst
// memory.max, memory.events; mm/memcontrol.c mem_cgroup_charge_skmem).
import type { CgroupMemory } from "../../snapshot/network.js";
import { delta } from "../delta.js";
import type { Evidence, RuledOut } from "../finding.js";
import { bytes } from "../format.js";
import { isCgroupFull, isTcpMemoryShort } from "./memory-short.js";
import { collapsedRow, type NetworkRule, type NetworkStep, powerOfTwo, row } from "./step.js";

/** Of a v2 cgroup's memory the part held by sockets from which its limit is theirs: else it is files that press. */
const socketShare = 0.25;

const names = {
  1: {
    limit: "memory.kmem.tcp.limit_in_bytes",
    usage: "memory.kmem.tcp.usage_in_bytes",
    sockets: "memory.kmem.tcp.usage_in_bytes",
    hits: "memory.kmem.tcp.failcnt",
    what: "TCP may have",
  },
  2: {
    limit: "memory.max",
    usage: "memory.current",
    sockets: "memory.stat sock",
    hits: "memory.events max, since it exists",
    what: "all its memory may be",
  },
} as const;

/** v2: the limit was hit, and it is sockets that hold much of the memory; or the kernel says that it held sockets back. */
const isV2Short = (then: CgroupMemory | undefined, now: CgroupMemory, collapsed: number): boolean => {
  if ((delta(then?.socketThrottled, now.socketThrottled) ?? 0) > 0) return true;
  const hits = delta(then?.limitHits, now.limitHits) ?? 0;
  return (
    hits > 0 && (collapsed > 0 || (now.socketBytes ?? 0) >= socketShare * (now.usageBytes ?? Number.POSITIVE_INFINITY))
  );
};

const isShort = ({ before, after, collapsed, thresholds }: NetworkStep): boolean =>
  after.cgroupMemory?.version === 2
    ? isV2Short(before.cgroupMemory, after.cgroupMemory, collapsed)
    : isCgroupFull(after, thresholds);

const evidenceOf = (step: NetworkStep, memory: CgroupMemory, limit: number | undefined): readonly Evidence[] => {
  const { version, usageBytes, socketBytes, limitHits } = memory;
  const throttled = delta(step.before.cgroupMemory?.socketThrottled, memory.socketThrottled);
  return [
    ...row("socket memory", socketBytes, "bytes", names[version].sockets),
    ...row("limit", limit, "bytes", `cgroup v${version} ${names[version].limit}`),
    ...row("held against it", usageBytes, "bytes", names[version].usage),
    ...row("limit hit", limitHits, "times", names[version].hits),
    ...row("held back", throttled || undefined, "times", "memory.events sock_throttled, last window"),
    ...collapsedRow(step),
  ];
};

const ruledOutOf = ({ after }: NetworkStep): readonly RuledOut[] =>
  after.tcpMemory?.limits && !isTcpMemoryShort(after)
    ? [{ cause: "tcp-mem", because: "the host's TCP memory is below tcp_mem's second number" }]
    : [];

export const cgroupMemory: NetworkRule = (step) => {
  const memory = step.after.cgroupMemory;
  if (!memory || !isShort(step)) return [];
  const { version, usageBytes, socketBytes, limitBytes } = memory;
  const limit = typeof limitBytes === "number" ? limitBytes : undefined;
  const { limit: name, what } = names[version];
  const raise =
    limit === undefined
      ? `Raise ${name}.`
      : `Raise the limit: echo ${powerOfTwo(2 * limit)} > …/${name} (now ${limit}).`;
  return [
    {
      key: "memory-pressure/cgroup",
      symptom: "memory-pressure",
      cause: "cgroup-memory",
      severity: "warning",
      confidence: step.collapsed > 0 || version === 1 ? 0.95 : 0.8,
      subject: { kind: "process", ...(step.pid === undefined ? {} : { pid: step.pid }) },
      toll: 1,
      tell: () => ({
        summary: `The sockets of this process are held back by their cgroup: they hold ${bytes(socketBytes ?? usageBytes ?? 0)}${limit === undefined ? "" : `, ${what} ${bytes(limit)}`}.`,
        evidence: evidenceOf(step, memory, limit),
        ruledOut: ruledOutOf(step),
        remedy: [
          raise,
          "Hold less: fewer sockets with unread or unsent data (ss -tm inside the container), smaller net.ipv4.tcp_rmem[2] and tcp_wmem[2].",
        ],
      }),
    },
  ];
};
