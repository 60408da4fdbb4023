// Which sockets are worth an object although they hold no memory (kernel/sockets.ts findInUse).
import type { TcpState } from "../../snapshot/tcp-state.js";

/** What a connection can be found in without memory in use: half-closed by the peer, or not answered. */
export const isOdd = (state: TcpState | undefined, probes: number, backoff: number): boolean =>
  state !== "ESTAB" || probes > 0 || backoff > 0;

/** Bytes sent and received between two looks from which a connection is in use: what it moves tells of windows and of
 * cuts, although a reader that keeps up leaves no memory in use. */
const movingBytes = 65_536;

export const isMoving = (bytes: number): boolean => bytes >= movingBytes;
