// Whether a unix stream socket moves. The kernel shows how much waits there and counts nothing (net/unix/af_unix.c): a queue
// that is filled as fast as it is emptied looks the same at every look. Node counts what it reads and what it got rid of.
import type { ConnectionReading, NodeSide } from "../../snapshot/connection.js";
import type { Cause, Symptom } from "../finding.js";
import { pendingOf } from "./figures.js";

/** What Node had counted when it was first heard since the socket has stood still. */
export interface NodeCounts {
  readonly readBytes?: number | undefined;
  readonly takenBytes?: number | undefined;
}

const isUncounted = ({ transport }: ConnectionReading): boolean => transport === "unix";

/** The kernel took more from Node than can be waiting there: the peer has read. */
export const hasSent = ({ takenBytes }: NodeCounts, reading: ConnectionReading, node: NodeSide | undefined): boolean =>
  isUncounted(reading) &&
  takenBytes !== undefined &&
  node?.takenBytes !== undefined &&
  node.takenBytes - takenBytes > (pendingOf(reading) ?? 0);

export const hasRead = ({ readBytes }: NodeCounts, reading: ConnectionReading, node: NodeSide | undefined): boolean =>
  isUncounted(reading) && readBytes !== undefined && node?.readBytes !== undefined && node.readBytes > readBytes;

/** Until Node has spoken, a queue that looks the same says nothing about the time before: from its first word on it does. */
export const isFirstWord = (reading: ConnectionReading, before: number | undefined, now: number | undefined): boolean =>
  isUncounted(reading) && before === undefined && now !== undefined;

/** `node`: what it said just now, if it did. What moves is compared with this moment from now on. */
export const countsSince = (
  before: NodeCounts,
  node: NodeSide | undefined,
  moved: { readonly sent: boolean; readonly read: boolean },
): NodeCounts => {
  if (before.readBytes === undefined && before.takenBytes === undefined && node === undefined) return before;
  return {
    readBytes: moved.read ? node?.readBytes : (before.readBytes ?? node?.readBytes),
    takenBytes: moved.sent ? node?.takenBytes : (before.takenBytes ?? node?.takenBytes),
  };
};

/** Four looks at the pace of those that are followed: one in 24 queues at full speed shows them in rising order. */
const agreeMs = 700;

interface Held {
  readonly reading: ConnectionReading;
  readonly isAsked?: boolean | undefined;
  readonly heldMs: (symptom: Symptom, cause: Cause) => number;
}

/** Too few looks agree so far that it does not move. */
export const isUnsure = ({ reading, isAsked, heldMs }: Held, symptom: Symptom, cause: Cause): boolean =>
  isUncounted(reading) && isAsked !== true && heldMs(symptom, cause) < agreeMs;
