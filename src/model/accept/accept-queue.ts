// Connections that are complete and not yet accepted: first in, first out; limit + 1 fit (include/net/sock.h,
// sk_acceptq_is_full compares with `>`).
import type { Client } from "./client.js";

/** A connection as the server's kernel holds it. */
export interface Connection {
  readonly client: Client;
  readonly serial: number;
  /** When the handshake was completed, ns. */
  readonly queuedAt: number;
  receivedBytes: number;
  /** The peer has closed: CLOSE_WAIT. */
  peerClosed: boolean;
}

export interface AcceptQueue {
  length(): number;
  isFull(): boolean;
  /** The longest it has been. */
  peak(): number;
  push(connection: Connection): void;
  shift(): Connection | undefined;
  residents(): readonly Connection[];
}

/** Taken entries are cut off only now and then, so that taking one costs the same however long the queue is. */
const cutAfter = 1024;

export function createAcceptQueue(limit: number): AcceptQueue {
  let entries: Connection[] = [];
  let head = 0;
  let peak = 0;
  const length = (): number => entries.length - head;
  return {
    length,
    isFull: () => length() > limit,
    peak: () => peak,
    push: (connection) => {
      entries.push(connection);
      peak = Math.max(peak, length());
    },
    shift: () => {
      const connection = entries[head];
      if (!connection) return undefined;
      head += 1;
      if (head === entries.length || head >= cutAfter) {
        entries = entries.slice(head);
        head = 0;
      }
      return connection;
    },
    residents: () => entries.slice(head),
  };
}
