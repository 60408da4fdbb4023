// Healthy servers under ordinary load: nothing is said that would call a person.
import type { Program } from "../lab/child.js";
import { eventually } from "../lab/eventually.js";
import { expectNothingElse, labTest } from "../lab/experiment.js";
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
}

const web = { kind: "http" } as const;
const quiet = { kind: "tcp", reply: true } as const;

const controls: readonly Control[] = [
  { title: "an idle server", listener: web, clients: [] },
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

for (const { title, listener, clients, pauseMs } of controls)
  labTest(`healthy: ${title}`, async (t, defer) => {
    const grounds = await prepareGrounds(defer, {});
    const { program, log } = await startSite(defer, grounds.servers, { listeners: [listener] });
    const loads = await Promise.all(clients.map((spec) => prepareLoad(defer, grounds.clients, spec)));
    for (const [index, load] of loads.entries()) {
      const dueAt = Date.now() + (clients[index]?.afterMs ?? 0);
      await eventually("the step's time", () => Date.now() >= dueAt);
      await load.go();
    }
    const endAt = Date.now() + 2500;
    if (pauseMs !== undefined) await pauseNowAndThen(program, pauseMs, endAt);
    await eventually("the end of the load", () => Date.now() >= endAt);
    await expectNothingElse(t, log);
    t.not(log.lines().length, 0, "the observer was there");
    for (const load of loads)
      t.deepEqual(
        Object.keys(await load.tally()).filter((name) => name.startsWith("E")),
        [],
      );
  });
