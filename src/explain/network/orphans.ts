// memory-pressure/orphans: closed connections that still have something to send, more than tcp_max_orphans allows (tcp(7);
// net/ipv4/tcp.c tcp_check_oom, tcp_too_many_orphans).
import { count } from "../format.js";
import { type NetworkRule, notShown, powerOfTwo, row } from "./step.js";

export const orphans: NetworkRule = (step) => {
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
