// What moved at one socket between two looks (tcp_info, SO_MEMINFO, SIOCINQ): differences, never totals.
import type { ConnectionReading, TcpFigures } from "../../snapshot/connection.js";
import { delta, deltaU32 } from "../delta.js";

export interface SocketStep {
  readonly ms: number;
  readonly ackedBytes?: number | undefined;
  readonly receivedBytes?: number | undefined;
  /** Taken by the application: what was received less what the queue grew by. */
  readonly readBytes?: number | undefined;
  readonly sentSegments?: number | undefined;
  readonly retransSegments?: number | undefined;
  readonly dsackDups?: number | undefined;
  readonly reorderings?: number | undefined;
  readonly outOfOrderPackets?: number | undefined;
  readonly busyMs?: number | undefined;
  readonly windowLimitedMs?: number | undefined;
  readonly sndbufLimitedMs?: number | undefined;
  readonly drops?: number | undefined;
  /** Repeats of its SYN, at the step in which the connection came about; absent at all others. */
  readonly synRepeats?: number | undefined;
}

const grown = (before: TcpFigures | undefined, after: TcpFigures | undefined, name: keyof TcpFigures) =>
  delta(before?.[name], after?.[name]);
const grown32 = (before: TcpFigures | undefined, after: TcpFigures | undefined, name: keyof TcpFigures) =>
  deltaU32(before?.[name], after?.[name]);
const millis = (micros: number | undefined): number | undefined => (micros === undefined ? undefined : micros / 1000);

/** Bytes that left the receive queue; a socket that does not count what it receives tells only how far it fell. */
export const readBytesOf = (before: ConnectionReading, after: ConnectionReading): number | undefined => {
  if (before.recvQBytes === undefined || after.recvQBytes === undefined) return undefined;
  const received = grown(before.tcp, after.tcp, "bytesReceived") ?? 0;
  return Math.max(0, received - (after.recvQBytes - before.recvQBytes));
};

/** Compares two readings of the same socket. */
export const socketStepOf = (before: ConnectionReading, after: ConnectionReading, ms: number): SocketStep => ({
  ms,
  ackedBytes: grown(before.tcp, after.tcp, "bytesAcked"),
  receivedBytes: grown(before.tcp, after.tcp, "bytesReceived"),
  readBytes: readBytesOf(before, after),
  sentSegments: grown32(before.tcp, after.tcp, "dataSegsOut"),
  retransSegments: grown32(before.tcp, after.tcp, "totalRetrans"),
  dsackDups: grown32(before.tcp, after.tcp, "dsackDups"),
  reorderings: grown32(before.tcp, after.tcp, "reordSeen"),
  outOfOrderPackets: grown32(before.tcp, after.tcp, "rcvOoopack"),
  busyMs: millis(grown(before.tcp, after.tcp, "busyMicros")),
  windowLimitedMs: millis(grown(before.tcp, after.tcp, "rwndLimitedMicros")),
  sndbufLimitedMs: millis(grown(before.tcp, after.tcp, "sndbufLimitedMicros")),
  drops: deltaU32(before.mem?.drops, after.mem?.drops),
  synRepeats: before.state === "SYN-SENT" && after.state === "ESTAB" ? after.tcp?.totalRetrans : undefined,
});
