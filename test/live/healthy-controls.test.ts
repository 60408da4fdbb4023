// Healthy servers under ordinary load: nothing is said that would call a person.
import type { ExecutionContext } from "ava";
import type { Program } from "../lab/child.js";
import type { Defer } from "../lab/command.js";
import { eventually } from "../lab/eventually.js";
import { expectNothingElse, labTest, quietLabTest } from "../lab/experiment.js";
import { prepareGrounds } from "../lab/grounds.js";
import type { Step } from "../lab/plan.js";
import type { ListenerSpec } from "../lab/server.js";
import { prepareLoad, startSite } from "../lab/site.js";

interface Control {
  readonly title: string;
  readonly listener: ListenerSpec;
  readonly clients: readonly Step[];
  /** The server's loop is held for so long, now and then. */
  readonly pauseMs?: number;
  /** Hardly uses the CPU. */
  readonly quiet?: true;
  readonly settings?: Readonly<Record<string, number>>;
  readonly meanwhile?: (server: Program) => Promise<void>;
}

const web = { kind: "http" } as const;
const quiet = { kind: "tcp", reply: true } as const;

const controls: readonly Control[] = [
  { title: "an idle server", listener: web, clients: [], quiet: true },
  {
    title: "steady load, 200 connections a second",
    listener: quiet,
    clients: [{ pattern: "rate", perSecond: 200, count: 500 }],
  },
  {
    title: "a burst of 100 within a limit of 128, again and again",
    listener: { ...quiet, backlog: 128 },
    clients: [0, 400, 400, 400].map((afterMs) => ({ pattern: "burst", count: 100, afterMs })),
  },
  {
    title: "a burst that just fits: 9 into a limit of 8",
    listener: { ...quiet, backlog: 8 },
    clients: [0, 500, 500].map((afterMs) => ({ pattern: "burst", count: 9, afterMs })),
  },
  {
    title: "long polling: 50 requests that are answered after 1.5 s",
    listener: web,
    clients: [{ pattern: "loop", count: 50, request: "/poll", forMs: 2500 }],
    quiet: true,
  },
  {
    title: "big downloads: four at a time, 26 MB each",
    listener: web,
    clients: [{ pattern: "loop", count: 4, request: "/big", forMs: 2000 }],
  },
  {
    title: "pauses of 150 ms while a few clients come",
    listener: quiet,
    clients: [{ pattern: "rate", perSecond: 20, count: 60 }],
    pauseMs: 150,
  },
  {
    title: "keep-alive: 20 clients ask again and again on their connections",
    listener: web,
    clients: [{ pattern: "loop", count: 20, request: "/", keepAlive: true, forMs: 2500 }],
  },
  {
    title: "health checks that connect and close at once",
    listener: quiet,
    clients: [{ pattern: "rate", perSecond: 50, count: 125, closeOnConnect: true }],
  },
  {
    title: "health checks that come into pauses of 150 ms",
    listener: quiet,
    clients: [{ pattern: "rate", perSecond: 50, count: 125, closeOnConnect: true }],
    pauseMs: 150,
  },
  {
    title: "a busy server that keeps up: ten clients, 4 ms of work each",
    listener: { ...web, costMs: 4 },
    clients: [{ pattern: "loop", count: 10, request: "/", forMs: 2500 }],
  },
  {
    title: "silent clients that keep their connections open",
    listener: { kind: "tcp" },
    clients: [{ pattern: "burst", count: 60 }],
    quiet: true,
  },
  {
    title: "a second of synchronous work while nobody comes",
    listener: quiet,
    clients: [],
    quiet: true,
    meanwhile: async (server) => {
      server.tell({ kind: "block", ms: 1000 });
      await server.hear("block:done");
    },
  },
  {
    title: "a second of SIGSTOP while nobody comes",
    listener: quiet,
    clients: [],
    quiet: true,
    meanwhile: async (server) => {
      process.kill(server.pid, "SIGSTOP");
      const endAt = Date.now() + 1000;
      await eventually("the end of the stop", () => Date.now() > endAt);
      process.kill(server.pid, "SIGCONT");
    },
  },
  {
    title: "cookies for everybody (tcp_syncookies=2)",
    listener: quiet,
    clients: [{ pattern: "rate", perSecond: 50, count: 125 }],
    quiet: true,
    settings: { "net.ipv4.tcp_syncookies": 2 },
  },
];

const pauseNowAndThen = async (server: Program, ms: number, until: number): Promise<void> => {
  while (Date.now() < until) {
    const from = server.said.length;
    server.tell({ kind: "block", ms });
    const { at } = await server.hear("block:done", 5000, from);
    await eventually("half a second between two pauses", () => Date.now() > Number(at) + 500);
  }
};

const watch = async (t: ExecutionContext, defer: Defer, control: Control): Promise<void> => {
  const { listener, clients, pauseMs, settings, meanwhile } = control;
  const grounds = await prepareGrounds(defer, { settings });
  const { program, log } = await startSite(defer, grounds.servers, { listeners: [listener] });
  const loads = await Promise.all(clients.map((spec) => prepareLoad(defer, grounds.clients, spec)));
  for (const [index, load] of loads.entries()) {
    const dueAt = Date.now() + (clients[index]?.afterMs ?? 0);
    await eventually("the step's time", () => Date.now() >= dueAt);
    await load.go();
  }
  const endAt = Date.now() + 2500;
  await meanwhile?.(program);
  if (pauseMs !== undefined) await pauseNowAndThen(program, pauseMs, endAt);
  await eventually("the end of the load", () => Date.now() >= endAt);
  await expectNothingElse(t, log);
  const errors = await Promise.all(loads.map(async (load) => Object.keys(await load.tally()).filter(isError)));
  t.deepEqual(errors.flat(), []);
};
const isError = (name: string): boolean => name.startsWith("E");

for (const control of controls) {
  const register = control.quiet === true ? quietLabTest : labTest;
  register(`healthy: ${control.title}`, (t, defer) => watch(t, defer, control));
}
