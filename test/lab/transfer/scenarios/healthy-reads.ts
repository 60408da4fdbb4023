// Servers that receive as they should, some of them slowly, and connections that are idle or half open for good reason.
import type { Healthy, Site } from "../scenario.js";

const agent = true;

/** A server that reads in its way (`reader.ts`), and peers that send (`end.ts`). */
const receive =
  (reader: object, peers: object) =>
  async ({ near, far, start }: Site): Promise<void> => {
    await start(near, { script: "reader.js", spec: { host: near.address, ...reader }, agent });
    await start(far, { script: "end.js", spec: { host: near.address, ...peers } });
  };

/** A server that takes so many bytes a second and leaves the rest with the kernel. */
const sip =
  (bytesPerSecond: number, peers: object) =>
  async ({ near, far, start }: Site): Promise<void> => {
    const spec = { listen: true, host: near.address, read: { bytesPerSecond } };
    await start(near, { script: "end.js", spec, agent });
    await start(far, { script: "end.js", spec: { host: near.address, ...peers } });
  };

const controls: readonly Omit<Healthy, "healthy">[] = [
  {
    variant: "a stream that is paused for three seconds after each 500 KB",
    path: { kind: "veth" },
    watchMs: 12_000,
    run: receive({ kind: "pausing", bytes: 5e5, waitMs: 3000 }, { send: {} }),
  },
  {
    variant: "20 consumers that wait 1.5 seconds for something slow after each 64 KB",
    path: { kind: "wire", delayMs: 5 },
    watchMs: 12_000,
    run: receive({ kind: "consuming", bytes: 65_536, waitMs: 1500 }, { count: 20, send: {} }),
  },
  {
    variant: "a reader of 200 KB/s whose peer could send far more",
    path: { kind: "veth" },
    watchMs: 10_000,
    run: sip(2e5, { send: {} }),
  },
  {
    variant: "a reader of 20 KB/s that works off 200 KB which came long ago",
    path: { kind: "wire", delayMs: 10 },
    watchMs: 10_000,
    run: sip(2e4, { count: 5, send: { bytes: 2e5 } }),
  },
  {
    variant: "loopback's own stalls of 200 ms: a reader of 3 MB/s and a peer that is never done",
    path: { kind: "loopback" },
    run: sip(3e6, { send: {} }),
  },
  {
    variant: "a fast upload over veth",
    path: { kind: "veth" },
    alone: true,
    run: receive({ kind: "sink" }, { send: {} }),
  },
  {
    variant: "an upload with 0.1 % of the packets lost and 2 % late, round trip 20 ms",
    path: { kind: "wire", delayMs: 10, loss: 0.001, reorder: 0.02, reorderMs: 3 },
    watchMs: 10_000,
    run: receive({ kind: "sink" }, { count: 2, send: {} }),
  },
  {
    variant: "an upload through a link of 5 Mb/s, round trip 100 ms",
    path: { kind: "wire", delayMs: 50, bitsPerSecond: 5e6, queueBytes: 60_000 },
    watchMs: 10_000,
    run: receive({ kind: "sink" }, { send: {} }),
  },
  {
    variant: "1,000 silent connections",
    path: { kind: "veth" },
    watchMs: 10_000,
    run: async ({ near, far, start }) => {
      const server = await start(near, { script: "reader.js", spec: { kind: "sink", host: near.address }, agent });
      // not all at once: that would be another fault
      for (const reached of [250, 500, 750, 1000]) {
        await start(far, { script: "end.js", spec: { host: near.address, count: 250 } });
        while (!server.said.some(({ count }) => count === reached))
          await server.hear("connected", 5000, server.said.length);
      }
    },
  },
  {
    variant: "12 half-open streams that send now and then to peers that have ended theirs",
    path: { kind: "veth" },
    watchMs: 14_000,
    run: async ({ near, far, start, lasts }) => {
      const server = { script: "reader.js", spec: { kind: "ticking", host: near.address, waitMs: 3000 }, agent };
      await start(near, server);
      const spec = { kind: "halfClose", host: near.address, count: 12 };
      await start(far, { script: "visitor.js", spec });
      await lasts(1000);
    },
  },
  {
    variant: "40 peers without keep-alive probes behind a cut wire: nothing shows it, and nothing is to be said",
    path: { kind: "wire", delayMs: 5 },
    watchMs: 10_000,
    run: async (site) => {
      await receive({ kind: "sink" }, { count: 40, send: { bytes: 1000 } })(site);
      await site.lasts(1500);
      await site.wire.set({ dead: true });
    },
  },
  {
    variant: "peers that die: 30 connections with something unread end with RST",
    path: { kind: "veth" },
    run: async ({ near, far, start, lasts }) => {
      await start(near, { script: "reader.js", spec: { kind: "sink", host: near.address }, agent });
      const peers = await start(far, { script: "end.js", spec: { host: near.address, count: 30, send: {} } });
      await lasts(1500);
      await peers.end("SIGKILL");
    },
  },
  {
    variant: "pauses of 50 to 150 ms under steady load",
    path: { kind: "veth" },
    run: async ({ near, far, start, lasts }) => {
      const server = await start(near, { script: "reader.js", spec: { kind: "sink", host: near.address }, agent });
      const send = { chunkBytes: 8192, everyMs: 5 };
      await start(far, { script: "end.js", spec: { host: near.address, count: 10, send } });
      for (const ms of [50, 150, 80, 120, 150, 60, 150, 100, 150, 70]) {
        server.tell({ kind: "block", ms });
        await lasts(ms + 400);
      }
    },
  },
];

export const healthyReads: readonly Healthy[] = controls.map((control) => ({ healthy: true, ...control }));
