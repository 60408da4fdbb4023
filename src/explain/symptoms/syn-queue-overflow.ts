// syn-queue-overflow: more handshakes under way than limit + 1 request sockets. Without cookies SYNs are dropped
// (TCPReqQFullDrop, or silently by the rule of the last quarter), with them answered and forgotten
// (TCPReqQFullDoCookies, SyncookiesSent). Whether clients complete tells a rush from a flood.
import type { AcceptPath } from "../accept-path.js";
import type { Cause } from "../finding.js";
import { count, percent, placeOf, rate } from "../format.js";
import type { ListenerReading } from "../../snapshot/snapshot.js";
import { shorten } from "../wording.js";
import type { Beside, BesideSymptom } from "./beside.js";
import { createParticipants, crowded } from "./syn-queue-place.js";

/** How long drops are remembered until the half-open connections have been counted. */
const heldMs = 1500;
/** How long counters and half-open connections are asked for after the last drop. */
const recentMs = 2000;

/** What counts for the verdict: SYNs beyond the queue, and handshakes that were completed meanwhile. */
interface Moved {
  readonly dropped: number;
  readonly cookies: number;
  readonly answered: number;
  readonly completed: number;
}

interface Flood extends Moved {
  readonly key: string;
  readonly since: number;
  readonly beganAt: number;
  /** When the counters were last read without a SYN too many: what has moved since is counted from there. */
  readonly countedFrom: number;
  readonly path: AcceptPath;
  cause?: Cause | undefined;
  peakSynRecv: number;
  lastAt: number;
}

/** Of the SYNs that this has seen, the part whose handshake was completed. */
const completedShare = ({ dropped, cookies, answered, completed, peakSynRecv }: Flood): number => {
  const honest = cookies > 0 ? answered : completed;
  const tried = cookies > 0 ? cookies : completed + dropped + peakSynRecv;
  return tried === 0 ? 1 : Math.min(1, honest / tried);
};

const synsPerSecond = ({ dropped, cookies, countedFrom, lastAt }: Flood): number =>
  ((dropped + cookies) * 1000) / Math.max(1000, lastAt - countedFrom);

const causeOf = (flood: Flood, { thresholds, around }: Beside): Cause | undefined => {
  // Handshakes that were completed prove honest clients at once; that few were is only known after a while.
  if (completedShare(flood) >= thresholds.synCompleteShare) return "backlog-too-small";
  if (around.at - flood.beganAt < thresholds.synDecideMs) return undefined;
  return synsPerSecond(flood) > flood.path.watch.listener.limit + 1 ? "syn-flood" : "handshakes-incomplete";
};

const why = (flood: Flood): string => {
  const share = percent(completedShare(flood));
  if (flood.cause === "backlog-too-small")
    return `${share} of the clients complete: a rush that the limit is too small for`;
  const few = `only ${share} of the handshakes were completed`;
  return flood.cause === "syn-flood"
    ? `${few} at ${rate(synsPerSecond(flood))} SYNs/s beyond the queue: a SYN flood`
    : `${few}, at a low rate: clients vanish half-way (scanners, lost packets, asymmetric routes)`;
};

const remedies: Readonly<Partial<Record<Cause, (listener: ListenerReading, flood: Flood) => readonly string[]>>> = {
  "backlog-too-small": ({ limit }, { dropped, cookies }) => [
    `Raise the listen backlog (it bounds the SYN queue too) to ${2 ** Math.ceil(Math.log2((limit + 1 + dropped + cookies) * 1.25))}.`,
  ],
  "syn-flood": () => [
    "Keep net.ipv4.tcp_syncookies at 1, and filter the sources at the edge: no backlog holds a flood.",
  ],
  "handshakes-incomplete": () => [
    "Find the clients that do not answer: packet loss or a firewall on the way back, port scanners, a spoofing neighbour.",
  ],
};

const report = (flood: Flood, beside: Beside): void => {
  const { thresholds, around, lifecycle, netns } = beside;
  const { path, dropped, cookies } = flood;
  const { listener } = path.watch;
  const cause = flood.cause ?? "unknown";
  const severity = cause === "syn-flood" || dropped >= thresholds.criticalClients ? "critical" : "warning";
  const subject = path.subject();
  const source = "netstat, netns-wide";
  lifecycle.report(
    flood.key,
    {
      face: { symptom: "syn-queue-overflow", cause, severity, stack: false, toll: dropped + cookies },
      compose: () => ({
        symptom: "syn-queue-overflow",
        cause,
        severity,
        confidence: flood.peakSynRecv > listener.limit ? 0.9 : 0.7,
        subject,
        summary: shorten(
          `The SYN queue of ${placeOf(listener)} (room for ${listener.limit + 1}) was full: ${count(dropped, "SYN")} dropped, ${count(cookies, "SYN")} answered with a cookie; ${why(flood)}.`,
        ),
        evidence: [
          { name: "SYNs dropped", value: dropped, unit: "segments", source: `TCPReqQFullDrop, ListenDrops; ${source}` },
          {
            name: "SYNs answered with a cookie",
            value: cookies,
            unit: "segments",
            source: `TCPReqQFullDoCookies; ${source}`,
          },
          {
            name: "cookies that came back",
            value: flood.answered,
            unit: "segments",
            source: `SyncookiesRecv; ${source}`,
          },
          {
            name: "handshakes completed",
            value: flood.completed,
            unit: "connections",
            source: `PassiveOpens; ${source}`,
          },
          { name: "half-open at most", value: flood.peakSynRecv, unit: "connections", source: "sock_diag SYN_RECV" },
          { name: "limit", value: listener.limit, unit: "connections", source: "TCP_INFO tcpi_sacked; limit + 1 fit" },
          {
            name: "tcp_syncookies",
            value: netns.sysctl.tcp_syncookies ?? "not read",
            source: "/proc/sys/net/ipv4/tcp_syncookies",
          },
        ],
        ruledOut: [],
        remedy: remedies[cause]?.(listener, flood) ?? [],
      }),
      quietMs: thresholds.resolveMs,
      subject,
      evidence: around.at === flood.lastAt,
      since: flood.since,
    },
    around.at,
    around.time,
  );
};

/** SYNs dropped by this step's counters, with and without a counter of their own. */
const droppedBy = ({ moved, netns }: Beside): number => {
  const full = moved.TCPReqQFullDrop ?? 0;
  // The last quarter of tcp_max_syn_backlog: ListenDrops alone, and only without cookies.
  const silent = (moved.ListenDrops ?? 0) - (moved.ListenOverflows ?? 0) - full;
  return full + (netns.sysctl.tcp_syncookies === 0 ? Math.max(0, silent) : 0);
};

const nothingMoved: Moved = { dropped: 0, cookies: 0, answered: 0, completed: 0 };

const movedBy = (beside: Beside): Moved => ({
  dropped: droppedBy(beside),
  // syncookies=2 answers every SYN with one: nothing overflowed.
  cookies: beside.netns.sysctl.tcp_syncookies === 2 ? 0 : (beside.moved.TCPReqQFullDoCookies ?? 0),
  answered: beside.moved.SyncookiesRecv ?? 0,
  completed: beside.moved.PassiveOpens ?? 0,
});

const sum = (a: Moved, b: Moved): Moved => ({
  dropped: a.dropped + b.dropped,
  cookies: a.cookies + b.cookies,
  answered: a.answered + b.answered,
  completed: a.completed + b.completed,
});

const isFull = ({ dropped, cookies }: Moved): boolean => dropped + cookies > 0;

export const createSynQueue = (): BesideSymptom => {
  let flood: Flood | undefined;
  let lastMovedAt = Number.NEGATIVE_INFINITY;
  let now = 0;
  let calmAt: number | undefined;
  // Moved before it was known whose SYN queue is full.
  let held = nothingMoved;
  const participants = createParticipants();

  const begin = (path: AcceptPath, { around, lifecycle }: Beside): Flood => ({
    key: lifecycle.newKey(),
    since: around.time,
    beganAt: around.at,
    countedFrom: calmAt ?? around.at,
    path,
    ...nothingMoved,
    peakSynRecv: 0,
    lastAt: around.at,
  });

  const fold = (one: Flood, beside: Beside, moved: Moved): void => {
    Object.assign(one, sum(one, moved));
    one.peakSynRecv = Math.max(one.peakSynRecv, one.path.watch.listener.synRecv ?? 0);
    if (isFull(moved)) one.lastAt = beside.around.at;
  };

  return {
    observe: (beside) => {
      const { around, thresholds, lifecycle, netns } = beside;
      now = around.at;
      const step = movedBy(beside);
      if (netns.fresh && !isFull(step) && !isFull(held)) calmAt = now;
      if (around.at - lastMovedAt > heldMs) {
        held = nothingMoved;
        if (!isFull(step)) participants.rest(beside);
      }
      if (isFull(step)) lastMovedAt = around.at;
      const moved = sum(held, step);
      if (flood && around.at - flood.lastAt >= thresholds.resolveMs && !lifecycle.has(flood.key)) flood = undefined;
      if (!flood && isFull(moved)) {
        const path = crowded(beside, moved.answered, participants);
        // A full accept queue fills the SYN queue behind it: that finding already says so.
        if (path && !path.overflowing) flood = begin(path, beside);
      }
      held = flood || !isFull(moved) ? nothingMoved : moved;
      if (!flood) return;
      fold(flood, beside, moved);
      if (flood.path.overflowing && !lifecycle.has(flood.key)) flood = undefined;
      else {
        flood.cause = causeOf(flood, beside) ?? flood.cause;
        if (flood.cause) report(flood, beside);
      }
    },
    // A look may fall into the middle of a rush: who completes is counted by the next ones.
    wants: () => {
      const isRecent = now - lastMovedAt < recentMs;
      return { counters: flood !== undefined || isRecent, synRecv: isRecent };
    },
  };
};
