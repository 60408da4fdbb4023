// The clients of the soak, in one process: a steady mixture that asks no more than an eighth of a core, and on demand
// what meets a fault. Also whoever scrapes the agent.
import { createSocket } from "node:dgram";
import http from "node:http";
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { ports } from "./ports.js";

const host = "127.0.0.1";
const tally: Record<string, number> = {};
const note = (what: string, count = 1): void => {
  tally[what] = (tally[what] ?? 0) + count;
};
const over = new AbortController();
let isOver = false;

const keptAlive = new http.Agent({ keepAlive: true });
const ask = (
  what: string,
  { port = ports.web, ...options }: http.RequestOptions & { readonly port?: number },
  body?: Buffer,
): Promise<string> =>
  new Promise((resolve) => {
    const request = http.request({ host, port, agent: false, ...options }, (response) => {
      let text = "";
      response.setEncoding("latin1").on("data", (part: string) => (text += port === ports.endpoint ? part : ""));
      response.on("end", () => {
        note(what);
        resolve(text);
      });
    });
    request.on("error", ({ code }: NodeJS.ErrnoException) => {
      note(`${what} ${code}`);
      resolve("");
    });
    request.end(body);
  });

const again = async (pauseMs: number, once: () => unknown): Promise<void> => {
  while (!over.signal.aborted) {
    await once();
    await delay(pauseMs);
  }
};

const megabyte = Buffer.alloc(1_048_576, "x");
const udp = createSocket("udp4").unref();
const datagram = Buffer.alloc(1000, "u");
const flood = (count: number): void => {
  for (let n = 0; n < count; n += 1) udp.send(datagram, ports.datagrams, host);
  note("datagrams", count);
};
const loads: readonly (readonly [pauseMs: number, once: () => unknown])[] = [
  ...Array.from({ length: 4 }, () => [25, () => ask("keep-alive", { path: "/", agent: keptAlive })] as const),
  ...Array.from({ length: 2 }, () => [50, () => ask("new connection", { path: "/" })] as const),
  [500, () => ask("upload", { path: "/up", method: "POST" }, megabyte)],
  [500, () => ask("download", { path: "/big" })],
  [100, () => flood(2)],
  [1000, () => ask("scrape", { port: ports.endpoint, path: "/metrics" })],
];

const held = new Map<net.Socket, string>();
const open = (what: string, port: number, use: (socket: net.Socket) => void): void => {
  const socket = net.connect({ host, port, allowHalfOpen: true }, () => {
    note(what);
    use(socket);
  });
  held.set(socket, what);
  socket.on("error", ({ code }: NodeJS.ErrnoException) => note(`${what} ${code}`));
  socket.on("close", () => held.delete(socket));
  // A ghost hears nothing for ever.
  socket.setTimeout(20_000, () => socket.destroy());
};
const flow = (socket: net.Socket): void => void socket.resume().on("end", () => socket.end());

const orders: Readonly<Record<string, (count: number) => unknown>> = {
  // One handshake after the other, or the SYN queue overflows, too, and cookies make ghosts.
  burst: async (count) => {
    for (let n = 0; n < count; n += 1) {
      open("burst", ports.tight, flow);
      await delay(4);
    }
  },
  flood,
  upload: () => open("held upload", ports.bulk, (socket) => flow(socket) ?? socket.end(megabyte)),
  download: (ms) =>
    open("held download", ports.bulk, (socket) => {
      socket.write("d");
      socket.pause();
      setTimeout(() => flow(socket), ms);
    }),
  leak: (count) => {
    for (let n = 0; n < count; n += 1)
      open("leak", ports.leaky, (socket) => {
        socket.resume();
        socket.end();
      });
  },
  over: () => {
    over.abort();
    // When the last are answered.
    setTimeout(() => {
      keptAlive.destroy();
      isOver = true;
    }, 2000);
  },
};

const say = (message: object): void => void process.send?.(message);
const answers: Readonly<Record<string, () => unknown>> = {
  go: () => {
    // What was asked until the endpoint answered is no part of it.
    for (const what of Object.keys(tally)) delete tally[what];
    for (const [pauseMs, once] of loads) void again(pauseMs, once);
  },
  tally: () => say({ kind: "tally", ...tally, held: [...held.values(), ...(isOver ? [] : ["kept alive"])].join() }),
  scrape: async () => {
    const metrics = await ask("scrape", { port: ports.endpoint, path: "/metrics" });
    say({ kind: "scrape", metrics, findings: await ask("scrape", { port: ports.endpoint, path: "/findings" }) });
  },
};

process.on("message", ({ kind, count = 0 }: { readonly kind: string; readonly count?: number }) => {
  answers[kind]?.();
  orders[kind]?.(count);
});
process.on("disconnect", () => process.exit());
say({ kind: "ready" });
