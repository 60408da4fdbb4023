// Where client sockets were made and sockets were last paused, with `detail: "connections"` only: a stack is taken at each
// (8 µs), kept as long as the socket lives, and put into words when somebody asks.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Socket } from "node:net";
import { join } from "node:path";
import type { NodeSide } from "../../snapshot/connection.js";
import { patchMethod } from "../patch.js";

export interface Origins {
  of(socket: Socket): Pick<NodeSide, "stack" | "pausedAt">;
  /** Removes the hooks. */
  stop(): void;
}

/** node lib/net.js connect(): published for each, on Node 20 not for tls.connect(). */
const channel = "net.client.socket";
/** Node's own frames come first: http's agent alone has eight. */
const framesTaken = 28;
const framesTold = 8;
/** A proxy may pause tens of thousands of times a second: beyond this (1 % of a core) the place stays unknown. */
const stacksASecond = 1000;

/** Our own code, as it runs and as source maps name it: our hooks may stand between the application and Node. */
const ownFolder = join(__dirname, "../../");
const ownFolders: readonly string[] = [ownFolder, ownFolder.replace(/(?:dist|build-test\/src)\/$/, "src/")];

/** Formatted only when read: V8 keeps the frames. */
const takeStack = (): Error => {
  const limit = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit");
  // Frozen intrinsics: ten frames, which may be Node's own.
  const isOurs = limit?.writable === true && Reflect.set(Error, "stackTraceLimit", framesTaken);
  try {
    return new Error("sockscope");
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

type Taken = WeakMap<Socket, Error>;

/** Keeps the latest of each socket; one for which the budget is used up has none, rather than an old one. */
const createTaker = (now: () => number): ((into: Taken, socket: Socket) => void) => {
  let second = 0;
  let taken = 0;
  return (into, socket) => {
    const current = Math.floor(now() / 1000);
    taken = current === second ? taken + 1 : 1;
    second = current;
    if (taken > stacksASecond) into.delete(socket);
    else into.set(socket, takeStack());
  };
};

/** Hooks in; what is taken is kept by the socket, in maps that keep no socket alive. */
export const watchOrigins = (now: () => number = () => performance.now()): Origins => {
  const made: Taken = new WeakMap();
  const paused: Taken = new WeakMap();
  const take = createTaker(now);
  const onSocket = (message: unknown): void => {
    const socket = typeof message === "object" && message !== null && "socket" in message ? message.socket : undefined;
    if (socket instanceof Socket) take(made, socket);
  };
  subscribe(channel, onSocket);
  const unpatch = patchMethod(Socket.prototype, "pause", { before: (socket) => take(paused, socket) });
  return {
    of: (socket) => ({ stack: told(made.get(socket)), pausedAt: told(paused.get(socket)) }),
    stop() {
      unsubscribe(channel, onSocket);
      unpatch();
    },
  };
};
