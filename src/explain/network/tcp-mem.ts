// memory-pressure/tcp-mem: the memory of all TCP sockets of the host (tcp(7) tcp_mem; net/ipv4/tcp.c
// tcp_enter_memory_pressure). The limits show in the first network namespace only.
import type { TcpMemory } from "../../snapshot/network.js";
import { bytes } from "../format.js";
import { isTcpMemoryShort } from "./memory-short.js";
import { collapsedRow, type NetworkRule, notShown, row } from "./step.js";

const bytesOf = (pages: number, { pageBytes = 4096 }: TcpMemory): string => bytes(pages * pageBytes);

export const tcpMem: NetworkRule = (step) => {
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
