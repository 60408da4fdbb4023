// epoll(7) (fs/eventpoll.c): a list of the sockets that a wake-up or a look found ready; what is reported leaves it, and
// level-triggered sockets come back to be looked at again the next time.
import { type Engine, priority, toNanos } from "../../engine.js";
import type { Process } from "../../process.js";
import type { StreamSocket } from "../stream-socket.js";
import { createWaitQueue, poll as bits, type Waiter } from "../wait-queue.js";

export interface EpollOptions {
  /** EPOLLET: one event for each wake-up, read or not. */
  readonly edge?: boolean | undefined;
  /** EPOLLONESHOT: nothing more until `modify`. */
  readonly oneShot?: boolean | undefined;
}

export interface EpollEvent {
  readonly socket: StreamSocket;
  readonly events: number;
}

export interface Epoll {
  /** EPOLL_CTL_ADD, EPOLL_CTL_MOD. Either looks at once. */
  set(socket: StreamSocket, events: number, options?: EpollOptions): void;
  remove(socket: StreamSocket): void;
  /** epoll_wait(2): at most `most` events; none after `timeout` seconds. */
  wait(most?: number, timeout?: number): Process<EpollEvent[]>;
}

interface Item {
  readonly socket: StreamSocket;
  readonly waiter: Waiter;
  options: EpollOptions;
  /** 0: disabled by EPOLLONESHOT. */
  events: number;
}

const always = bits.err | bits.hup;

export function createEpoll(engine: Engine): Epoll {
  const items = new Map<StreamSocket, Item>();
  const ready = new Set<Item>();
  const sleepers = createWaitQueue();

  const makeReady = (item: Item): void => {
    ready.add(item);
    sleepers.wake(bits.in);
  };
  const join = (socket: StreamSocket): Item => {
    // ep_poll_callback
    const onWake = (woken: number): void => {
      if (item.events !== 0 && (woken === 0 || (woken & item.events) !== 0)) makeReady(item);
    };
    const item: Item = { socket, waiter: { wake: onWake }, options: {}, events: 0 };
    items.set(socket, item);
    socket.waitQueue.add(item.waiter);
    return item;
  };

  // ep_send_events
  const collect = (most: number): EpollEvent[] => {
    const found: EpollEvent[] = [];
    // A copy: a level-triggered socket comes back to the end of the list.
    const listed = [...ready];
    for (const item of listed) {
      if (found.length >= most) break;
      ready.delete(item);
      const events = item.socket.poll() & item.events;
      if (events === 0) continue;
      found.push({ socket: item.socket, events });
      if (item.options.oneShot) item.events = 0;
      else if (!item.options.edge) ready.add(item);
    }
    // What is left over is for the next who waits.
    if (ready.size > 0) sleepers.wake(bits.in);
    return found;
  };

  const wait = function* (most: number, timeout: number | undefined): Process<EpollEvent[]> {
    const deadline = timeout === undefined ? undefined : engine.now() + toNanos(timeout);
    for (;;) {
      const found = collect(most);
      if (found.length > 0 || (deadline !== undefined && engine.now() >= deadline)) return found;
      const sleeper = { wake: (): void => {}, exclusive: true };
      yield {
        start: (wake) => {
          sleeper.wake = () => {
            sleepers.remove(sleeper);
            wake();
          };
          sleepers.add(sleeper);
          if (deadline !== undefined) engine.at(deadline, priority.server, sleeper.wake);
        },
      };
    }
  };

  return {
    set: (socket, events, options = {}) => {
      const item = items.get(socket) ?? join(socket);
      item.events = events | always;
      item.options = options;
      if ((socket.poll() & item.events) !== 0) makeReady(item);
    },
    remove: (socket) => {
      const item = items.get(socket);
      if (!item) return;
      items.delete(socket);
      ready.delete(item);
      socket.waitQueue.remove(item.waiter);
    },
    wait: (most = 1024, timeout?) => wait(most, timeout),
  };
}
