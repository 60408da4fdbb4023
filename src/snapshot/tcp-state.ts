// TCP states as the kernel numbers them (include/net/tcp_states.h) and ss spells them.

/** Index = kernel number. 0 is not a state; 12 (NEW_SYN_RECV) is reported as 3. */
export const tcpStates = [
  "UNKNOWN",
  "ESTAB",
  "SYN-SENT",
  "SYN-RECV",
  "FIN-WAIT-1",
  "FIN-WAIT-2",
  "TIME-WAIT",
  "UNCONN",
  "CLOSE-WAIT",
  "LAST-ACK",
  "LISTEN",
  "CLOSING",
  "NEW-SYN-RECV",
] as const;
export type TcpState = (typeof tcpStates)[number];

/** Congestion-control states (include/uapi/linux/tcp.h `enum tcp_ca_state`). */
export const caStates = ["Open", "Disorder", "CWR", "Recovery", "Loss"] as const;
export type CaState = (typeof caStates)[number];

/** Bit mask of states for a sock_diag request. */
export function stateMask(states: readonly TcpState[]): number {
  return states.reduce((mask, state) => mask | (1 << tcpStates.indexOf(state)), 0);
}
