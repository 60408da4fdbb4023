// A Node process: libuv's loop (src/unix/linux.c uv__io_poll, level-triggered epoll) that runs callbacks, one after
// another, and what nextTick put off after each.
import { type Engine, nanosPerSecond, toNanos } from "../../engine.js";
import { type Process, sleep } from "../../process.js";
import type { StreamSocket } from "../stream-socket.js";
import { createEpoll } from "./epoll.js";

/** What libuv tells of the loop: time in epoll_wait, ns, and turns; whether it waits there now. */
export interface LoopUse {
  idle: number;
  iterations: number;
  waitsSince: number | undefined;
}

export interface NodeLoop {
  readonly use: LoopUse;
  /** Virtual time, ns. */
  now(): number;
  nextTick(callback: () => void): void;
  setTimeout(callback: () => void, seconds: number): void;
  /** The running callback computes for so long (or waits in a call that blocks), after what it does else. */
  block(seconds: number): void;
  /** Runs a callback, what it put off to the next tick, and the time that it blocks. */
  call(callback: () => void): Process;
  /** What of the socket is waited for (EPOLLIN, EPOLLOUT; 0: nothing) and what libuv does then. */
  watch(socket: StreamSocket, events: number, onEvents: (events: number) => Process): void;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** uv__io_poll takes so many events at a time. */
const eventsAtOnce = 1024;

/** The process: `main` runs first, then the loop, for ever. */
export function* runNode(engine: Engine, main: (loop: NodeLoop) => void): Process {
  const epoll = createEpoll(engine);
  const handlers = new Map<StreamSocket, (events: number) => Process>();
  let ticks: (() => void)[] = [];
  let timers: Timer[] = [];
  let busySeconds = 0;
  const use: LoopUse = { idle: 0, iterations: 0, waitsSince: undefined };

  const call = function* (callback: () => void): Process {
    callback();
    for (let batch = ticks; batch.length > 0; batch = ticks) {
      ticks = [];
      for (const tick of batch) tick();
    }
    if (busySeconds === 0) return;
    const cost = busySeconds;
    busySeconds = 0;
    yield* sleep(engine, cost);
  };
  const runTimers = function* (): Process {
    const due = timers.filter(({ at }) => at <= engine.now());
    timers = timers.filter((timer) => !due.includes(timer));
    for (const { callback } of due) yield* call(callback);
  };

  yield* call(() =>
    main({
      use,
      now: engine.now,
      nextTick: (callback) => ticks.push(callback),
      setTimeout: (callback, seconds) => {
        timers = [...timers, { at: engine.now() + toNanos(seconds), callback }].sort((a, b) => a.at - b.at);
      },
      block: (seconds) => {
        busySeconds += seconds;
      },
      call,
      watch: (socket, events, onEvents) => {
        handlers.set(socket, onEvents);
        if (events === 0) epoll.remove(socket);
        else epoll.set(socket, events);
      },
    }),
  );
  for (;;) {
    const next = timers[0];
    const timeout = next && Math.max(0, (next.at - engine.now()) / nanosPerSecond);
    use.waitsSince = engine.now();
    const ready = yield* epoll.wait(eventsAtOnce, timeout);
    use.idle += engine.now() - use.waitsSince;
    use.waitsSince = undefined;
    use.iterations += 1;
    for (const { socket, events } of ready) yield* handlers.get(socket)!(events);
    yield* runTimers();
  }
}
