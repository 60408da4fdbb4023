// An ordinary service and its clients: what keeps connections open or busy without being a fault.
import type { Healthy, Site } from "../scenario.js";

const agent = true;
type Via = "http" | "http2" | "tls";

/** A service (`service.ts`) and clients that come again and again (`visitor.ts`). */
const visited =
  (via: Via, ...visitors: readonly object[]) =>
  async ({ near, far, start }: Site): Promise<void> => {
    await start(near, { script: "service.js", spec: { via, host: near.address }, agent });
    for (const visitor of visitors)
      await start(far, { script: "visitor.js", spec: { host: near.address, ...visitor } });
  };

/** The clients are under test: of a service elsewhere. */
const visiting =
  (via: Via, visitor: object) =>
  async ({ near, far, start }: Site): Promise<void> => {
    await start(far, { script: "service.js", spec: { via, host: far.address } });
    await start(near, { script: "visitor.js", spec: { host: far.address, ...visitor }, agent });
  };

const seconds = 10_000;

const controls: readonly Omit<Healthy, "healthy">[] = [
  {
    variant: "downloads at a high rate over veth",
    path: { kind: "veth" },
    alone: true,
    watchMs: seconds,
    run: visited("http", { kind: "request", path: "/download/50000000", count: 3 }),
  },
  {
    variant: "downloads over a long fat path: round trip 80 ms, whatever rate comes through",
    path: { kind: "wire", delayMs: 40, jumbo: true },
    alone: true,
    watchMs: 12_000,
    run: visited("http", { kind: "request", path: "/download/2000000000" }),
  },
  {
    variant: "downloads over a long fat path with bbr: round trip 60 ms",
    path: { kind: "wire", delayMs: 30, jumbo: true },
    congestion: "bbr",
    alone: true,
    watchMs: seconds,
    run: visited("http", { kind: "request", path: "/download/2000000000" }),
  },
  {
    variant: "a large answer to a phone: 2 Mb/s, round trip 60 ms, a small queue",
    path: { kind: "wire", delayMs: 30, bitsPerSecond: 2e6, queueBytes: 30_000 },
    watchMs: seconds,
    run: visited("http", { kind: "request", path: "/download/1500000", pauseMs: 500 }),
  },
  {
    variant: "an application that writes little: an event a tenth of a second to 20 clients, round trip 80 ms",
    path: { kind: "wire", delayMs: 40 },
    watchMs: seconds,
    run: visited("http", { kind: "request", path: "/events/100", count: 20 }),
  },
  {
    variant: "event streams that are silent for a minute",
    path: { kind: "veth" },
    watchMs: seconds,
    run: visited("http", { kind: "request", path: "/events/60000", count: 60 }),
  },
  {
    variant: "long polling: 30 requests that wait four seconds",
    path: { kind: "wire", delayMs: 10 },
    watchMs: seconds,
    run: visited("http", { kind: "request", path: "/poll/4000", count: 30 }),
  },
  {
    variant: "a pool of 40 connections kept alive, used every two seconds",
    path: { kind: "wire", delayMs: 10 },
    watchMs: seconds,
    run: visited("http", { kind: "request", path: "/", count: 40, pauseMs: 2000 }),
  },
  {
    variant: "many small requests as fast as they are answered",
    path: { kind: "veth" },
    run: visited("http", { kind: "request", path: "/", count: 20 }),
  },
  {
    variant: "health checks that connect and hang up, beside ordinary requests",
    path: { kind: "veth" },
    run: visited(
      "http",
      { kind: "check", count: 3, pauseMs: 50 },
      { kind: "request", path: "/", method: "HEAD", count: 2, pauseMs: 50 },
    ),
  },
  {
    variant: "uploads of 2 MB through pipeline() into a store that takes 50 ms for each part",
    path: { kind: "wire", delayMs: 5 },
    watchMs: seconds,
    run: visited("http", { kind: "request", method: "POST", path: "/upload/50", bytes: 2e6, count: 6 }),
  },
  {
    variant: "uploads over TLS and downloads over TLS, round trip 20 ms",
    path: { kind: "wire", delayMs: 10 },
    watchMs: seconds,
    run: visited("tls", { kind: "secure", path: "download 8000000" }, { kind: "secure", bytes: 8e6, count: 2 }),
  },
  {
    variant: "HTTP/2: 30 streams of 1 MB in one connection, round trip 20 ms",
    path: { kind: "wire", delayMs: 10 },
    watchMs: seconds,
    run: visited("http2", { kind: "stream", path: "/download/1000000", count: 30 }),
  },
  {
    variant: "clients that abort their downloads after 300 KB",
    path: { kind: "veth" },
    run: visited("http", { kind: "abort", path: "/download/100000000", bytes: 3e5, count: 5, pauseMs: 20 }),
  },
  {
    variant: "a resolver that gets 30 small questions at a time over UDP, ten times a second",
    path: { kind: "wire", delayMs: 5 },
    run: async ({ near, far, start }) => {
      await start(near, { script: "names.js", spec: { listen: true, host: near.address }, agent });
      await start(far, { script: "names.js", spec: { host: near.address, count: 30, everyMs: 100 } });
    },
  },
  {
    variant: "a server that is restarted while clients come",
    path: { kind: "veth" },
    run: async ({ near, far, start, lasts }) => {
      const service = { script: "service.js", spec: { via: "http", host: near.address }, agent };
      const first = await start(near, service);
      await start(far, { script: "visitor.js", spec: { kind: "request", host: near.address, count: 10, pauseMs: 20 } });
      await lasts(3000);
      first.tell({ kind: "close" });
      await lasts(1000);
      await first.end("SIGTERM");
      await start(near, service);
    },
  },
  {
    variant: "a client that downloads as fast as the path allows, round trip 40 ms",
    path: { kind: "wire", delayMs: 20, jumbo: true },
    watchMs: seconds,
    alone: true,
    run: visiting("http", { kind: "request", path: "/download/500000000" }),
  },
  {
    variant: "a client whose slow long polls and keep-alive pool lie behind a link of 10 Mb/s",
    path: { kind: "wire", delayMs: 20, bitsPerSecond: 10e6, queueBytes: 100_000 },
    watchMs: seconds,
    run: visiting("http", { kind: "request", path: "/poll/3000", count: 30, pauseMs: 100 }),
  },
];

export const healthyServices: readonly Healthy[] = controls.map((control) => ({ healthy: true, ...control }));
