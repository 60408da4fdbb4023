// Which sockets are worth an object. A quiet idle connection costs one SO_MEMINFO and nothing else: memory in use
// there (kernel net/core/sock.c sk_get_meminfo) tells bytes to be read, a gap in what was received, bytes to be sent or
// acknowledged and a SYN without its answer, all in one system call that takes no lock on the socket.
import type { TcpState } from "../../snapshot/tcp-state.js";

/** Columns of SO_MEMINFO of many sockets; NaN: not read. */
export interface MemoryColumns {
  readonly rmemAlloc: Float64Array;
  readonly wmemQueued: Float64Array;
}

/** Whether socket `i` holds anything: something is to be read, sent, acknowledged, or stands behind a gap. */
export const isInUse = ({ rmemAlloc, wmemQueued }: MemoryColumns, i: number): boolean =>
  rmemAlloc[i]! > 0 || wmemQueued[i]! > 0;

/** What a connection can be found in without memory in use: half-closed by the peer, or not answered. */
export const isOdd = (state: TcpState | undefined, probes: number, backoff: number): boolean =>
  state !== "ESTAB" || probes > 0 || backoff > 0;

/** Bytes sent and received between two looks from which a connection is in use: what it moves tells of windows and of
 * cuts, although a reader that keeps up leaves no memory in use. */
const movingBytes = 65_536;

export const isMoving = (bytes: number): boolean => bytes >= movingBytes;
