// Limits that were produced over a relay (40 ms of round trip unless said), with their figures and what is said of each.
import type { Phase } from "./history.js";

export const mss = 1448;
const far = { rttMicros: 40_400, minRttMicros: 40_000 };

export interface Row {
  readonly phase: Phase;
  readonly says: readonly string[];
}

export const rows: Readonly<Record<string, Row>> = {
  "congestion window at the path's product, autotuned: 1308 of 1305, 0.8 MB unsent, 314 Mb/s": {
    phase: {
      tcp: { ...far, cwnd: 1308, unacked: 1305, notSentBytes: 800_000, sndWndBytes: 20e6 },
      row: { sendQBytes: 800_000 + 1305 * mss },
      perSecond: { bytesAcked: 39.25e6, dataSegsOut: 27_100, busyMicros: 1e6 },
    },
    says: ["throughput-limited/congestion-window info"],
  },
  "SO_SNDBUF 32 K: 15.6 Mb/s, 29 of 1320, nothing unsent, sndbuf clock 0.01, app_limited": {
    phase: {
      tcp: { ...far, cwnd: 1320, unacked: 29, notSentBytes: 0, sndWndBytes: 6_600_000 },
      row: { sendQBytes: 29 * mss, appLimited: true },
      mem: { sndbuf: 65_536, wmemQueued: 29 * mss + 2 * 832 + 5000 },
      perSecond: { bytesAcked: 1.95e6, dataSegsOut: 1350, busyMicros: 1e6, sndbufLimitedMicros: 0.01e6 },
    },
    says: ["throughput-limited/send-buffer warning"],
  },
  "the peer's SO_RCVBUF 32 K, read at once: 27 of 61, window 39096 constant, 190 K unsent": {
    phase: {
      tcp: { ...far, cwnd: 61, unacked: 27, notSentBytes: 190_000, sndWndBytes: 39_096 },
      row: { sendQBytes: 190_000 + 27 * mss },
      perSecond: { bytesAcked: 960_000, dataSegsOut: 670, busyMicros: 1e6, rwndLimitedMicros: 0.98e6 },
    },
    says: ["throughput-limited/receive-window warning"],
  },
  "a peer that reads 16 K every 50 ms: 22 of 78, 320 K unsent, its window moves": {
    phase: {
      tcp: { ...far, cwnd: 78, unacked: 22, notSentBytes: 320_000 },
      each: (n) => ({ tcp: { sndWndBytes: n % 2 ? 33_000 : 18_000 } }),
      row: { sendQBytes: 320_000 + 22 * mss },
      perSecond: { bytesAcked: 320_000, dataSegsOut: 221, busyMicros: 1e6, rwndLimitedMicros: 0.98e6 },
    },
    says: ["throughput-limited/receive-window info"],
  },
  "4 Mb/s with a deep queue: 93 of 93, 217 K unsent, round trip 10 → 267 ms": {
    phase: {
      tcp: { rttMicros: 267_000, minRttMicros: 10_000, cwnd: 93, unacked: 93, notSentBytes: 217_000 },
      row: { sendQBytes: 217_000 + 93 * mss },
      perSecond: { bytesAcked: 480_000, dataSegsOut: 335, busyMicros: 1e6 },
    },
    says: ["throughput-limited/shaped-link warning"],
  },
  "4 Mb/s with a queue of 20 packets: 16 of 16, 50 K unsent, round trip 63 ms, 0.9 % repeated": {
    phase: {
      tcp: { rttMicros: 63_000, minRttMicros: 10_000, cwnd: 16, unacked: 16, notSentBytes: 50_000 },
      row: { sendQBytes: 50_000 + 16 * mss },
      perSecond: { bytesAcked: 480_000, dataSegsOut: 335, totalRetrans: 3, busyMicros: 1e6 },
    },
    says: ["throughput-limited/shaped-link info"],
  },
  "2 % lost, cubic: 9 of 9, 336 K unsent, round trip as it should be": {
    phase: {
      tcp: { rttMicros: 20_900, minRttMicros: 20_000, cwnd: 9, unacked: 9, notSentBytes: 336_000 },
      row: { sendQBytes: 336_000 + 9 * mss },
      perSecond: { bytesAcked: 620_000, dataSegsOut: 440, totalRetrans: 9, busyMicros: 1e6 },
    },
    says: ["throughput-limited/packet-loss warning"],
  },
  "2 % lost, bbr: window 4194, nothing unsent, 461 Mb/s all the same": {
    phase: {
      tcp: { rttMicros: 20_900, minRttMicros: 20_000, cwnd: 4194, unacked: 830, notSentBytes: 0 },
      row: { sendQBytes: 830 * mss },
      mem: { sndbuf: 4_194_304, wmemQueued: 1_300_000 },
      perSecond: {
        bytesAcked: 57.6e6,
        dataSegsOut: 40_600,
        totalRetrans: 812,
        busyMicros: 1e6,
        rwndLimitedMicros: 0.02e6,
        sndbufLimitedMicros: 0.28e6,
      },
    },
    says: [],
  },
  "5 % reordered by 8 ms: 110, 133 out and 23 of them SACKed, 1035 reorderings, none lost": {
    phase: {
      tcp: { rttMicros: 20_900, minRttMicros: 20_000, cwnd: 110, unacked: 133, sacked: 23, notSentBytes: 3_600_000 },
      row: { sendQBytes: 3_600_000 + 133 * mss },
      perSecond: {
        bytesAcked: 7.6e6,
        dataSegsOut: 5300,
        totalRetrans: 260,
        dsackDups: 250,
        reordSeen: 260,
        busyMicros: 1e6,
      },
    },
    says: ["throughput-limited/congestion-window info"],
  },
  "an application that writes 1 KB every 10 ms: 3 of 10, app_limited, busy all the time": {
    phase: {
      tcp: { ...far, cwnd: 10, unacked: 3, notSentBytes: 0 },
      row: { sendQBytes: 3000, appLimited: true },
      mem: { sndbuf: 46_080, wmemQueued: 6000 },
      perSecond: { bytesAcked: 100_000, dataSegsOut: 100, busyMicros: 1e6 },
    },
    says: [],
  },
  "an application that writes 20 KB every 100 ms: nothing in flight, busy 0.42 of the time": {
    phase: {
      tcp: { ...far, cwnd: 20, unacked: 0, notSentBytes: 0 },
      row: { appLimited: true },
      perSecond: { bytesAcked: 200_000, dataSegsOut: 140, busyMicros: 0.42e6 },
    },
    says: [],
  },
  "our own SO_RCVBUF 32 K, read at once: 977 KB/s through 39096 bytes": {
    phase: {
      tcp: { ...far, rcvWndBytes: 39_096 },
      mem: { rcvbuf: 65_536 },
      perSecond: { bytesReceived: 960_000 },
    },
    says: ["throughput-limited/receive-buffer warning"],
  },
  "an upload that the sender's pace limits": {
    phase: {
      tcp: { ...far, rcvWndBytes: 3_000_000 },
      mem: { rcvbuf: 6_000_000 },
      perSecond: { bytesReceived: 960_000 },
    },
    says: [],
  },
};
