// What the limits of a transfer have in common: rates over the window, how long it has held, how it is told.
import type { Cause, Severity } from "../finding.js";
import { bytesPerSecond } from "../format.js";
import { minRttMsOf, notSentOf, rttMsOf } from "./figures.js";
import { evidenceOf, type Row, type SocketView, type Verdict } from "./rule.js";

export const rateOf = (bytes: number | undefined, ms: number): number | undefined =>
  bytes === undefined || ms <= 0 ? undefined : (bytes / ms) * 1000;

/** Bytes per second that a window of this size carries over this round trip. */
export const windowRate = (windowBytes: number, rttMs: number): number => (windowBytes / rttMs) * 1000;

/** Part of the time with something to send or in flight that the peer's window held it back. */
export const windowLimitedShare = ({ window }: SocketView): number | undefined =>
  window.windowLimitedMs === undefined || !window.busyMs ? undefined : window.windowLimitedMs / window.busyMs;

/**
 * A buffer or a window above this was not made small by anybody: it is what the kernel's own limits allow (4 to 6 MB by
 * default) on a long fast path; worth knowing, but the transfer is fast.
 */
export const smallBufferBytes = 1_048_576;

/** At three looks of four or more. */
export const mostly = (hits: number, looks: number): boolean => hits >= 0.75 * looks;

interface Limit extends Pick<Verdict, "confidence" | "detail" | "ruledOut" | "remedy"> {
  readonly cause: Cause;
  readonly severity: Severity;
  readonly because: string;
  readonly rows: readonly Row[];
}

/** What the first look that showed it had looked back on. */
const firstWindowMs = 1000;

/** A limit is told when it has held for `limitedWarnMs`: slow start and short rushes pass. */
export const limitedBy = (view: SocketView, limit: Limit): Verdict => {
  const { reading, window, thresholds, heldMs } = view;
  const { cause, because, rows, ...rest } = limit;
  const lastedMs = heldMs("throughput-limited", cause) + Math.min(window.ms, firstWindowMs);
  const rate = rateOf(window.ackedBytes || undefined, window.ms);
  return {
    ...rest,
    symptom: "throughput-limited",
    cause,
    isYoung: lastedMs < thresholds.limitedWarnMs,
    weight: lastedMs,
    headline: `could not go faster: ${because}`,
    evidence: () =>
      evidenceOf([
        ["rate", rate, "bytes/s", "tcpi_bytes_acked"],
        ...rows,
        ["round-trip time", rttMsOf(reading), "ms", "tcpi_rtt"],
        ["least round-trip time", minRttMsOf(reading), "ms", "tcpi_min_rtt"],
        ["congestion window", reading.tcp?.cwnd, "segments", "tcpi_snd_cwnd"],
        ["in flight", reading.tcp?.unacked, "segments", "tcpi_unacked"],
        ["peer's window", reading.tcp?.sndWndBytes, "bytes", "tcpi_snd_wnd"],
        ["written, not sent", notSentOf(reading), "bytes", "SIOCOUTQNSD"],
        ["congestion control", reading.congestion, undefined, "TCP_CONGESTION"],
      ]),
  };
};

export const speed = (view: SocketView): string => bytesPerSecond(rateOf(view.window.ackedBytes, view.window.ms) ?? 0);
