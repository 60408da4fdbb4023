// Exact accept waits, with `detail: "connections"`: on each 'connection', before the application can write, the main
// thread asks how long ago the kernel made the socket (tcpi_last_data_sent of a child that has not sent; tcp_minisocks.c
// tcp_create_openreq_child) and leaves the figure in memory that the observer reads. The only hook per connection.
import type { Socket } from "node:net";
import { readTcpInfo } from "../../kernel/read-one.js";
import type { ListenerReading } from "../../snapshot/snapshot.js";

/** Waits between two looks of the observer that are kept; a hundred looks a second would still hold 400,000. */
const capacity = 4096;
/** Server's slot, wait in ms. */
const width = 2;
/** Words before the entries: how many were ever written. */
const head = 1;

export const createWaitMemory = (): SharedArrayBuffer => new SharedArrayBuffer((head + capacity * width) * 4);

/** The main thread's side: called for a connection that was just accepted by the server of `slot`. */
export const createWaitRecorder = (memory: SharedArrayBuffer): ((slot: number, socket: Socket) => void) => {
  const words = new Uint32Array(memory);
  return (slot, socket) => {
    const waitedMs = readTcpInfo(socket)?.lastDataSentMs;
    if (waitedMs === undefined) return;
    const written = Atomics.load(words, 0);
    const at = head + (written % capacity) * width;
    words[at] = slot;
    words[at + 1] = waitedMs;
    Atomics.store(words, 0, written + 1);
  };
};

/** The observer's side: the waits by slot since the last call. Those overwritten meanwhile are missing from it. */
export const createWaitReader = (memory: SharedArrayBuffer): (() => ReadonlyMap<number, readonly number[]>) => {
  const words = new Uint32Array(memory);
  let read = Atomics.load(words, 0);
  return () => {
    const written = Atomics.load(words, 0);
    const count = Math.min((written - read) >>> 0, capacity);
    const waits = new Map<number, number[]>();
    for (let entry = written - count; entry < written; entry += 1) {
      const at = head + ((entry >>> 0) % capacity) * width;
      const slot = words[at]!;
      const ofSlot = waits.get(slot) ?? [];
      ofSlot.push(words[at + 1]!);
      waits.set(slot, ofSlot);
    }
    read = written;
    return waits;
  };
};

/** The listeners with the waits of those they accepted; `slotOf`: the server's slot by the listener's cookie. */
export const withWaits = (
  listeners: readonly ListenerReading[],
  waits: ReadonlyMap<number, readonly number[]>,
  slotOf: (cookie: bigint) => number | undefined,
): readonly ListenerReading[] =>
  waits.size === 0
    ? listeners
    : listeners.map((listener) => {
        const acceptWaitsMs = waits.get(slotOf(listener.cookie) ?? -1);
        return acceptWaitsMs ? { ...listener, acceptWaitsMs } : listener;
      });
