// Servers that receive, as people write them: some forget to read or to close, most are sound. `kind` says which.
import http from "node:http";
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { holdFor } from "../../spin.js";
import { obey, type Order, say, specification } from "./steer.js";

export interface ReaderSpec {
  readonly kind: keyof typeof servers;
  readonly host: string;
  readonly port?: number | undefined;
  /** A connection is read until it has brought so many bytes, again and again; then it waits. */
  readonly bytes?: number | undefined;
  /** How long it waits before it reads on; without it, for ever. */
  readonly waitMs?: number | undefined;
}

type Serve = (socket: net.Socket, spec: ReaderSpec) => void;

/** Reads what comes. */
const sink: Serve = (socket) => void socket.resume();

/** Pauses for backpressure; who never resumes it has forgotten it. */
const pausing: Serve = (socket, { bytes = 0, waitMs }) => {
  let left = bytes;
  socket.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left > 0) return;
    left = bytes;
    socket.pause();
    say({ kind: "waiting" });
    if (waitMs !== undefined) setTimeout(() => socket.resume(), waitMs);
  });
};

/** Takes chunk by chunk and waits for something slow in between; or for something that never comes. */
const consuming: Serve = (socket, { bytes = 0, waitMs }) => {
  const consume = async (): Promise<void> => {
    let left = bytes;
    for await (const chunk of socket) {
      left -= (chunk as Buffer).length;
      if (left > 0) continue;
      left = bytes;
      say({ kind: "waiting" });
      await (waitMs === undefined ? new Promise(() => {}) : delay(waitMs));
    }
  };
  consume().catch(() => {});
};

/** Keeps the connection for later, and nobody ever comes back to it. */
const pool: net.Socket[] = [];
const forgetting: Serve = (socket) => void pool.push(socket);

/** Answers, and leaves its own half open when the peer has ended. */
const answering: Serve = (socket) => void socket.on("data", () => socket.write("thanks"));

/** Sends a little now and then, also to a peer that has ended its own half. */
const ticking: Serve = (socket, { waitMs }) => {
  const timer = setInterval(() => socket.write("tick"), waitMs);
  socket.resume().on("close", () => clearInterval(timer));
};

const sockets = new Set<net.Socket>();
const note = (socket: net.Socket): void => {
  sockets.add(socket);
  socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  say({ kind: "connected", count: sockets.size });
};

const tcp =
  (serve: Serve, options: net.ServerOpts = {}) =>
  (spec: ReaderSpec): net.Server =>
    net.createServer(options, (socket) => {
      note(socket);
      serve(socket, spec);
    });

const servers = {
  sink: tcp(sink),
  pausing: tcp(pausing),
  consuming: tcp(consuming),
  forgetting: tcp(forgetting),
  answering: tcp(answering, { allowHalfOpen: true }),
  ticking: tcp(ticking, { allowHalfOpen: true }),
  /** Finds out when a peer is gone: asks after a second of silence. */
  probing: tcp(sink, { keepAlive: true, keepAliveInitialDelay: 1000 }),
  /** Checks something that takes for ever before it would read the body. */
  unanswering: () => http.createServer(() => {}).on("connection", note),
  /** Upgrades, and forgets the socket that it got. */
  upgrading: () =>
    http
      .createServer()
      .on("connection", note)
      .on("upgrade", (_request, socket) => {
        socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: feed\r\nConnection: Upgrade\r\n\r\n");
      }),
} as const;

const orders = {
  /** Computing and synchronous input and output; computing alone; asleep. */
  block: ({ ms }: Order) => holdFor(Number(ms)),
  compute: ({ ms }: Order) => {
    const end = performance.now() + Number(ms);
    while (performance.now() < end);
  },
  sleep: ({ ms }: Order) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(ms)),
  pause: () => {
    for (const socket of sockets) socket.pause();
  },
  resume: () => {
    for (const socket of sockets) socket.resume();
  },
  end: () => {
    for (const socket of sockets) socket.end();
  },
};

const spec = specification() as ReaderSpec;
servers[spec.kind](spec).listen(spec.port ?? 3000, spec.host, () => obey(orders));
