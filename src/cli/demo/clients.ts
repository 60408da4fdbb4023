// The clients of the demos, a process of their own: opens connections by the plan and tells the demo what they saw.
import { connect } from "node:net";
import type { ClientTally, LoadPlan } from "./plan.js";

const order: { readonly port: number; readonly plan: LoadPlan } = JSON.parse(process.argv[2]!);
const { port, plan } = order;
const tellEveryMs = 100;

interface Client {
  readonly from: number;
  answeredMs?: number;
  cut?: true;
}
const clients: Client[] = [];

const open = (path: string): void => {
  const client: Client = { from: performance.now() };
  // The request that makes the server compute is no client: it takes as long as its work.
  if (path === plan.path) clients.push(client);
  const socket = connect({ port, host: "127.0.0.1" });
  const keep = plan.hold ? "keep-alive" : "close";
  socket.once("connect", () => socket.write(`GET ${path} HTTP/1.1\r\nHost: demo\r\nConnection: ${keep}\r\n\r\n`));
  socket.once("data", () => {
    client.answeredMs = performance.now() - client.from;
  });
  socket.resume();
  socket.on("error", () => {});
  socket.once("close", () => {
    if (client.answeredMs === undefined) client.cut = true;
  });
};

const tally = (): ClientTally => {
  const now = performance.now();
  const answered = clients.filter((client) => client.answeredMs !== undefined).length;
  const cut = clients.filter((client) => client.cut).length;
  const times = clients
    .filter((client) => !client.cut)
    .map((client) => client.answeredMs ?? now - client.from)
    .toSorted((a, b) => a - b);
  return {
    opened: clients.length,
    answered,
    cut,
    waiting: clients.length - answered - cut,
    medianMs: times[times.length >> 1] ?? 0,
    slowestMs: times.at(-1) ?? 0,
    overSecond: times.filter((ms) => ms > 1000).length,
  };
};

const begin = performance.now();
const bursts = [...(plan.bursts ?? [])];
const firstMs = plan.fromMs ?? 0;
const lastMs = plan.untilMs ?? plan.durationMs;
let steady = 0;

const turn = (): void => {
  const now = performance.now() - begin;
  const due = Math.floor(((Math.min(now, lastMs) - firstMs) * plan.perSecond) / 1000);
  for (; steady < due; steady += 1) open(plan.path);
  while (bursts[0] && bursts[0].atMs <= now) {
    const { count, path } = bursts.shift()!;
    for (let n = 0; n < count; n += 1) open(path);
  }
};
setInterval(turn, 5);
setInterval(() => process.send?.(tally()), tellEveryMs);
process.on("disconnect", () => process.exit());
