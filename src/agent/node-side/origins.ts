// Where client sockets were made and sockets were last paused, with `detail: "connections"` only: a stack is taken at each
// (some µs), kept as long as the socket lives, and put into words when somebody asks.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Socket } from "node:net";
import { join } from "node:path";
import type { NodeSide } from "../../snapshot/connection.js";

export interface Origins {
  of(socket: Socket): Pick<NodeSide, "stack" | "pausedAt">;
  /** Removes the hooks. */
  stop(): void;
}

/** node lib/net.js connect(): published for each, on Node 20 not for tls.connect(). */
const channel = "net.client.socket";
/** Node's own frames come first: http's agent alone has eight. */
const framesTaken = 24;
const framesTold = 8;

/** Our own code, as it runs and as source maps name it: our hooks may stand between the application and Node. */
const ownFolder = join(__dirname, "../../");
const ownFolders: readonly string[] = [ownFolder, ownFolder.replace(/(?:dist|build-test\/src)\/$/, "src/")];

/** Formatted only when read: V8 keeps the frames. */
const takeStack = (below: (...args: never[]) => unknown): Error => {
  const limit = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit");
  // Frozen intrinsics: ten frames, which may be Node's own.
  const isOurs = limit?.writable === true && Reflect.set(Error, "stackTraceLimit", framesTaken);
  try {
    const taken = new Error("sockscope");
    Error.captureStackTrace(taken, below);
    return taken;
  } finally {
    if (isOurs) Reflect.set(Error, "stackTraceLimit", limit.value);
  }
};

/** `name (file:line:column)`, without Node's own frames and without ours. */
export const framesOf = (stack: string): readonly string[] =>
  stack
    .split("\n")
    .flatMap((line) => {
      const [, name, place] = /^\s*at (?:async )?(?:(.*) \()?((?:file:\/\/)?[^()]+:\d+:\d+)\)?$/.exec(line) ?? [];
      const file = place?.replace(/^file:\/\//, "");
      if (file === undefined || file.startsWith("node:") || ownFolders.some((own) => file.startsWith(own))) return [];
      return [`${name ?? "<anonymous>"} (${file})`];
    })
    .slice(0, framesTold);

const told = (taken: Error | undefined): readonly string[] | undefined => {
  const stack: unknown = taken?.stack;
  const frames = typeof stack === "string" ? framesOf(stack) : [];
  return frames.length > 0 ? frames : undefined;
};

/** Hooks in; what is taken is kept by the socket, in maps that keep no socket alive. */
export const watchOrigins = (): Origins => {
  const made = new WeakMap<object, Error>();
  const paused = new WeakMap<object, Error>();
  const onSocket = (message: unknown): void => {
    const socket = typeof message === "object" && message !== null && "socket" in message ? message.socket : undefined;
    if (socket instanceof Socket) made.set(socket, takeStack(onSocket));
  };
  subscribe(channel, onSocket);
  const unpatch = patchPause((socket, below) => paused.set(socket, takeStack(below)));
  return {
    of: (socket) => ({ stack: told(made.get(socket)), pausedAt: told(paused.get(socket)) }),
    stop() {
      unsubscribe(channel, onSocket);
      unpatch();
    },
  };
};

const patchPause = (note: (socket: Socket, below: () => unknown) => void): (() => void) => {
  const original = Object.getOwnPropertyDescriptor(Socket.prototype, "pause");
  const pause: unknown = original?.value;
  if (typeof pause !== "function" || !original?.configurable) return () => undefined;
  let active = true;
  const patched = function (this: Socket, ...args: unknown[]): unknown {
    if (active) note(this, patched);
    return Reflect.apply(pause, this, args);
  };
  Object.defineProperty(patched, "name", { value: "pause" });
  Object.defineProperty(Socket.prototype, "pause", { ...original, value: patched });
  return () => {
    active = false;
    // Somebody who patched after us keeps his patch; ours is then only a call that passes through.
    if (Reflect.get(Socket.prototype, "pause") === patched)
      Object.defineProperty(Socket.prototype, "pause", { ...original });
  };
};
