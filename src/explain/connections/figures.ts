// What a single reading of a socket says, in the words of the formulas: in flight, waiting, round trips in ms.
import type { ConnectionReading } from "../../snapshot/connection.js";

export const notSentOf = ({ notSentBytes, tcp }: ConnectionReading): number | undefined =>
  notSentBytes ?? tcp?.notSentBytes;

/** Segments on the path: net/ipv4 tcp_packets_in_flight. */
export const inFlightOf = ({ tcp }: ConnectionReading): number | undefined =>
  tcp?.unacked === undefined
    ? undefined
    : Math.max(0, tcp.unacked - (tcp.sacked ?? 0) - (tcp.lost ?? 0) + (tcp.retrans ?? 0));

export const inFlightBytesOf = (reading: ConnectionReading): number | undefined => {
  const { tcp, sendQBytes } = reading;
  const notSent = notSentOf(reading);
  if (sendQBytes !== undefined && notSent !== undefined) return Math.max(0, sendQBytes - notSent);
  const segments = inFlightOf(reading);
  return segments === undefined || tcp?.sndMssBytes === undefined ? undefined : segments * tcp.sndMssBytes;
};

/** Written and not acknowledged; a FIN counts as one byte and is none of the application's. */
export const pendingOf = (reading: ConnectionReading): number | undefined => {
  const notSent = notSentOf(reading);
  const unacked = reading.tcp?.unacked;
  if (reading.sendQBytes === undefined && notSent === undefined && unacked === undefined) return undefined;
  const queued = reading.sendQBytes ?? (notSent ?? 0) + (unacked ?? 0) * (reading.tcp?.sndMssBytes ?? 1);
  const fin = /^(?:FIN-WAIT-1|LAST-ACK|CLOSING)$/.test(reading.state ?? "") ? 1 : 0;
  return Math.max(0, queued - fin);
};

export const rttMsOf = ({ tcp }: ConnectionReading): number | undefined =>
  tcp?.rttMicros ? tcp.rttMicros / 1000 : undefined;
export const minRttMsOf = ({ tcp }: ConnectionReading): number | undefined =>
  tcp?.minRttMicros ? tcp.minRttMicros / 1000 : undefined;

export const cwndBytesOf = ({ tcp }: ConnectionReading): number | undefined =>
  tcp?.cwnd === undefined || tcp.sndMssBytes === undefined ? undefined : tcp.cwnd * tcp.sndMssBytes;

/** The peer's window is shut, or too small for one segment. */
export const isWindowShut = ({ tcp }: ConnectionReading): boolean | undefined =>
  tcp?.sndWndBytes === undefined ? undefined : tcp.sndWndBytes < Math.max(1, tcp.sndMssBytes ?? 1);

/**
 * Established for this side only: the peer acknowledged the SYN and nothing since, sent nothing, and what was sent times out.
 * So it is where the peer's accept queue was full when the handshake's last segment came.
 */
export const isUnaccepted = ({ transport, state, role, tcp }: ConnectionReading): boolean =>
  transport === "tcp" &&
  state === "ESTAB" &&
  role !== "server" &&
  tcp?.bytesAcked !== undefined &&
  tcp.bytesAcked <= 1 &&
  tcp.bytesReceived === 0 &&
  (tcp.unacked ?? 0) > 0 &&
  (tcp.retransmits ?? 0) > 0;

/** Window probes are under way: nothing in flight, and a timer that doubles. */
export const isProbing = ({ tcp, timer }: ConnectionReading): boolean | undefined =>
  timer
    ? timer.kind === "zero-window-probe"
    : tcp?.backoff === undefined
      ? undefined
      : tcp.unacked === 0 && (tcp.backoff > 0 || (tcp.probes ?? 0) > 0);
