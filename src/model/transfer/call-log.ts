// The system calls of a run, in the order in which they began, and the bytes that went through each end's.
import type { CallRecord, Side } from "./scenario.js";
import type { StreamSocket } from "./stream-socket.js";

/** Beyond so many only those are listed that did not complete, up to twice as many. */
const mostCalls = 10_000;

export interface CallLog {
  readonly calls: readonly CallRecord[];
  /** Calls that are not listed. */
  omitted(): number;
  /** Told of each call when it begins: what comes of it may be filled in later. */
  record(call: CallRecord): void;
  /** Told when it is known what came of it. */
  finished(call: CallRecord): void;
  /** Bytes that this end's kernel took from its program, a sleeping call's too, and gave to it. */
  written(side: Side): number;
  read(side: Side): number;
  /** The socket, counted. */
  counting(side: Side, socket: StreamSocket): StreamSocket;
}

export function createCallLog(): CallLog {
  const calls: CallRecord[] = [];
  const written = { sender: 0, receiver: 0 };
  const read = { sender: 0, receiver: 0 };
  const unlisted = new WeakSet<CallRecord>();
  let omitted = 0;
  return {
    calls,
    omitted: () => omitted,
    record: (call) => {
      if (calls.length < mostCalls) calls.push(call);
      else {
        unlisted.add(call);
        omitted += 1;
      }
    },
    finished: (call) => {
      if (!unlisted.delete(call) || call.outcome === "complete" || calls.length >= 2 * mostCalls) return;
      calls.push(call);
      omitted -= 1;
    },
    written: (side) => written[side],
    read: (side) => read[side],
    counting: (side, socket) => ({
      ...socket,
      send: (bytes) => {
        const taken = socket.send(bytes);
        written[side] += taken;
        return taken;
      },
      receive: (bytes) => {
        const got = socket.receive(bytes);
        read[side] += got;
        return got;
      },
    }),
  };
}
