// The application's socket objects by descriptor. Node keeps no such table: process._getActiveHandles lists every handle
// (with the search 0.6 µs each, 9 ms with 15,000), so what was found is remembered, without keeping it alive.
import { Socket } from "node:net";
import { threadCpuMs } from "../../kernel/loops.js";
import { handleOf } from "./node-side-of.js";

export interface SocketFinder {
  /** The sockets of these descriptors; of one that is no `net.Socket` (another library's, unref'd) there is none. */
  find(fds: readonly number[], at: number): ReadonlyMap<number, Socket>;
}

/** More than a few questions' worth. */
const rememberedAtMost = 256;
/** A descriptor of no net.Socket may become one's: asked again after this. */
const absentMs = 10_000;
/** Enumerating may take this part of the main thread's time (9 ms: every 4.5 s), and is done once a second at most. */
const budget = 0.002;
const leastPauseMs = 1000;

interface Remembered {
  readonly socket: WeakRef<Socket> | undefined;
  readonly at: number;
}

const descriptorOf = (socket: Socket): number | undefined => {
  const handle = handleOf(socket);
  const fd: unknown = handle && Reflect.get(handle, "fd");
  return typeof fd === "number" && fd >= 0 ? fd : undefined;
};

const activeHandles = (): readonly unknown[] => {
  const handles: unknown = Reflect.get(process, "_getActiveHandles");
  const active: unknown = typeof handles === "function" ? Reflect.apply(handles, process, []) : [];
  return Array.isArray(active) ? active : [];
};

/** `spentMs`: by the CPU's clock, as the clock on the wall would count what others took from this thread. */
export const createSocketFinder = (spentMs: () => number = threadCpuMs): SocketFinder => {
  const remembered = new Map<number, Remembered>();
  let nextAt = Number.NEGATIVE_INFINITY;

  const remember = (fd: number, socket: Socket | undefined, at: number): void => {
    remembered.delete(fd);
    remembered.set(fd, { socket: socket && new WeakRef(socket), at });
    for (const oldest of remembered.keys()) {
      if (remembered.size <= rememberedAtMost) break;
      remembered.delete(oldest);
    }
  };
  const known = (fd: number): Socket | undefined => {
    const socket = remembered.get(fd)?.socket?.deref();
    return socket && descriptorOf(socket) === fd ? socket : undefined;
  };
  const isKnownAbsent = (fd: number, at: number): boolean => {
    const entry = remembered.get(fd);
    return entry !== undefined && entry.socket === undefined && at - entry.at < absentMs;
  };
  const enumerate = (fds: ReadonlySet<number>, at: number): void => {
    const began = spentMs();
    const missing = new Set(fds);
    for (const handle of activeHandles()) {
      if (!(handle instanceof Socket)) continue;
      const fd = descriptorOf(handle);
      if (fd === undefined || !missing.delete(fd)) continue;
      remember(fd, handle, at);
      if (missing.size === 0) break;
    }
    for (const fd of missing) remember(fd, undefined, at);
    nextAt = at + Math.max(leastPauseMs, (spentMs() - began) / budget);
  };

  return {
    find(fds, at) {
      const missing = fds.filter((fd) => !known(fd) && !isKnownAbsent(fd, at));
      if (missing.length > 0 && at >= nextAt) enumerate(new Set(missing), at);
      return new Map(
        fds.flatMap((fd) => {
          const socket = known(fd);
          return socket ? [[fd, socket] as const] : [];
        }),
      );
    },
  };
};
