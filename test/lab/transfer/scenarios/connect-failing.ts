// connect-failing: outgoing connections that do not come about, or only after a second and more.
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallerSpec } from "../apps/caller.js";
import type { EndSpec } from "../apps/end.js";
import type { Program } from "../../child.js";
import type { Expectation, Scenario, Site } from "../scenario.js";

const failing = (cause: string, evidentMs?: number, at?: string): Expectation => ({
  symptom: "connect-failing",
  cause,
  evidentMs,
  at,
});

/** The client under test is at the near host; it begins to call when everything is there: `meanwhile` is before that. */
const calls = async (
  { near, far, start, faultBegins }: Site,
  spec: CallerSpec,
  { env, meanwhile }: { env?: Readonly<Record<string, string>>; meanwhile?: () => Promise<void> } = {},
): Promise<void> => {
  const caller = await start(near, { script: "caller.js", spec: { host: far.address, ...spec }, agent: true, env });
  await meanwhile?.();
  faultBegins();
  caller.tell({ kind: "call" });
};
const serves = ({ far, start }: Site, spec: Partial<EndSpec> = {}): Promise<Program> =>
  start(far, { script: "end.js", spec: { host: far.address, listen: true, ...spec } });

/** A server that stands for so long when it is called; its accept queue takes one more than `backlog`. */
const callsStanding = async (site: Site, backlog: number, ms: number, spec: CallerSpec): Promise<void> => {
  const server = await serves(site, { backlog });
  const meanwhile = async (): Promise<void> => {
    server.tell({ kind: "block", ms });
    await server.hear("block:begun");
  };
  await calls(site, spec, { meanwhile });
};

const ports = (count: number) => ({ near: { "net.ipv4.ip_local_port_range": `40000 ${40_000 + count - 1}` } });

const portsExhausted: readonly Scenario[] = [
  {
    expect: failing("ports-exhausted", 5000),
    variant: "connections that are closed at once, twenty a second from a hundred ports, over veth",
    path: { kind: "veth" },
    settings: ports(100),
    run: async (site) => {
      await serves(site);
      await calls(site, { by: "socket", everyMs: 50, closes: true });
    },
  },
  {
    expect: failing("ports-exhausted", 3500),
    variant: "connections that are never closed, ten a second from ten ports, on loopback",
    path: { kind: "loopback" },
    settings: ports(10),
    run: async (site) => {
      await serves(site);
      await calls(site, { by: "socket", everyMs: 100 });
    },
  },
  {
    expect: failing("ports-exhausted", 3500),
    variant: "rushes of forty requests without keep-alive that a slow server leaves open, over 10 ms",
    path: { kind: "wire", delayMs: 5 },
    settings: ports(30),
    run: async (site) => {
      await serves(site);
      await calls(site, { by: "http", everyMs: 1000, atOnce: 40 });
    },
  },
];

/** Where a server was that is gone. */
const leftPath = join(tmpdir(), `sockscope-lab-${process.pid}.left`);

const peerRefusing: readonly Scenario[] = [
  {
    expect: failing("peer-refusing", 3500),
    variant: "a driver that connects twice a second to a service that is down, over veth",
    path: { kind: "veth" },
    run: async (site) => {
      await calls(site, { by: "socket", everyMs: 500 });
    },
  },
  {
    expect: failing("peer-refusing", 2500),
    variant: "fetch, twenty a second, on loopback",
    path: { kind: "loopback" },
    run: async (site) => {
      await calls(site, { by: "fetch", everyMs: 50 });
    },
  },
  {
    expect: failing("peer-refusing", 7000),
    variant: "a client that backs off from 400 ms on, over 40 ms",
    path: { kind: "wire", delayMs: 20 },
    run: async (site) => {
      await calls(site, { by: "http", everyMs: 400, backsOff: true });
    },
  },
  {
    expect: failing("peer-refusing", 1500, leftPath),
    variant: "a unix socket whose server is gone, with every connect watched",
    path: { kind: "loopback" },
    run: async (site) => {
      writeFileSync(leftPath, "");
      site.defer(() => rmSync(leftPath, { force: true }));
      await calls(
        site,
        { by: "socket", path: leftPath, everyMs: 200 },
        {
          env: { SOCKSCOPE_DETAIL: "connections" },
        },
      );
    },
  },
];

const peerOverflowing: readonly Scenario[] = [
  {
    expect: failing("peer-overflowing"),
    variant: "eight connections to a blocked server on this host with room for three",
    path: { kind: "loopback" },
    run: async (site) => {
      await callsStanding(site, 2, 8000, { by: "socket", everyMs: 1000, atOnce: 8, calls: 8 });
    },
  },
  {
    expect: failing("peer-overflowing"),
    variant: "thirty requests at once to a blocked server with room for six, over 20 ms",
    path: { kind: "wire", delayMs: 10 },
    run: async (site) => {
      await callsStanding(site, 5, 8000, { by: "http", everyMs: 1000, atOnce: 30, calls: 30 });
    },
  },
  {
    expect: failing("peer-overflowing", 3500),
    variant: "a server that stands for two and a half seconds: connections come about late, over veth",
    path: { kind: "veth" },
    run: async (site) => {
      await callsStanding(site, 3, 2600, { by: "socket", everyMs: 100, atOnce: 2, calls: 20 });
    },
  },
  {
    expect: failing("peer-overflowing", 6000),
    variant: "a server that takes one connection in 700 ms and is called five times a second",
    path: { kind: "wire", delayMs: 5 },
    run: async (site) => {
      const server = await serves(site, { backlog: 2 });
      server.tell({ kind: "block-often", ms: 700 });
      await calls(site, { by: "socket", everyMs: 200 });
    },
  },
];

const pathBlackhole: readonly Scenario[] = [
  {
    expect: failing("path-blackhole"),
    variant: "a wire that is cut both ways before the first SYN",
    path: { kind: "wire", delayMs: 10 },
    run: async (site) => {
      await serves(site);
      await site.wire.set({ dead: true });
      await calls(site, { by: "socket", everyMs: 500, calls: 3 });
    },
  },
  {
    expect: failing("path-blackhole"),
    variant: "requests whose SYNs arrive and whose answers do not, forty at once",
    path: { kind: "wire", delayMs: 20 },
    run: async (site) => {
      await serves(site);
      await site.wire.set({ direction: "ba", dead: true });
      await calls(site, { by: "http", everyMs: 1000, atOnce: 40, calls: 40 });
    },
  },
  {
    expect: failing("path-blackhole", 8500),
    variant: "a client that gives up after 1.8 s each time and calls anew",
    path: { kind: "wire", delayMs: 10 },
    run: async (site) => {
      await serves(site);
      await site.wire.set({ dead: true });
      await calls(site, { by: "socket", everyMs: 2000, patienceMs: 1800 });
    },
  },
  {
    expect: failing("path-blackhole", 5000),
    variant: "a neighbour that is switched off: no answer to ARP, over veth",
    path: { kind: "veth" },
    run: async (site) => {
      await calls(site, { by: "fetch", host: "10.99.0.77", everyMs: 300 });
    },
  },
];

export const connectFailing: readonly Scenario[] = [
  ...portsExhausted,
  ...peerRefusing,
  ...peerOverflowing,
  ...pathBlackhole,
];
