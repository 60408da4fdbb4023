// Clients and datagrams as they should be: nothing may be said.
import type { Scenario } from "../scenario.js";

export const healthyOutgoing: readonly Scenario[] = [
  {
    healthy: true,
    variant: "a busy client with keep-alive, forty requests at a time, over 10 ms",
    path: { kind: "wire", delayMs: 5 },
    run: async ({ near, far, start }) => {
      await start(far, { script: "web.js", spec: { host: far.address } });
      const spec = { host: far.address, by: "http", everyMs: 50, atOnce: 40, keepAlive: true, atStart: true };
      await start(near, { script: "caller.js", spec, agent: true });
    },
  },
  {
    healthy: true,
    variant: "two hundred short connections a second, over veth",
    path: { kind: "veth" },
    run: async ({ near, far, start }) => {
      await start(far, { script: "end.js", spec: { host: far.address, listen: true } });
      const spec = { host: far.address, by: "socket", everyMs: 50, atOnce: 10, closes: true, atStart: true };
      await start(near, { script: "caller.js", spec, agent: true });
    },
  },
  {
    healthy: true,
    variant: "short connections over 400 ms that are seen in every state",
    path: { kind: "wire", delayMs: 200 },
    run: async ({ near, far, start }) => {
      await start(far, { script: "end.js", spec: { host: far.address, listen: true } });
      const spec = { host: far.address, by: "socket", everyMs: 300, closes: true, atStart: true };
      await start(near, { script: "caller.js", spec, agent: true });
    },
  },
  {
    healthy: true,
    variant: "connections to a server that stands for half a second now and then and has room",
    path: { kind: "veth" },
    run: async ({ near, far, start, lasts }) => {
      const server = await start(far, { script: "end.js", spec: { host: far.address, listen: true } });
      const spec = { host: far.address, by: "socket", everyMs: 50, closes: true, atStart: true };
      await start(near, { script: "caller.js", spec, agent: true });
      for (let n = 0; n < 4; n += 1) {
        server.tell({ kind: "block", ms: 500 });
        await lasts(1200);
      }
    },
  },
  {
    healthy: true,
    variant: "a service that starts late: two connects are refused, the third comes about",
    path: { kind: "veth" },
    run: async ({ near, far, start, eventually }) => {
      const spec = { host: far.address, by: "socket", everyMs: 700, atStart: true };
      const caller = await start(near, { script: "caller.js", spec, agent: true });
      await eventually("two refusals", () => {
        caller.tell({ kind: "tally" });
        return caller.said.some(({ kind, failed }) => kind === "tally" && failed === 2);
      });
      await start(far, { script: "end.js", spec: { host: far.address, listen: true } });
    },
  },
  {
    healthy: true,
    variant: "2000 datagrams a second, each answered, over veth",
    path: { kind: "veth" },
    run: async ({ near, far, start }) => {
      await start(near, {
        script: "datagrams.js",
        spec: { host: near.address, takes: true, echoes: true },
        agent: true,
      });
      const spec = { host: near.address, burst: 10, everyMs: 5, bytes: 200 };
      const sender = await start(far, { script: "datagrams.js", spec });
      sender.tell({ kind: "send" });
    },
  },
];
