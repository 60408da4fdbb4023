// Since when nothing that was sent has been acknowledged: by what was seen, and by the kernel's own timers.
import { pendingOf } from "./figures.js";
import type { SocketView } from "./rule.js";

/** How long nothing has been acknowledged while bytes wait. At the first look the kernel's own timers tell. */
export const stillMsOf = ({ watch, reading, at }: SocketView): number => {
  const { tcp } = reading;
  const seen = watch.sendStillAt === undefined ? 0 : at - watch.sendStillAt;
  if (!tcp || (pendingOf(reading) ?? 0) === 0) return seen;
  const rtoMs = (tcp.rtoMicros ?? 0) / 1000;
  // The k-th probe leaves rto·2^(k-1) after the window shut, and rto stays; a retransmission's rto itself is doubled.
  const probing = tcp.unacked === 0 && (tcp.backoff ?? 0) > 0;
  const told = probing
    ? Math.min(tcp.lastDataSentMs ?? 0, rtoMs * 2 ** (Math.min(tcp.backoff ?? 0, 16) - 1))
    : (tcp.unacked ?? 0) > 0 && (tcp.retransmits ?? 0) > 0
      ? Math.min(tcp.lastAckRecvMs ?? 0, rtoMs * (1 - 2 ** -(tcp.retransmits ?? 0)))
      : 0;
  return Math.max(seen, told);
};

/** Timeouts go unanswered: what was acknowledged in the window before them is no rate of now. */
export const isUnanswered = (view: SocketView): boolean =>
  (view.reading.tcp?.retransmits ?? 0) > 0 && stillMsOf(view) >= view.thresholds.stalledMs;
