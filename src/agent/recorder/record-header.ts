// Where and with what a record was taken: its first line.
import { hostname, release } from "node:os";
import type { RecordHeader } from "../../export/record/record.js";
import { version } from "../../export/version.js";
import { readSysctl } from "../../kernel/sysctl.js";

/** What bears on queues, buffers and timers of sockets, and on the way up to them. */
const settings = [
  "net.core.somaxconn",
  "net.core.netdev_max_backlog",
  "net.core.netdev_budget",
  "net.core.netdev_budget_usecs",
  "net.core.rmem_max",
  "net.core.wmem_max",
  "net.ipv4.tcp_max_syn_backlog",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_abort_on_overflow",
  "net.ipv4.tcp_syn_retries",
  "net.ipv4.tcp_synack_retries",
  "net.ipv4.tcp_syn_linear_timeouts",
  "net.ipv4.tcp_retries2",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
  "net.ipv4.tcp_mem",
  "net.ipv4.tcp_notsent_lowat",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_tw_reuse",
  "net.ipv4.tcp_max_orphans",
  "net.ipv4.ip_local_port_range",
  "fs.file-max",
] as const;

export interface RecordPlace {
  /** The process that is watched. */
  readonly pid?: number | undefined;
  /** Epoch ms. */
  readonly started: number;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** Whose network namespace the settings are read from; its own when left out. */
  readonly from?: { readonly pid?: number } | undefined;
}

export const recordHeader = ({ pid, started, options, from = {} }: RecordPlace): RecordHeader => ({
  v: 1,
  kind: "sockscope-record",
  version: version(),
  node: process.version,
  kernel: release(),
  hostname: hostname(),
  pid,
  started,
  sysctl: Object.fromEntries(
    settings.flatMap((name) => {
      const values = readSysctl(name, from);
      return values === undefined ? [] : [[name, values.join(" ")]];
    }),
  ),
  options,
});
