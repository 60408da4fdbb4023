// What the cumulative counters of a network namespace say, and what they do not (net/ipv4/proc.c).
import type { Advice } from "./adviser.js";
import type { SetUp } from "./readings.js";

/** Said, never judged: only a difference tells anything. */
export function adviseOnCounters({ counters, pid }: SetUp): readonly Advice[] {
  const { ListenOverflows: overflows, ListenDrops: drops } = counters ?? {};
  if (!overflows && !drops) return [];
  return [
    {
      severity: "info",
      subject: "ListenOverflows, ListenDrops",
      because: `${overflows ?? "?"} overflows and ${drops ?? "?"} drops since ${pid === undefined ? "this" : "its"} network namespace exists: attempts of all its listeners, not clients, and it says nothing about now`,
      remedy: "compare two runs of nstat -az TcpExtListenOverflows TcpExtListenDrops, or sockscope diagnose",
      source: "/proc/net/netstat",
    },
  ];
}
