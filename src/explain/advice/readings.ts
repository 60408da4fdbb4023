// What advice is given on: how a host and its namespaces are set up, read once. Plain data.
import type { Counters, CpuQuotaReading, ListenerReading, Sysctls } from "../../snapshot/snapshot.js";

export interface SetUp {
  /** The process that was asked about; `undefined`: the network namespace as a whole. */
  readonly pid?: number | undefined;
  /** All listeners of the network namespace; `undefined`: they could not be read. */
  readonly listeners?: readonly ListenerReading[] | undefined;
  /** The processes that hold them, or the one that was asked about. */
  readonly processes: readonly ProcessSetUp[];
  readonly settings: Settings;
  /** Since the network namespace exists. */
  readonly counters?: Counters | undefined;
}

export interface ProcessSetUp {
  readonly pid: number;
  readonly command?: string | undefined;
  readonly fds?: { readonly open: number; readonly limit: number } | undefined;
  /** The tightest quota of its cgroup and the parents: `quotaMs` of CPU time in each `periodMs`. */
  readonly cpuLimit?: { readonly quotaMs: number; readonly periodMs: number } | undefined;
  /** Since the cgroup exists. */
  readonly cpuQuota?: CpuQuotaReading | undefined;
}

/** Settings of the network namespace; minimum, default and maximum of the buffers in bytes. */
export interface Settings extends Sysctls {
  readonly tcp_rmem?: readonly number[] | undefined;
  readonly tcp_wmem?: readonly number[] | undefined;
}
