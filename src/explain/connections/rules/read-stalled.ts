// read-stalled: the peer has sent, the application does not get it: nobody reads, the loop stands, or a gap holds it.
import { bytes, duration } from "../../format.js";
import type { NodeSide } from "../../../snapshot/connection.js";
import type { Severity } from "../../finding.js";
import { hadItsChance, isBlocked, isHeld, isOnlyBusy, loopRows, notCounted } from "../loop-verdict.js";
import { evidenceOf, type Row, type SocketRule, type SocketView, severityAfter, type Verdict } from "../rule.js";
import { isUnsure } from "../node-counts.js";
import { outOfOrderHole } from "./out-of-order-hole.js";

/**
 * How long nothing was read, as seen from look to look. Who asks about one socket now has the last arrival before the
 * first look besides; for an alarm that is too little: a slow reader may have read since, of what came before.
 */
const unreadMsOf = ({ watch, reading, at, isAsked }: SocketView): number => {
  const seen = watch.unreadAt === undefined ? 0 : at - watch.unreadAt;
  return isAsked && watch.unreadAt === watch.firstAt ? Math.max(seen, reading.tcp?.lastDataRecvMs ?? 0) : seen;
};

/** One look does not show that nothing was read, only that what waits is as old as that. */
const howLong = ({ watch }: SocketView, unreadMs: number): string =>
  watch.step ? `nothing read for ${duration(unreadMs)}` : `the last came ${duration(unreadMs)} ago`;

const rowsOf = ({ reading, window, watch }: SocketView, unreadMs: number): readonly Row[] => [
  ["received, not read", reading.recvQBytes, "bytes", "SIOCINQ"],
  [watch.step ? "nothing read for" : "last arrival ago", unreadMs, "ms", "SIOCINQ, tcpi_last_data_recv"],
  ["arrived meanwhile", window.receivedBytes, "bytes", "tcpi_bytes_received"],
  ["receive buffer used", reading.mem?.rmemAlloc, "bytes", "SO_MEMINFO rmem_alloc"],
  ["receive buffer", reading.mem?.rcvbuf, "bytes", "SO_MEMINFO rcvbuf"],
  ["window we offer", reading.tcp?.rcvWndBytes, "bytes", "tcpi_rcv_wnd"],
  ["held in Node", reading.node?.readableLength, "bytes", "socket.readableLength"],
  ["stream", flowOf(reading.node?.readableFlowing), undefined, "socket.readableFlowing"],
];

const flowOf = (flowing: boolean | null | undefined): string | undefined =>
  flowing === undefined ? undefined : flowing === null ? "nobody reads yet" : flowing ? "flowing" : "paused";

/** How Node came to leave the bytes in the kernel. A stream read by 'readable' does not flow, and yet reads. */
const stoppedBy = (node: NodeSide | undefined): string | undefined => {
  if (!node || node.reading === true) return undefined;
  if (node.readableFlowing === false) return "the stream is paused";
  if (node.readableFlowing === null) return "nobody reads the stream";
  return node.reading === false ? "the stream above it is paused" : undefined;
};

type Told = Pick<Verdict, "cause" | "confidence" | "headline" | "ruledOut" | "remedy" | "stack" | "isYoung"> & {
  severity: Severity;
};

const verdict = (view: SocketView, unreadMs: number, told: Told, more: readonly Row[] = []): Verdict => ({
  symptom: "read-stalled",
  weight: unreadMs,
  detail: () => `${bytes(view.reading.recvQBytes ?? 0)} wait in the kernel, ${howLong(view, unreadMs)}`,
  evidence: () => evidenceOf([...rowsOf(view, unreadMs), ...more]),
  ...told,
});

const notReading = (view: SocketView, unreadMs: number): Verdict => {
  const { reading, thresholds } = view;
  const paused = stoppedBy(reading.node);
  return verdict(view, unreadMs, {
    cause: "application-not-reading",
    isYoung: isUnsure(view, "read-stalled", "application-not-reading"),
    severity: severityAfter(unreadMs, thresholds.unreadWarnMs),
    confidence: paused ? 0.97 : 0.85,
    headline: `did not read what had arrived: ${paused ?? "the application does not read"}`,
    ruledOut: [
      { cause: "event-loop-blocked", because: "the event loop has turned while the bytes waited" },
      { cause: "out-of-order-hole", because: "the bytes are in order and can be read" },
    ],
    remedy: [
      "Resume or consume the stream: resume(), a 'data' listener, for await, pipeline(); an unread request body too.",
      "If it waits for something slow on purpose, give that a deadline: the peer is held up meanwhile.",
    ],
  });
};

/** A loop that stands reads nothing: what came before, or in, that time and is still there has waited since. */
const blockedMsOf = ({ loop, reading, thresholds }: SocketView): number =>
  loop && loop.stillMs >= thresholds.blockedMs ? Math.min(loop.stillMs, reading.tcp?.lastDataRecvMs ?? 0) : 0;

const blocked = (view: SocketView, seenMs: number): Verdict | undefined => {
  const { loop, thresholds } = view;
  const unreadMs = Math.max(seenMs, blockedMsOf(view));
  if (!loop || unreadMs < thresholds.unreadMs || !isBlocked(loop, unreadMs, thresholds)) return undefined;
  const held = isHeld(loop);
  const onlyBusy = isOnlyBusy(view, loop);
  const told: Told = {
    cause: held ? "unknown" : "event-loop-blocked",
    severity: "warning",
    confidence: held ? 0.5 : onlyBusy ? 0.7 : 0.93,
    stack: held ? undefined : loop.stack,
    headline: held
      ? "did not read what had arrived: the thread was stopped or had no CPU"
      : `did not read what had arrived: the event loop stands still${loop.stack?.[0] ? ` in ${loop.stack[0]}` : ""}`,
    ruledOut: [
      {
        cause: "application-not-reading",
        because: onlyBusy ? "nothing was read from any connection" : "the loop has not turned since: it could not read",
      },
    ],
    remedy: held
      ? ["Look at what stops the process or takes its CPU: the quota, other processes, the hypervisor."]
      : ["Find what blocks the loop (the stack, node --cpu-prof) and move it into a worker thread or cut it up."],
  };
  return verdict(view, unreadMs, told, [...loopRows(loop), ...(onlyBusy ? [notCounted] : [])]);
};

/** Not one reading of the loop: then nobody can say who is to blame. */
const unknown = (view: SocketView, unreadMs: number): Verdict | undefined => {
  const { thresholds, loop, outside } = view;
  if (unreadMs < thresholds.unreadMs + thresholds.undecidedMs) return undefined;
  const missing = loop ? "which the loop has done since" : outside ? "the event loop, from outside" : "the event loop";
  return verdict(
    view,
    unreadMs,
    {
      cause: "unknown",
      isYoung: isUnsure(view, "read-stalled", "unknown"),
      severity: severityAfter(unreadMs, thresholds.unreadWarnMs),
      confidence: 0.4,
      headline: "did not read what had arrived",
      ruledOut: [{ cause: "out-of-order-hole", because: "the bytes are in order and can be read" }],
      remedy: ["Look at the process: top -H shows a loop that computes; a paused stream sleeps in ep_poll."],
    },
    [["not known", missing, undefined, "missing readings"]],
  );
};

export const readStalled: SocketRule = (view) => {
  const { reading, loop, thresholds, at } = view;
  if (reading.transport === "udp" || reading.state === "SYN-SENT" || reading.state === "TIME-WAIT") return undefined;
  if (!reading.recvQBytes) return outOfOrderHole(view);
  const unreadMs = unreadMsOf(view);
  const standing = blocked(view, unreadMs);
  if (standing || unreadMs < thresholds.unreadMs) return standing;
  if (stoppedBy(reading.node) || (loop && hadItsChance(loop, at - unreadMs))) return notReading(view, unreadMs);
  return unknown(view, unreadMs);
};
