// When the kernel gives a connection up (net/ipv4/tcp_timer.c retransmits_timed_out): from tcp_retries2.

/** TCP_RTO_MIN, from which the kernel derives the deadline whatever the connection's own timeout is. */
const rtoMinMs = 200;
const rtoMaxMs = 120_000;
/** Doublings from 200 ms up to the maximum of 120 s. */
const doublings = 9;
export const defaultRetries2 = 15;

/** Milliseconds after the first loss probe: 15 → 924.6 s, 8 → 102.2 s. */
export const giveUpAfterMs = (retries2: number): number =>
  (2 ** (Math.min(retries2, doublings) + 1) - 1) * rtoMinMs + Math.max(0, retries2 - doublings) * rtoMaxMs;

/** The tail loss probe comes after 2·srtt and 200 ms (the delayed ACK of a lone segment). */
export const lossProbeMs = (rttMs: number): number => 2 * rttMs + rtoMinMs;
