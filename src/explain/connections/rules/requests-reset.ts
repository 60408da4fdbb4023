// requests-reset: a request met a closing socket, and its sender got RST instead of an answer. Told from how own sockets
// ended: with data that was never read (close(2) sends RST, net/ipv4/tcp.c __tcp_close), or with data that came after our
// FIN (net/ipv4/tcp_input.c tcp_rcv_state_process), or that met the timewait socket which remained (tcp_timewait_state_process).
import type { ClosedReading } from "../../../snapshot/connection.js";
import type { Counters, ListenerReading, Snapshot } from "../../../snapshot/snapshot.js";
import { deltaU32 } from "../../delta.js";
import { bytes, count, duration } from "../../format.js";
import type { Judged } from "../groups.js";
import type { Thresholds } from "../../thresholds.js";
import { evidenceOf, type Row, type Verdict } from "../rule.js";

/** How a connection ended, where a request may have been lost with it. */
interface Ending {
  readonly closed: ClosedReading;
  /** Since the last answer was sent. */
  readonly idleMs: number;
  readonly timeoutMs: number | undefined;
  /** Without a FIN, or what may be a TLS peer's goodbye. */
  readonly unreadBytes: number;
  /** Data segments that came when nothing was accepted any more. */
  readonly refusedSegments: number;
  /** All was closed in order when something came that was answered with RST. */
  readonly cameLater: boolean;
  readonly moved: Counters;
  readonly lost: number;
}

/** Idle time is counted in ticks of up to 10 ms, and Node's timers fire up to 1 ms early. */
const tickMs = 20;

const isIdleClose = ({ closed, idleMs, timeoutMs }: Ending, { idleCloseMs }: Thresholds): boolean => {
  if ((closed.tcp?.bytesSent ?? 0) === 0 || timeoutMs === 0) return false;
  return idleMs >= (timeoutMs === undefined ? idleCloseMs : timeoutMs - tickMs);
};

/** All that is unread came since it was last seen idle: a request that nobody has begun to read. */
const isFreshRequest = ({ closed: { tcp, before, recvQBytes } }: Ending): boolean =>
  tcp?.bytesReceived !== undefined &&
  before?.bytesReceived !== undefined &&
  tcp.bytesReceived - before.bytesReceived === recvQBytes;

const endingOf = (
  closed: ClosedReading,
  listener: ListenerReading,
  moved: Counters,
  lost: number,
  { unreadAtCloseBytes }: Thresholds,
): Ending | undefined => {
  const { tcp, before, recvQBytes = 0 } = closed;
  if (tcp?.bytesReceived === undefined || tcp.lastDataSentMs === undefined) return undefined;
  // Never read at all: shed at accept, which is another symptom.
  if (tcp.bytesReceived <= recvQBytes) return undefined;
  const isSilent = before?.bytesReceived === tcp.bytesReceived;
  return {
    closed,
    idleMs: tcp.lastDataSentMs,
    timeoutMs: listener.keepAliveTimeoutMs,
    unreadBytes: recvQBytes >= (listener.tls ? unreadAtCloseBytes : 2) ? recvQBytes : 0,
    // A TLS peer says goodbye to a connection that was closed: such a segment looks the same.
    refusedSegments: isSilent && !listener.tls ? (deltaU32(before.dataSegsIn, tcp.dataSegsIn) ?? 0) : 0,
    cameLater: closed.answeredWithReset === true && !listener.tls,
    moved,
    lost,
  };
};

const rowsOf = (ending: Ending): readonly Row[] => {
  const { closed, moved, timeoutMs, unreadBytes, refusedSegments, lost } = ending;
  return [
    ["server.keepAliveTimeout", timeoutMs, "ms", "server.keepAliveTimeout"],
    ["idle when it was closed", ending.idleMs, "ms", "tcpi_last_data_sent at close"],
    ["data after our FIN", refusedSegments || undefined, "segments", "tcpi_data_segs_in without tcpi_bytes_received"],
    [
      "sent to it after its end",
      ending.cameLater ? "answered with RST" : undefined,
      undefined,
      "timewait socket gone, OutRsts",
    ],
    ["unread when it was closed", unreadBytes || undefined, "bytes", "sock_diag idiag_rqueue at close"],
    ["arrived before the close", unreadBytes ? closed.tcp?.lastDataRecvMs : undefined, "ms", "tcpi_last_data_recv"],
    ["TCPAbortOnData", moved.TCPAbortOnData || undefined, "count", "netstat, netns-wide"],
    ["TCPAbortOnClose", moved.TCPAbortOnClose || undefined, "count", "netstat, netns-wide"],
    ["sent before", closed.tcp?.bytesSent, "bytes", "tcpi_bytes_sent at close"],
    ["ends that were not seen", lost || undefined, "connections", "sock_diag destroy multicast"],
  ];
};

/** nginx's upstreams and the load balancers of the clouds keep idle connections for 60 s by default. */
const usualProxyMs = 60_000;
const marginMs = 5000;
const roundUp = (ms: number): number => Math.ceil(ms / 1000) * 1000;

const raceRemedies = ({ idleMs, timeoutMs }: Ending): readonly string[] => {
  const above = roundUp(Math.max(usualProxyMs, timeoutMs ?? 0, idleMs) + marginMs);
  const below = Math.max(1, Math.floor((timeoutMs ?? idleMs) / 1000) - 1);
  return [
    `Let the peer close first: server.keepAliveTimeout = ${above} and server.headersTimeout = ${above + 1000}, above the proxy's idle timeout (at least ${duration(idleMs)} here; nginx and most load balancers: 60 s).`,
    `Or the peer's idle timeout below ours: nginx keepalive_timeout ${below}s in the upstream block, undici keepAliveTimeout: ${below * 1000}.`,
  ];
};

const race = (ending: Ending): Verdict => {
  const { closed, idleMs, timeoutMs, unreadBytes, refusedSegments, cameLater } = ending;
  const isRefused = refusedSegments > 0 || cameLater;
  const when = isRefused
    ? `${refusedSegments ? count(refusedSegments, "segment") : "something"} came after our FIN`
    : `${bytes(unreadBytes)} had come ${duration(closed.tcp?.lastDataRecvMs ?? 0)} before and were not read`;
  return {
    symptom: "requests-reset",
    cause: "keep-alive-race",
    severity: "warning",
    confidence: cameLater ? (timeoutMs === undefined ? 0.65 : 0.83) : timeoutMs === undefined ? 0.75 : 0.93,
    weight: idleMs,
    isEvent: true,
    headline: "reset a request: we closed them as idle while it was on its way",
    detail: () => `idle for ${duration(idleMs)}, ${when}`,
    evidence: () =>
      evidenceOf([
        ...rowsOf(ending),
        ["the peer keeps idle connections for at least", idleMs, "ms", "its request came then"],
      ]),
    ruledOut: isRefused
      ? [{ cause: "closed-with-unread-data", because: "nothing unread was there when it was closed" }]
      : [],
    remedy: raceRemedies(ending),
  };
};

const unread = (ending: Ending, { closedUnread }: Thresholds): Verdict => {
  const { unreadBytes, idleMs } = ending;
  return {
    symptom: "requests-reset",
    cause: "closed-with-unread-data",
    severity: "warning",
    crowd: closedUnread,
    confidence: 0.9,
    weight: unreadBytes,
    isEvent: true,
    headline: "were closed while data waited to be read: the kernel sent RST, what was answered may be lost with it",
    detail: () => `${bytes(unreadBytes)} unread`,
    evidence: () => evidenceOf(rowsOf(ending)),
    ruledOut: [{ cause: "keep-alive-race", because: `it was in use, its last answer ${duration(idleMs)} old` }],
    remedy: [
      "Read the request to its end before the connection is closed, also when it is refused: req.resume(), then res.end().",
      "Where it must end at once: answer with 'Connection: close', socket.end(), and destroy() only when the peer has closed or after a second or two.",
    ],
  };
};

const unclear = (ending: Ending): Verdict => ({
  symptom: "requests-reset",
  cause: "unknown",
  severity: "info",
  confidence: 0.5,
  weight: ending.refusedSegments,
  isEvent: true,
  headline: "got data after we had closed them",
  detail: () => `${duration(ending.idleMs)} after the last answer`,
  evidence: () => evidenceOf(rowsOf(ending)),
  ruledOut: [{ cause: "keep-alive-race", because: "they were closed sooner than an idle timeout does" }],
  remedy: ["Find who closes: server.close(), closeIdleConnections() or destroy() while clients still send."],
});

const verdictOf = (ending: Ending, thresholds: Thresholds): Verdict | undefined => {
  const { moved, unreadBytes, refusedSegments, cameLater } = ending;
  // What the peer had reset before is not our doing: then the kernel does not count it here.
  if (unreadBytes > 0 && moved.TCPAbortOnClose)
    return isFreshRequest(ending) && isIdleClose(ending, thresholds) ? race(ending) : unread(ending, thresholds);
  if (!cameLater && (refusedSegments === 0 || !moved.TCPAbortOnData)) return undefined;
  return isIdleClose(ending, thresholds) ? race(ending) : unclear(ending);
};

interface Ended {
  readonly reading: ClosedReading;
  readonly listener: ListenerReading | undefined;
}

export interface RequestsReset {
  /** What the ends of connections since the look before say. */
  judge(snapshot: Snapshot, moved: Counters, thresholds: Thresholds): readonly Judged[];
}

/**
 * Ends and counters are not read at the same moment: an end whose counter has not moved yet is judged once more, beside
 * the counters of the next look.
 */
export const createRequestsReset = (): RequestsReset => {
  let waiting: readonly Ended[] = [];
  return {
    judge: (snapshot, moved, thresholds) => {
      const { closed } = snapshot.connections ?? {};
      if (!closed) return [];
      const judgedOf = ({ reading, listener }: Ended): readonly Judged[] => {
        const ending = listener && endingOf(reading, listener, moved, closed.lost, thresholds);
        const verdict = ending && verdictOf(ending, thresholds);
        return verdict ? [{ verdict: { ...verdict, quietMs: thresholds.resetQuietMs }, reading, isServer: true }] : [];
      };
      const listeners = new Map(snapshot.listeners.map((listener) => [listener.port, listener]));
      const ended = closed.rows.map((reading) => ({ reading, listener: listeners.get(reading.localPort) }));
      const judged = [...waiting, ...ended].map((one) => ({ one, found: judgedOf(one) }));
      const fresh = judged.slice(waiting.length);
      waiting = fresh.flatMap(({ one, found }) => (found.length === 0 ? one : []));
      return judged.flatMap(({ found }) => found);
    },
  };
};
