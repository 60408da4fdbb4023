// One end of TCP connections: opens or accepts them, sends so much, reads so. An ordinary net program.
import net from "node:net";
import { holdFor } from "../../spin.js";
import { obey, type Order, say, specification } from "./steer.js";

export interface Sending {
  /** So many bytes in all; without it, without end. */
  readonly bytes?: number | undefined;
  /** Of one write; 64 KB. */
  readonly chunkBytes?: number | undefined;
  /** One write so often; without it as fast as the socket takes it. */
  readonly everyMs?: number | undefined;
  /** Goes on although write() returned false. */
  readonly heedless?: boolean | undefined;
  /** Begins so long after the connection is there. */
  readonly afterMs?: number | undefined;
}

export interface Asking {
  /** The writes of one request, one after the other. */
  readonly writes: readonly number[];
  /** What it waits for before the next request. */
  readonly replyBytes: number;
  /** Between the reply and the next request. */
  readonly pauseMs?: number | undefined;
}

export type Reading = "all" | "none" | { readonly firstBytes: number } | { readonly bytesPerSecond: number };

export interface EndSpec {
  readonly listen?: boolean | undefined;
  readonly host: string;
  readonly port?: number | undefined;
  /** Of a unix socket, instead of host and port. */
  readonly path?: string | undefined;
  /** Of the listener. */
  readonly backlog?: number | undefined;
  /** Connections that it opens; 1. */
  readonly count?: number | undefined;
  /** Written when the connection is there, before anything else. */
  readonly greet?: string | undefined;
  readonly send?: Sending | undefined;
  readonly ask?: Asking | undefined;
  /** Answers every so many bytes with so many. */
  readonly reply?: { readonly toBytes: number; readonly writes: readonly number[] } | undefined;
  readonly read?: Reading | undefined;
  readonly noDelay?: boolean | undefined;
}

const totals = { connected: 0, written: 0, read: 0, rounds: 0, closed: 0, errors: 0 };
const spec = specification() as EndSpec;

const pour = (socket: net.Socket, { bytes = Infinity, chunkBytes = 65_536, everyMs, heedless }: Sending): void => {
  const chunk = Buffer.alloc(chunkBytes, "x");
  let left = bytes;
  /** Whether the next write may follow at once. */
  const once = (): boolean => {
    const part = left < chunkBytes ? chunk.subarray(0, left) : chunk;
    left -= part.length;
    totals.written += part.length;
    return socket.write(part) && left > 0;
  };
  const more = (): void => {
    while (once());
    if (left > 0) socket.once("drain", more);
  };
  if (everyMs === undefined) {
    more();
    return;
  }
  const timer = setInterval(() => {
    if (left <= 0 || socket.destroyed) clearInterval(timer);
    else if (heedless === true || !socket.writableNeedDrain) once();
  }, everyMs);
};

const begin = (socket: net.Socket, sending: Sending): void =>
  void setTimeout(() => pour(socket, sending), sending.afterMs ?? 0);

const converse = (socket: net.Socket, { writes, replyBytes, pauseMs = 0 }: Asking): void => {
  let awaited = 0;
  const request = (): void => {
    awaited = replyBytes;
    for (const size of writes) socket.write(Buffer.alloc(size, "q"));
  };
  socket.on("data", (chunk: Buffer) => {
    awaited -= chunk.length;
    if (awaited > 0) return;
    totals.rounds += 1;
    if (pauseMs > 0) setTimeout(request, pauseMs);
    else request();
  });
  request();
};

const answer = (socket: net.Socket, { toBytes, writes }: NonNullable<EndSpec["reply"]>): void => {
  let came = 0;
  socket.on("data", (chunk: Buffer) => {
    for (came += chunk.length; came >= toBytes; came -= toBytes)
      for (const size of writes) socket.write(Buffer.alloc(size, "r"));
  });
};

/** Takes what is there up to its due, so often: what is left stays with the kernel. */
const sip = (socket: net.Socket, bytesPerSecond: number): void => {
  const everyMs = 50;
  setInterval(() => {
    const part: Buffer | null = socket.read(Math.round((bytesPerSecond * everyMs) / 1000));
    totals.read += part?.length ?? 0;
  }, everyMs);
};

const consume = (socket: net.Socket, reading: Reading): void => {
  if (reading === "none") return;
  if (typeof reading === "object" && "bytesPerSecond" in reading) {
    sip(socket, reading.bytesPerSecond);
    return;
  }
  let left = reading === "all" ? Infinity : reading.firstBytes;
  socket.on("data", (chunk: Buffer) => {
    totals.read += chunk.length;
    left -= chunk.length;
    if (left <= 0) socket.pause();
  });
};

const sockets = new Set<net.Socket>();

const serve = (socket: net.Socket): void => {
  totals.connected += 1;
  sockets.add(socket);
  socket.on("error", () => {
    totals.errors += 1;
  });
  socket.on("close", () => {
    totals.closed += 1;
    sockets.delete(socket);
  });
  if (spec.noDelay !== undefined) socket.setNoDelay(spec.noDelay);
  if (spec.greet !== undefined) socket.write(spec.greet);
  if (spec.ask) converse(socket, spec.ask);
  if (spec.reply) answer(socket, spec.reply);
  if (spec.send) begin(socket, spec.send);
  consume(socket, spec.read ?? "all");
  say({ kind: "connected", count: totals.connected });
};

const { host, port = 3000, path } = spec;
const place = path === undefined ? { host, port } : { path };
const orders = {
  block: ({ ms }: Order) => holdFor(Number(ms)),
  /** Hardly turns any more: stands for so long in each iteration. */
  "block-often": ({ ms }: Order) => void setInterval(() => holdFor(Number(ms)), 1),
  tally: () => say({ kind: "tally", ...totals }),
  send: (order: Order) => {
    for (const socket of sockets) pour(socket, order as Sending);
  },
  "stop-reading": () => {
    for (const socket of sockets) socket.pause();
  },
  read: () => {
    for (const socket of sockets) socket.resume();
  },
  destroy: () => {
    for (const socket of sockets) socket.destroy();
  },
  close: () => {
    for (const socket of sockets) socket.end();
  },
};

if (spec.listen) net.createServer(serve).listen({ ...place, backlog: spec.backlog }, () => obey(orders));
else {
  obey(orders);
  for (let n = 0; n < (spec.count ?? 1); n += 1) {
    const socket = net.connect(place, () => serve(socket));
    socket.once("error", () => {
      totals.errors += 1;
    });
  }
}
