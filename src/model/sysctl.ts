// Kernel settings the accept path depends on, with Linux's defaults (Documentation/networking/ip-sysctl.rst).
import type { Sysctls } from "../snapshot/snapshot.js";

export type ModelSysctls = { readonly [Name in keyof Sysctls]-?: number };

export const sysctlDefaults: ModelSysctls = {
  somaxconn: 4096,
  tcp_max_syn_backlog: 2048,
  tcp_syncookies: 1,
  tcp_abort_on_overflow: 0,
  tcp_syn_linear_timeouts: 4,
  tcp_synack_retries: 5,
  tcp_syn_retries: 6,
};

/** What listen(2) makes of the asked-for number: unsigned, and cut by somaxconn at that moment (net/socket.c). */
export const limitOf = (listenBacklog: number, somaxconn: number): number =>
  listenBacklog < 0 ? somaxconn : Math.min(listenBacklog, somaxconn);
