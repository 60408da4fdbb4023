// write-stalled: bytes wait and do not move. Which of peer, path and own process holds them is in the window, the
// segments in flight and the timer (net/ipv4/tcp_timer.c; ss -tino).
import { isPollable } from "../../../model/transfer/write-room.js";
import type { SocketRule, SocketView, Verdict } from "../rule.js";
import { isUnaccepted, pendingOf } from "../figures.js";
import { silenceCause } from "./connect-cause.js";
import { nagleDelayedAck } from "./nagle-delayed-ack.js";
import { pathBlackhole } from "./path-blackhole.js";
import { peerNotReading } from "./peer-not-reading.js";
import { bytes, duration } from "../../format.js";
import { evidenceOf, severityAfter } from "../rule.js";
import { isBlocked, isHeld, loopRows } from "../loop-verdict.js";
import { isUnsure } from "../node-counts.js";
import { stillMsOf } from "../send-still.js";

/** How long before the block Node may have spoken last, or the last busy look been: two looks. */
const knownBeforeMs = 2000;
/** So long a transfer must have gone on to be one that the block cut, and not one that had ended. */
const pouredMs = 1000;

/** What Node held when the loop stood still: while it stands Node says nothing. */
const heldInNode = ({ watch: { heard }, at }: SocketView, stillMs: number): number =>
  heard !== undefined && at - heard.at <= stillMs + knownBeforeMs ? (heard.node.writableLength ?? 0) : 0;

/** Whether it was sending all the time until the block, and the kernel has nothing left of it. */
const wasCut = ({ watch: { pouring }, reading, at }: SocketView, stillMs: number): boolean =>
  pouring !== undefined &&
  pouring.until - pouring.since >= pouredMs &&
  at - pouring.until <= stillMs + knownBeforeMs &&
  pendingOf(reading) === 0 &&
  !reading.recvQBytes;

/** Node has more to send, the kernel would take it, and the loop does not turn to give it. */
const eventLoopBlocked = (view: SocketView): Verdict | undefined => {
  const { reading, loop, thresholds } = view;
  const { mem, tcp } = reading;
  const hasRoom =
    mem?.wmemQueued !== undefined &&
    mem.sndbuf !== undefined &&
    isPollable({ wmemQueued: mem.wmemQueued, sndbuf: mem.sndbuf });
  if (!hasRoom || !loop || loop.stillMs < thresholds.stalledMs || !isBlocked(loop, loop.stillMs, thresholds))
    return undefined;
  const held = heldInNode(view, loop.stillMs);
  if ((held === 0 && !wasCut(view, loop.stillMs)) || isHeld(loop)) return undefined;
  const what = held > 0 ? `Node holds ${bytes(held)}` : "it was sending until then, the kernel has nothing left";
  return {
    symptom: "write-stalled",
    cause: "event-loop-blocked",
    severity: "warning",
    confidence: held > 0 ? 0.85 : 0.6,
    stack: loop.stack,
    weight: Math.max(held, loop.stillMs),
    headline: "could not send: the event loop stands still",
    detail: () => `${what}; the loop has not turned for ${duration(loop.stillMs)}`,
    evidence: () =>
      evidenceOf([
        ["held in Node", held || undefined, "bytes", "socket.writableLength, before the loop stood"],
        ["nothing sent for", tcp?.lastDataSentMs, "ms", "tcpi_last_data_sent"],
        ["in the kernel", reading.sendQBytes, "bytes", "SIOCOUTQ"],
        ...loopRows(loop),
      ]),
    ruledOut: [{ cause: "peer-not-reading", because: "the kernel's send buffer has room" }],
    remedy: ["Find what blocks the loop (the stack, node --cpu-prof) and move it into a worker thread or cut it up."],
  };
};

const unixPeer = (view: SocketView, stillMs: number): Verdict | undefined => {
  const { reading, thresholds } = view;
  const pending = pendingOf(reading) ?? 0;
  if (reading.transport !== "unix" || pending === 0 || stillMs < thresholds.stalledMs) return undefined;
  return {
    symptom: "write-stalled",
    cause: "peer-not-reading",
    isYoung: isUnsure(view, "write-stalled", "peer-not-reading"),
    severity: severityAfter(stillMs, thresholds.stalledWarnMs),
    confidence: 0.9,
    weight: stillMs,
    headline: "could not send: the peer does not read",
    detail: () => `${bytes(pending)} of memory wait at a unix socket, nothing was taken for ${duration(stillMs)}`,
    evidence: () =>
      evidenceOf([
        ["waiting", pending, "bytes", "SIOCOUTQ"],
        ["nothing taken for", stillMs, "ms", "SIOCOUTQ, what Node got rid of"],
      ]),
    ruledOut: [{ cause: "path-blackhole", because: "a unix socket has no path" }],
    remedy: ["Look at the process at the other end: it does not read."],
  };
};

const unknown = (view: SocketView, stillMs: number): Verdict | undefined => {
  const { reading, thresholds } = view;
  const { tcp } = reading;
  // Timeouts that no longer rise, a round trip of a second: the cause shows itself, or the bytes move.
  if (stillMs < thresholds.stalledMs + thresholds.undecidedMs) return undefined;
  const missing = [
    ...(tcp ? [] : ["TCP_INFO"]),
    ...(tcp && tcp.sndWndBytes === undefined && !reading.timer ? ["the peer's window (Linux 5.4)"] : []),
    ...(reading.node ? [] : ["Node's side"]),
  ].join(", ");
  return {
    symptom: "write-stalled",
    cause: "unknown",
    severity: severityAfter(stillMs, thresholds.stalledWarnMs),
    confidence: 0.4,
    weight: stillMs,
    headline: "could not send",
    detail: () =>
      `${bytes(pendingOf(reading) ?? 0)} wait, nothing acknowledged for ${duration(stillMs)}, cause unknown`,
    evidence: () =>
      evidenceOf([
        ["waiting", pendingOf(reading), "bytes", "SIOCOUTQ"],
        ["in flight", tcp?.unacked, "segments", "tcpi_unacked"],
        ["timeouts in a row", tcp?.retransmits, "count", "tcpi_retransmits"],
        ["peer's window", tcp?.sndWndBytes, "bytes", "tcpi_snd_wnd"],
        ["not known", missing || undefined, undefined, "missing readings"],
      ]),
    ruledOut: [],
    remedy: ["Ask ss -tinmo for this connection: unacked, backoff, snd_wnd and the timer say who holds it."],
  };
};

export const writeStalled: SocketRule = (view) => {
  // A SYN in flight is another matter.
  if (/^(?:SYN-|TIME-WAIT|LISTEN)/.test(view.reading.state ?? "")) return undefined;
  // … and so is a handshake that the peer has not taken to its end: connect-unanswered.ts.
  if (isUnaccepted(view.reading) && silenceCause(view, stillMsOf(view))[0] === "peer-overflowing") return undefined;
  const nagle = nagleDelayedAck(view);
  if (nagle) return nagle;
  const blocked = eventLoopBlocked(view);
  const pending = pendingOf(view.reading);
  if (!pending) return blocked;
  const stillMs = stillMsOf(view);
  if (stillMs < view.thresholds.stalledMs) return blocked;
  if (view.reading.transport === "unix") return unixPeer(view, stillMs);
  return pathBlackhole(view, stillMs) ?? peerNotReading(view, stillMs) ?? blocked ?? unknown(view, stillMs);
};
