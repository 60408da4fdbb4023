// One reading of what lies below the sockets: CPUs' receive work, interfaces down to their queues and interrupts, memory.
// CPUs, interrupts and TCP's memory are of the whole host; interfaces are of one network namespace.
import type { Missing } from "../snapshot/snapshot.js";
import { type CgroupMemory, openCgroupMemory } from "./cgroup-memory.js";
import { type CpuTime, openCpuTimes } from "./cpu-time.js";
import { type HostNic, type InterfaceSources, openInterfaces } from "./host-nics.js";
import { type Interrupts, parseInterrupts } from "./interrupts.js";
import { openReader } from "./proc-reader.js";
import { type From, type KeptReading, once, processPath, procPath } from "./proc-root.js";
import { type CpuSoftirqs, openSoftirqs } from "./softirqs.js";
import { parseSoftnet, type SoftnetCpu } from "./softnet-stat.js";
import { openTcpMemory, type TcpMemory } from "./tcp-memory.js";

/** One CPU's receive work. */
export interface HostCpu {
  readonly cpu: number;
  readonly softnet?: SoftnetCpu | undefined;
  readonly softirqs?: CpuSoftirqs | undefined;
  readonly time?: CpuTime | undefined;
}

export interface HostNetwork {
  /** Online CPUs of the host, ascending. */
  readonly cpus: readonly HostCpu[];
  /** CPUs that the columns of `nics[].irqs[].counts` stand for. */
  readonly interruptCpus: readonly number[];
  /** Interfaces of the network namespace, loopback included. */
  readonly nics: readonly HostNic[];
  readonly tcpMemory?: TcpMemory | undefined;
  /** Of the cgroup of `pid`. */
  readonly cgroupMemory?: CgroupMemory | undefined;
  /** What was wanted and could not be had. What a driver has no answer for is no loss and not listed. */
  readonly missing: readonly Missing[];
}

/** Below the sockets of the own process, or of `from.pid` (its network namespace and cgroup). */
export function readHostNetwork(from: From = {}): HostNetwork {
  return once(openHostNetwork(from))!;
}

/**
 * The same over descriptors that stay open; `read` never gives `undefined`. Two CPUs and four interfaces: 0.8 ms, of which
 * /proc/interrupts, the interfaces' dump and the cgroup are half; opening and closing twice that. The dump waits while
 * somebody changes interfaces (rtnl_lock): 10 ms and more have been seen. Not for every sample.
 */
export function openHostNetwork(from: From = {}): KeptReading<HostNetwork> {
  const host = { proc: from.proc };
  const softnet = openReader(processPath(host, "net/softnet_stat"));
  const softirqs = openSoftirqs(host);
  const times = openCpuTimes(host);
  const interrupts = openReader(procPath(host, "interrupts"));
  const interfaces: InterfaceSources = openInterfaces(from);
  const tcp = openTcpMemory(from);
  const cgroup = openCgroupMemory(from);
  return {
    close: () => {
      for (const source of [softnet, softirqs, times, interrupts, interfaces, tcp, cgroup]) source.close();
    },
    read: () => {
      const missing: Missing[] = [];
      const wanted = <T>(source: string, value: T | undefined): T | undefined => {
        if (value === undefined) missing.push({ source, reason: "cannot be read" });
        return value;
      };
      const lines = wanted("softnet-stat", softnet.read());
      const cpus = joinCpus(
        lines === undefined ? [] : parseSoftnet(lines),
        wanted("softirqs", softirqs.read()) ?? [],
        wanted("cpu-time", times.read()) ?? [],
      );
      const text = wanted("interrupts", interrupts.read());
      let table: Interrupts | undefined;
      const nics = interfaces.read((irqs) => {
        table = text === undefined ? undefined : parseInterrupts(text, irqs);
        return table?.rows;
      }, missing);
      const tcpMemory = wanted("tcp-memory", tcp.read());
      if (tcpMemory && tcpMemory.limits === undefined)
        missing.push({ source: "tcp_mem", reason: "not shown in this network namespace" });
      const cgroupMemory = wanted("cgroup-memory", cgroup.read());
      return { cpus, interruptCpus: table?.cpus ?? [], nics, tcpMemory, cgroupMemory, missing };
    },
  };
}

/** By number; softnet lines of older kernels, which have none, stand for the online CPUs in order. Pure. */
export function joinCpus(
  softnet: readonly SoftnetCpu[],
  softirqs: readonly CpuSoftirqs[],
  times: readonly CpuTime[],
): readonly HostCpu[] {
  const numbers = times.length > 0 ? times.map(({ cpu }) => cpu) : softnet.map(({ cpu }, i) => cpu ?? i);
  const numbered = softnet.length === numbers.length ? softnet : softnet.filter(({ cpu }) => cpu !== undefined);
  return numbers.map((cpu, i) => ({
    cpu,
    softnet: numbered.find((row) => row.cpu === cpu) ?? (numbered[i]?.cpu === undefined ? numbered[i] : undefined),
    softirqs: softirqs.find((row) => row.cpu === cpu),
    time: times.find((row) => row.cpu === cpu),
  }));
}
