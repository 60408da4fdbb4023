// Storms in one process with the agent: listeners opened and closed, connections that stay while others come and go,
// hundreds of ends at once. Told what to do, it says when it is done; afterwards it serves as before.
import { createServer, connect, type Server, type Socket } from "node:net";
import { readdirSync } from "node:fs";
import { start } from "../../../src/index.js";
import { dumpSockets } from "../../../src/kernel/index.js";
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

let accepted = 0;
const listening = (port = 0, backlog = 511): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((socket) => {
      accepted += 1;
      socket.on("error", () => undefined).end("x");
    });
    server.listen({ port, host, backlog }, () => resolve(server));
  });

/** Connections that stay, each with a byte that nobody reads: there is a row of each. */
const kept: Socket[] = [];
const keptPort = 3003;
/** What was seen of them: rows in a sample and how many of them differ; dumps, and in how many one was told twice or missed. */
const sights = { rows: new Set<string>(), samples: 0, dumps: 0, repeated: 0, missed: 0, partial: 0 };
const sight = (cookies: readonly bigint[]): { readonly told: number; readonly different: number } => ({
  told: cookies.length,
  different: new Set(cookies).size,
});
const look = (): void => {
  const found = dumpSockets();
  const { told, different } = sight(
    [...(found ?? [])].filter(({ localPort }) => localPort === keptPort).map(({ cookie }) => cookie),
  );
  sights.dumps += 1;
  if (told > different) sights.repeated += 1;
  // The listener is one of them.
  if (different < kept.length + 1) sights.missed += 1;
  if (found?.partial !== false) sights.partial += 1;
};
agent.on("sample", ({ connections }) => {
  if (!dumping || !connections) return;
  const own = connections.rows.filter(({ localPort }) => localPort === keptPort);
  const { told, different } = sight(own.map(({ cookie }) => cookie));
  sights.rows.add(`${told} rows of ${different}`);
  sights.samples += 1;
});
const keeper = createServer({ pauseOnConnect: true }, (socket) => kept.push(socket));
let dumping: NodeJS.Timeout | undefined;

const storms: Readonly<Record<string, (count: number) => unknown>> = {
  block: holdFor,
  listeners: async (count) => {
    for (let n = 0; n < count; n += 1) (await listening()).close();
  },
  hold: async (count) => {
    keeper.listen(keptPort, host, 511);
    for (let n = 0; n < count; n += 1)
      connect(keptPort, host)
        .on("error", () => undefined)
        .write("x");
    while (kept.length < count) await intervals(1);
    // A row is made of what has held bytes for two looks.
    await intervals(3);
    accepted = 0;
    dumping = setInterval(look, 20);
  },
  /** Whether each is as it was: its byte is there. `count`: so many came and went, the last of which may still wait. */
  release: async (count) => {
    const isWhole = (): boolean => accepted >= count;
    for (let patience = 5; !isWhole() && patience > 0; patience -= 1) await intervals(1);
    clearInterval(dumping);
    dumping = undefined;
    const bytes = kept.map((socket) => new Promise((resolve) => socket.once("data", resolve).resume()));
    const read = (await Promise.all(bytes)).length;
    for (const socket of kept.splice(0)) socket.destroy();
    keeper.close();
    return { accepted, read, ...sights, rows: [...sights.rows] };
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
  await listening(3000, 4096);
  await listening(3001, 8);
  const say = (message: object): void => void process.send?.(message);
  const obey = async (kind: string, count: number): Promise<void> => {
    const before = performance.now();
    const result = await storms[kind]?.(count);
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
