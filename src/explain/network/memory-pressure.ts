// memory-pressure: TCP's memory of the host (tcp_mem), the cgroup's share of it, or too many orphans (tcp(7), cgroup-v1/
// memory.rst, cgroup-v2.rst; net/ipv4/tcp.c tcp_enter_memory_pressure, tcp_check_oom).
import type { CgroupMemory, TcpMemory } from "../../snapshot/network.js";
import { delta } from "../delta.js";
import type { Evidence } from "../finding.js";
import { bytes, count } from "../format.js";
import { isCgroupFull, isTcpMemoryShort } from "./memory-short.js";
import { type NetworkRule, type NetworkStep, type NetworkVerdict, notShown, powerOfTwo } from "./step.js";

/** Of a v2 cgroup's memory the part held by sockets from which its limit is theirs: else it is files that press. */
const socketShare = 0.25;

const bytesOf = (pages: number, { pageBytes = 4096 }: TcpMemory): string => bytes(pages * pageBytes);

const row = (name: string, value: Evidence["value"] | undefined, unit: string, source: string): readonly Evidence[] =>
  value === undefined ? [] : [{ name, value, ...(unit === "" ? {} : { unit }), source }];

const collapsedRow = ({ collapsed }: NetworkStep): readonly Evidence[] =>
  row("send buffers fallen to 4608 bytes", collapsed || undefined, "sockets", "SO_MEMINFO sndbuf, sockets looked at");

const tcpMem = (step: NetworkStep): readonly NetworkVerdict[] => {
  const memory = step.after.tcpMemory;
  const entered = step.moved.TCPMemoryPressures ?? 0;
  if (!memory || (!isTcpMemoryShort(step.after) && entered === 0)) return [];
  const { pages = 0, limits } = memory;
  const above = limits !== undefined && pages > limits.high;
  const wanted = limits && [limits.low, limits.pressure, limits.high].map((limit) => 2 * limit).join(" ");
  const held = `the sockets of the host hold ${bytesOf(pages, memory)}`;
  const line = !limits
    ? `; the limits (tcp_mem) are ${notShown}`
    : `, pressure begins at ${bytesOf(limits.pressure, memory)} and nothing is given above ${bytesOf(limits.high, memory)}`;
  return [
    {
      key: "memory-pressure/tcp-mem",
      symptom: "memory-pressure",
      cause: "tcp-mem",
      severity: above ? "critical" : "warning",
      confidence: limits && pages >= limits.pressure ? 0.97 : 0.85,
      subject: { kind: "host" },
      toll: Math.max(1, entered),
      tell: () => ({
        summary: `TCP's memory is short: ${held}${line}.`,
        evidence: [
          { name: "TCP memory", value: pages, unit: "pages", source: "sockstat TCP mem, host-wide" },
          {
            name: "tcp_mem",
            value: limits ? `${limits.low} ${limits.pressure} ${limits.high}` : notShown,
            source: "sysctl, pages",
          },
          ...row("pressure entered", entered, "times", "netstat TCPMemoryPressures, netns-wide"),
          ...row(
            "connections given up",
            step.moved.TCPAbortOnMemory || undefined,
            "connections",
            "netstat TCPAbortOnMemory",
          ),
          ...collapsedRow(step),
        ],
        ruledOut: [],
        remedy: [
          wanted === undefined
            ? "On the host: sysctl -w net.ipv4.tcp_mem with twice the present numbers (pages), if it has the memory."
            : `sysctl -w net.ipv4.tcp_mem="${wanted}" (pages; now ${limits!.low} ${limits!.pressure} ${limits!.high}), if the host has the memory.`,
          "Find the sockets that hold it: ss -tm, large r and t (data that nobody reads); lower net.ipv4.tcp_rmem[2] and tcp_wmem[2].",
        ],
      }),
    },
  ];
};

/** v2: the limit was hit, and it is sockets that hold much of the memory; or the kernel says that it held sockets back. */
const isV2Short = (then: CgroupMemory | undefined, now: CgroupMemory, collapsed: number): boolean => {
  if ((delta(then?.socketThrottled, now.socketThrottled) ?? 0) > 0) return true;
  const hits = delta(then?.limitHits, now.limitHits) ?? 0;
  return (
    hits > 0 && (collapsed > 0 || (now.socketBytes ?? 0) >= socketShare * (now.usageBytes ?? Number.POSITIVE_INFINITY))
  );
};

const cgroup = (step: NetworkStep): readonly NetworkVerdict[] => {
  const { before, after, pid, thresholds } = step;
  const memory = after.cgroupMemory;
  const short =
    memory?.version === 2 ? isV2Short(before.cgroupMemory, memory, step.collapsed) : isCgroupFull(after, thresholds);
  if (!memory || !short) return [];
  const { version, usageBytes, socketBytes, limitBytes, limitHits } = memory;
  const limit = typeof limitBytes === "number" ? limitBytes : undefined;
  const name = version === 1 ? "memory.kmem.tcp.limit_in_bytes" : "memory.max";
  const wanted = limit === undefined ? undefined : powerOfTwo(2 * limit);
  return [
    {
      key: "memory-pressure/cgroup",
      symptom: "memory-pressure",
      cause: "cgroup-memory",
      severity: "warning",
      confidence: step.collapsed > 0 || version === 1 ? 0.95 : 0.8,
      subject: { kind: "process", ...(pid === undefined ? {} : { pid }) },
      toll: 1,
      tell: () => ({
        summary: `The sockets of this process are held back by their cgroup: they hold ${bytes(socketBytes ?? usageBytes ?? 0)}${limit === undefined ? "" : `, ${version === 1 ? "TCP may have" : "all its memory may be"} ${bytes(limit)}`}.`,
        evidence: [
          ...row(
            "socket memory",
            socketBytes,
            "bytes",
            version === 1 ? "memory.kmem.tcp.usage_in_bytes" : "memory.stat sock",
          ),
          ...row("limit", limit, "bytes", `cgroup v${version} ${name}`),
          ...row(
            "held against it",
            usageBytes,
            "bytes",
            version === 1 ? "memory.kmem.tcp.usage_in_bytes" : "memory.current",
          ),
          ...row(
            "limit hit",
            limitHits,
            "times",
            version === 1 ? "memory.kmem.tcp.failcnt" : "memory.events max, since it exists",
          ),
          ...collapsedRow(step),
        ],
        ruledOut: isTcpMemoryShort(after)
          ? []
          : after.tcpMemory?.limits
            ? [{ cause: "tcp-mem", because: "the host's TCP memory is below tcp_mem's second number" }]
            : [],
        remedy: [
          wanted === undefined ? `Raise ${name}.` : `Raise the limit: echo ${wanted} > …/${name} (now ${limit}).`,
          "Hold less: fewer sockets with unread or unsent data (ss -tm inside the container), smaller net.ipv4.tcp_rmem[2] and tcp_wmem[2].",
        ],
      }),
    },
  ];
};

const orphans = (step: NetworkStep): readonly NetworkVerdict[] => {
  const memory = step.after.tcpMemory;
  const aborted = step.moved.TCPAbortOnMemory ?? 0;
  const { orphans: now = 0, maxOrphans } = memory ?? {};
  const many = maxOrphans !== undefined && now >= step.thresholds.orphansShare * maxOrphans;
  // Connections are given up for want of memory, too.
  const isMemory = memory?.limits ? (memory.pages ?? 0) > memory.limits.high : (step.moved.TCPMemoryPressures ?? 0) > 0;
  if (!memory || isMemory || (aborted === 0 && !many)) return [];
  return [
    {
      key: "memory-pressure/orphans",
      symptom: "memory-pressure",
      cause: many || maxOrphans === undefined ? "orphans" : "unknown",
      severity: aborted > 0 ? "warning" : "info",
      confidence: many ? (aborted > 0 ? 0.95 : 0.8) : 0.6,
      subject: { kind: "host" },
      toll: Math.max(1, aborted),
      tell: (total) => ({
        summary: `${count(now, "closed connection")} of the host still ${now === 1 ? "has" : "have"} something to send (limit ${maxOrphans ?? notShown})${aborted > 0 ? `, and ${count(total, "connection")} of this network namespace were reset for it` : ""}.`,
        evidence: [
          { name: "orphans", value: now, unit: "sockets", source: "sockstat TCP orphan, host-wide" },
          { name: "tcp_max_orphans", value: maxOrphans ?? notShown, source: "sysctl, host-wide" },
          ...row(
            "connections reset",
            aborted > 0 ? total : undefined,
            "connections",
            "netstat TCPAbortOnMemory, netns-wide",
          ),
        ],
        ruledOut: memory.limits
          ? [{ cause: "tcp-mem", because: `TCP holds ${memory.pages ?? 0} pages, ${memory.limits.high} may be given` }]
          : [],
        remedy: [
          maxOrphans === undefined
            ? "On the host: a higher net.ipv4.tcp_max_orphans."
            : `sysctl -w net.ipv4.tcp_max_orphans=${powerOfTwo(Math.max(2 * maxOrphans, 4 * now))} (now ${maxOrphans}); each may hold up to 64 KB.`,
          "Let peers that do not read go sooner: net.ipv4.tcp_orphan_retries, and socket.setTimeout before end().",
        ],
      }),
    },
  ];
};

export const memoryPressure: NetworkRule = (step) => [tcpMem, cgroup, orphans].flatMap((rule) => rule(step));
