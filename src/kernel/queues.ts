// SIOCINQ, SIOCOUTQ, SIOCOUTQNSD of one own socket: tcp(7), udp(7), unix(7).
import { glanceAt } from "./read-one.js";
import { readingMask } from "./socket-row.js";
import type { Target } from "./target.js";

export interface Queues {
  /** Arrived in order, not yet read (a FIN is not counted); UDP: the next datagram. */
  readonly recvQBytes?: number | undefined;
  /** Written, not yet acknowledged by the peer; UDP and unix: not yet taken. */
  readonly sendQBytes?: number | undefined;
  /** Of it, not yet sent; TCP only. */
  readonly notSentBytes?: number | undefined;
}

const wanted = readingMask(["recvQ", "sendQ", "notSent"]);

/** Three ioctls. `undefined`: closed, not a socket, or a listener (it has an accept queue: `readListener`). */
export function readQueues(target: Target): Queues | undefined {
  const row = glanceAt(target, wanted);
  if (!row || !(row.has("recvQ") || row.has("sendQ"))) return undefined;
  const { recvQBytes, sendQBytes, notSentBytes } = row;
  return { recvQBytes, sendQBytes, notSentBytes };
}
