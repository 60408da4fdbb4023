// Storms in one process with the agent: listeners opened and closed, connections that come and go, thousands of ends at
// once. Told what to do, it says when it is done; afterwards it serves as before.
import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";
import { readdirSync } from "node:fs";
import { start } from "../../../src/index.js";
import { holdFor } from "../../lab/spin.js";

const host = "127.0.0.1";
const agent = start();
const statuses: unknown[] = [];
agent.on("status", (status) => statuses.push(status));
/** Ends of connections that the kernel told of, and those that found no room. */
const ends = { told: 0, lost: 0 };
let samples = 0;
agent.on("sample", ({ connections }) => {
  samples += 1;
  ends.told += connections?.closed?.count ?? 0;
  ends.lost += connections?.closed?.lost ?? 0;
});
const intervals = (count: number): Promise<void> =>
  new Promise((resolve) => {
    const from = samples;
    const timer = setInterval(() => {
      if (samples - from < count) return;
      clearInterval(timer);
      resolve();
    }, 20);
  });

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const listening = (port = 0, backlog = 511): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.on("error", () => undefined).end("x"));
    server.listen({ port, host, backlog }, () => resolve(server));
  });
const call = (port: number): Promise<void> =>
  new Promise((resolve) => {
    connect(port, host)
      .on("error", () => undefined)
      .on("close", () => resolve())
      .resume();
  });

const storms: Readonly<Record<string, (count: number, server: Server) => unknown>> = {
  block: holdFor,
  listeners: async (count) => {
    for (let n = 0; n < count; n += 1) (await listening()).close();
  },
  /** As fast as two ends in one process go. */
  churn: async (ms, server) => {
    const end = performance.now() + ms;
    let calls = 0;
    const caller = async (): Promise<void> => {
      while (performance.now() < end) {
        await call(portOf(server));
        calls += 1;
      }
    };
    await Promise.all(Array.from({ length: 50 }, caller));
    return calls;
  },
  /** All at once, more than the netlink socket has room for. */
  closes: async (count) => {
    const held: Socket[] = [];
    const keeping = createServer((socket) => held.push(socket.on("error", () => undefined))).listen(3002, host, 511);
    const clients = Array.from({ length: count }, () => connect(3002, host).on("error", () => undefined));
    while (held.length < count) await intervals(1);
    // Nobody listens to ends while many connections come.
    await intervals(4);
    Object.assign(ends, { told: 0, lost: 0 });
    for (const socket of held) socket.destroy();
    for (const socket of clients) socket.destroy();
    await intervals(2);
    keeping.close();
    return { closed: held.length, ...ends };
  },
};

const main = async (): Promise<void> => {
  const server = await listening(3000);
  await listening(3001, 8);
  const say = (message: object): void => void process.send?.(message);
  const obey = async (kind: string, count: number): Promise<void> => {
    const before = performance.now();
    const result = await storms[kind]?.(count, server);
    const { snapshot } = agent;
    say({
      kind: `${kind}:done`,
      result,
      tookMs: performance.now() - before,
      statuses,
      listeners: snapshot()?.listeners.length,
      time: snapshot()?.time,
      counts: snapshot()?.connections?.counts,
      fds: readdirSync("/proc/self/fd").length,
      rssBytes: process.memoryUsage.rss(),
    });
  };
  process.on("message", ({ kind, count = 0 }: { readonly kind: string; readonly count?: number }) => {
    void obey(kind, count);
  });
  say({ kind: "ready" });
};
process.on("disconnect", () => process.exit());
void main();
