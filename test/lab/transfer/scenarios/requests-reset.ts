// requests-reset: requests meet connections that the server has just closed, as idle or with data unread.
import { spawnSync } from "node:child_process";
import type { RegularSpec } from "../apps/regular.js";
import type { ShopSpec } from "../apps/shop.js";
import type { Expectation, Healthy, Scenario, Site } from "../scenario.js";

/** Node closes an idle connection this much after `keepAliveTimeout`. */
const bufferMs = 1000;

interface Race {
  /** Long enough for the observer to have met the connections, on a machine that has other things to do. */
  readonly keepAliveTimeoutMs: number;
  readonly count: number;
  /** Before the server closes the connection as idle, or after (negative). */
  readonly earlyMs: number;
  readonly isBlind?: boolean;
}

const againMsOf = ({ keepAliveTimeoutMs, earlyMs }: Race): number => keepAliveTimeoutMs + bufferMs - earlyMs;

const expectedAfter = (evidentMs: number): Expectation => ({
  symptom: "requests-reset",
  cause: "keep-alive-race",
  evidentMs,
});

const open = async (site: Site, spec: Omit<ShopSpec, "host">) =>
  site.start(site.near, { script: "shop.js", spec: { host: site.near.address, ...spec }, agent: true });

/** Whoever comes back must have met a closed connection: else nothing was injected. */
const tallied = async (site: Site, clients: Awaited<ReturnType<Site["start"]>>, name: string, least: number) =>
  site.eventually(`${least} ${name}`, async () => {
    const from = clients.said.length;
    clients.tell({ kind: "tally" });
    const tally = await clients.hear("tally", 1000, from);
    return Number(tally[name]) >= least;
  });

const race = (spec: Race) => ({
  // The later of the answer to the late request and the end of the connection.
  expect: expectedAfter(againMsOf(spec) + Math.abs(spec.earlyMs)),
  run: async (site: Site): Promise<void> => {
    const { keepAliveTimeoutMs, count, isBlind } = spec;
    await open(site, { keepAliveTimeoutMs });
    const regular: RegularSpec = { host: site.near.address, count, againMs: againMsOf(spec), isBlind };
    const clients = await site.start(site.far, { script: "regular.js", spec: regular });
    await clients.hear("answered");
    site.faultBegins();
    await site.lasts(regular.againMs);
    await tallied(site, clients, "lost", count);
  },
});

const keepAliveRace: readonly Scenario[] = [
  {
    variant: "4 clients over a round trip of 200 ms come back while the FIN is on its way",
    path: { kind: "wire", delayMs: 100 },
    ...race({ keepAliveTimeoutMs: 3500, count: 4, earlyMs: 100 }),
  },
  {
    variant: "30 clients over a round trip of 400 ms, reno",
    path: { kind: "wire", delayMs: 200 },
    congestion: "reno",
    ...race({ keepAliveTimeoutMs: 3000, count: 30, earlyMs: 200 }),
  },
  {
    variant: "a pool on loopback that does not notice the end and sends 300 ms after it",
    path: { kind: "loopback" },
    ...race({ keepAliveTimeoutMs: 4000, count: 5, earlyMs: -300, isBlind: true }),
  },
  {
    variant: "requests that arrive while the loop is busy, the timeout over when it goes on",
    path: { kind: "veth" },
    companions: [{ symptom: "read-stalled", cause: "event-loop-blocked", because: "they wait for the loop, too" }],
    expect: expectedAfter(5500),
    run: async (site) => {
      const server = await open(site, { keepAliveTimeoutMs: 3500 });
      const spec: RegularSpec = { host: site.near.address, count: 6, againMs: 4200 };
      const clients = await site.start(site.far, { script: "regular.js", spec });
      await clients.hear("answered");
      site.faultBegins();
      await site.lasts(4000);
      server.tell({ kind: "block", ms: 900 });
      await server.hear("block:done");
      await tallied(site, clients, "lost", 6);
    },
  },
];

const nginxPort = 8080;

const raceBehindNginx: Scenario = {
  expect: expectedAfter(4500),
  variant: "nginx that keeps connections for 60 s, POSTs over a round trip of 160 ms: 502",
  path: { kind: "wire", delayMs: 80 },
  run: async (site) => {
    await open(site, { keepAliveTimeoutMs: 3500 });
    const proxy = { upstream: `${site.near.address}:3000`, port: nginxPort, keepSeconds: 60 };
    await site.start(site.far, { script: "proxy.js", spec: proxy });
    const spec: RegularSpec = {
      host: "127.0.0.1",
      port: nginxPort,
      count: 3,
      againMs: 3500 + bufferMs - 80,
      method: "POST",
    };
    const clients = await site.start(site.far, { script: "regular.js", spec });
    await clients.hear("answered");
    site.faultBegins();
    await site.lasts(spec.againMs);
    await tallied(site, clients, "badGateway", 3);
  },
};

/** Three of them make a warning: the third may come an interval after the first. */
const unread: Expectation = { symptom: "requests-reset", cause: "closed-with-unread-data", evidentMs: 1000 };

const refusedUploads =
  (count: number, bytes: number, uploadBytesAtMost: number) =>
  async (site: Site): Promise<void> => {
    await open(site, { keepAliveTimeoutMs: 5000, uploadBytesAtMost });
    const spec = { kind: "request", host: site.near.address, count, bytes, method: "POST", pauseMs: 400 };
    await site.start(site.far, { script: "visitor.js", spec });
    site.faultBegins();
  };

const closedUnread: readonly Scenario[] = [
  {
    expect: unread,
    variant: "uploads of 10 MB over veth, refused with 413 at the first byte",
    path: { kind: "veth" },
    run: refusedUploads(3, 10e6, 0),
  },
  {
    expect: unread,
    variant: "uploads of 2 MB over 20 ms, refused after 300 KB",
    path: { kind: "wire", delayMs: 10 },
    run: refusedUploads(20, 2e6, 300_000),
  },
  {
    expect: unread,
    variant: "uploads of 500 KB on loopback, refused after 100 KB, reno",
    path: { kind: "loopback" },
    congestion: "reno",
    run: refusedUploads(20, 500_000, 100_000),
  },
];

const isNginxHere = spawnSync("nginx", ["-v"]).error === undefined || process.env.SOCKSCOPE_REQUIRE_ALL === "1";

export const requestsReset: readonly Scenario[] = [
  ...keepAliveRace,
  ...(isNginxHere ? [raceBehindNginx] : []),
  ...closedUnread,
];

/** Sparse requests, health checks, idle ends in order, a server that closes at last. */
const orderly = (secure: boolean): Healthy => ({
  healthy: true,
  variant: `idle ${secure ? "TLS " : ""}connections that end by the keep-alive timeout, health checks, a close at last`,
  path: { kind: "wire", delayMs: 20 },
  watchMs: 2500,
  run: async (site) => {
    const { near, far, start, lasts } = site;
    const server = await open(site, { keepAliveTimeoutMs: 1000, secure });
    const host = near.address;
    await start(far, { script: "visitor.js", spec: { kind: "check", host, count: 2, pauseMs: 300 } });
    const visitors: readonly RegularSpec[] = [
      // In time, once, and then never again; never again; and some that do not look until the server has long gone.
      { host, secure, count: 6, againMs: 600 },
      { host, secure, count: 6, againMs: 60_000 },
      { host, secure, count: 3, againMs: 60_000, isBlind: true },
    ];
    for (const spec of visitors) await start(far, { script: "regular.js", spec });
    if (!secure) await start(far, { script: "visitor.js", spec: { kind: "request", host, count: 4, pauseMs: 600 } });
    await lasts(5000);
    server.tell({ kind: "close" });
  },
});

export const healthyEnds: readonly Healthy[] = [orderly(false), orderly(true)];
