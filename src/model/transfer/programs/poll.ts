// poll(2) and select(2) (fs/select.c do_poll).
import { type Engine, priority, toNanos } from "../../engine.js";
import type { Process } from "../../process.js";
import type { StreamSocket } from "../stream-socket.js";
import { poll as events, type WaitQueue } from "../wait-queue.js";

export interface Polled {
  readonly socket: StreamSocket;
  /** Asked for; EPOLLERR and EPOLLHUP come unasked. */
  readonly events: number;
}

/** What happened on each, in the given order; all 0 after `timeout` seconds. Without a timeout it waits for ever. */
export function* poll(engine: Engine, sockets: readonly Polled[], timeout?: number): Process<number[]> {
  const deadline = timeout === undefined ? undefined : engine.now() + toNanos(timeout);
  let onWake = (): void => {};
  const queued: { readonly queue: WaitQueue; readonly waiter: { readonly wake: (woken: number) => void } }[] = [];
  try {
    for (;;) {
      const found = sockets.map(({ socket, events: asked }) => socket.poll() & (asked | events.err | events.hup));
      if (found.some((mask) => mask !== 0)) return found;
      if (deadline !== undefined && engine.now() >= deadline) return found;
      if (queued.length === 0)
        for (const { socket, events: asked } of sockets) {
          const interest = asked | events.err | events.hup;
          const waiter = { wake: (woken: number) => (woken === 0 || (woken & interest) !== 0 ? onWake() : undefined) };
          socket.waitQueue.add(waiter);
          queued.push({ queue: socket.waitQueue, waiter });
        }
      yield {
        start: (wake) => {
          onWake = wake;
          if (deadline !== undefined) engine.at(deadline, priority.server, wake);
        },
      };
    }
  } finally {
    for (const { queue, waiter } of queued) queue.remove(waiter);
  }
}

/** The sockets that can be read and written without waiting. */
export function* select(
  engine: Engine,
  readers: readonly StreamSocket[],
  writers: readonly StreamSocket[],
  timeout?: number,
): Process<{ readonly readable: readonly StreamSocket[]; readonly writable: readonly StreamSocket[] }> {
  const found = yield* poll(
    engine,
    [
      ...readers.map((socket) => ({ socket, events: events.in })),
      ...writers.map((socket) => ({ socket, events: events.out })),
    ],
    timeout,
  );
  return {
    readable: readers.filter((_, index) => found[index] !== 0),
    writable: writers.filter((_, index) => found[readers.length + index] !== 0),
  };
}
