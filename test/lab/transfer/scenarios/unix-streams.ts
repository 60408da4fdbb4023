// Unix stream sockets: write-stalled and read-stalled, as far as a socket without path and window knows them.
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EndSpec } from "../apps/end.js";
import type { Program } from "../../child.js";
import { evidentAfterMs } from "../judge.js";
import type { Scenario, Site } from "../scenario.js";

let made = 0;
const newPath = (): string => {
  made += 1;
  return join(tmpdir(), `sockscope-lab-${process.pid}-${made}.sock`);
};

interface Ends {
  readonly server: Omit<EndSpec, "host" | "listen" | "path">;
  readonly clients: Omit<EndSpec, "host" | "path">;
  readonly watched: "server" | "clients";
}

const joins = async (
  { near, start, defer }: Site,
  path: string,
  ends: Ends,
): Promise<Record<Ends["watched"], Program>> => {
  const host = near.address;
  defer(() => rmSync(path, { force: true }));
  const spec = { ...ends.server, host, path, listen: true };
  const server = await start(near, { script: "end.js", spec, agent: ends.watched === "server" });
  const clients = await start(near, {
    script: "end.js",
    spec: { ...ends.clients, host, path },
    agent: ends.watched === "clients",
  });
  return { server, clients };
};

/**
 * The kernel counts nothing at a unix socket: it is known to stand still from Node's first word on, which is asked for at
 * the first look that finds something waiting, at most an interval after the fault.
 */
const firstWordMs = 1000;

const scenario = (
  symptom: string,
  cause: string,
  variant: string,
  run: (site: Site, path: string) => Promise<void>,
): Scenario => {
  const path = newPath();
  const evidentMs = evidentAfterMs({ symptom, cause }) + firstWordMs;
  const expect = { symptom, cause, at: path, evidentMs };
  return { expect, variant, path: { kind: "loopback" }, run: (site) => run(site, path) };
};

const stopsReading = async (site: Site, program: Program): Promise<void> => {
  await site.lasts(1500);
  program.tell({ kind: "stop-reading" });
  await program.hear("stop-reading:done");
};

const writes: readonly Scenario[] = [
  scenario(
    "write-stalled",
    "peer-not-reading",
    "a unix socket: the server's clients never read",
    async (site, path) => {
      await joins(site, path, { server: { send: {} }, clients: { count: 5, read: "none" }, watched: "server" });
    },
  ),
  scenario(
    "write-stalled",
    "peer-not-reading",
    "a unix socket: the server stops reading an upload",
    async (site, path) => {
      const { server } = await joins(site, path, { server: {}, clients: { send: {} }, watched: "clients" });
      await stopsReading(site, server);
    },
  ),
  scenario(
    "write-stalled",
    "peer-not-reading",
    "a unix socket: small messages that the peer reads no more",
    async (site, path) => {
      const send = { chunkBytes: 2000, everyMs: 20 };
      const { clients } = await joins(site, path, { server: { send }, clients: {}, watched: "server" });
      await stopsReading(site, clients);
    },
  ),
];

const reads: readonly Scenario[] = [
  scenario(
    "read-stalled",
    "application-not-reading",
    "a unix socket: the server never reads an upload",
    async (site, path) => {
      await joins(site, path, { server: { read: "none" }, clients: { send: {} }, watched: "server" });
    },
  ),
  scenario(
    "read-stalled",
    "application-not-reading",
    "a unix socket: three clients pause what the server sends",
    async (site, path) => {
      const { clients } = await joins(site, path, { server: { send: {} }, clients: { count: 3 }, watched: "clients" });
      await stopsReading(site, clients);
    },
  ),
  scenario(
    "read-stalled",
    "application-not-reading",
    "a unix socket: 100 KB of which Node reads what it buffers and no more",
    async (site, path) => {
      await joins(site, path, { server: { read: "none" }, clients: { send: { bytes: 100_000 } }, watched: "server" });
    },
  ),
];

const healthy: readonly Scenario[] = [
  {
    healthy: true,
    variant: "a unix socket at full speed and one that is read slowly but steadily",
    path: { kind: "loopback" },
    run: async (site) => {
      await joins(site, newPath(), { server: { send: {} }, clients: {}, watched: "server" });
      const slow = { read: { bytesPerSecond: 2_000_000 } } as const;
      for (const watched of ["clients", "server"] as const)
        await joins(site, newPath(), { server: { send: {} }, clients: slow, watched });
    },
  },
];

export const unixStreams: readonly Scenario[] = [...writes, ...reads];
export const healthyUnixStreams: readonly Scenario[] = healthy;
