// memory-pressure, and data thrown away because of it: a cgroup whose TCP buffers may take little (v1), the host's limit for
// all TCP buffers, the host's limit for closed connections that still have something to send.
import { readFileSync } from "node:fs";
import type { Program } from "../../child.js";
import { nstat } from "../../counters.js";
import { changeOnHost, setOnHost } from "../../host-setting.js";
import { tcpMemoryFor } from "../../memory.js";
import type { EndSpec } from "../apps/end.js";
import type { Companion, Scenario, Site } from "../scenario.js";

type Spec = Omit<EndSpec, "host">;

/** A server under test and its clients; `before` is done when the server is there. */
const serve = async (
  { near, far, start }: Site,
  { server, client }: { readonly server: Spec; readonly client: Spec },
  before: (server: Program) => void,
): Promise<Program> => {
  const spec = { host: near.address, listen: true, ...server };
  const program = await start(near, { script: "end.js", spec, agent: true });
  before(program);
  await start(far, { script: "end.js", spec: { host: near.address, ...client } });
  return program;
};

const fill = "that is how the memory is filled";
const companions: readonly Companion[] = [
  { symptom: "read-stalled", cause: "application-not-reading", because: fill },
  { symptom: "write-stalled", cause: "peer-not-reading", because: fill },
  { symptom: "data-pruned", cause: "memory-pressure", because: "what comes in beyond the limit is thrown away" },
];

const unread: Spec = { read: "none" };
const uploads = (count: number): Spec => ({ send: {}, count });

const cgroups = [
  {
    variant: "six uploads that nobody reads, 512 KB for all",
    bytes: 524_288,
    server: unread,
    client: uploads(6),
  },
  {
    variant: "forty uploads that nobody reads, 4 MB for all",
    bytes: 4_194_304,
    server: unread,
    client: uploads(40),
  },
  {
    variant: "ten downloads that nobody reads, 1 MB for all",
    bytes: 1_048_576,
    server: { send: {} },
    client: { ...unread, count: 10 },
  },
];

const cgroupMemory: readonly Scenario[] = cgroups.map(({ variant, bytes, ...ends }) => ({
  expect: { symptom: "memory-pressure", cause: "cgroup-memory", at: null, evidentMs: 2000 },
  variant,
  path: { kind: "veth" },
  companions,
  run: async (site) => {
    await serve(site, ends, ({ pid }) => {
      tcpMemoryFor(site.defer, pid)(bytes);
      site.faultBegins();
    });
  },
}));

/** What comes beyond the limit comes again with timeouts, apart ever longer, and two looks at the socket must see it. */
const pruning: readonly { variant: string; bytes: number; client: Spec; delayMs?: number }[] = [
  { variant: "twelve fast uploads that nobody reads, 256 KB for all", bytes: 262_144, client: uploads(12) },
  {
    variant: "forty uploads with a round trip of 20 ms, 1 MB for all",
    bytes: 1_048_576,
    client: uploads(40),
    delayMs: 10,
  },
  {
    variant: "thirty uploads, a kilobyte a millisecond each, that nobody reads, 512 KB for all",
    bytes: 524_288,
    client: { count: 30, send: { chunkBytes: 1000, everyMs: 1 } },
  },
];

const pruned: readonly Scenario[] = pruning.map(({ variant, bytes, client, delayMs }) => ({
  expect: { symptom: "data-pruned", cause: "memory-pressure", evidentMs: 4000 },
  variant,
  path: delayMs === undefined ? { kind: "veth" } : { kind: "wire", delayMs },
  companions: [
    ...companions,
    { symptom: "memory-pressure", cause: "cgroup-memory", because: "that is why data is thrown away" },
  ],
  run: async (site) => {
    await serve(site, { server: unread, client }, ({ pid }) => {
      tcpMemoryFor(site.defer, pid)(bytes);
      site.faultBegins();
    });
  },
}));

const sockstat = (name: "orphan" | "mem"): number =>
  Number(new RegExp(`^TCP:.* ${name} (\\d+)`, "m").exec(readFileSync("/proc/net/sockstat", "utf8"))![1]);

/** Only the second number presses, the third stays: nobody on this machine is refused memory. */
const hosts = [
  { variant: "twenty uploads that nobody reads, pressure 2 MB above what is held", pages: 512, count: 20 },
  { variant: "sixty uploads that nobody reads, pressure 4 MB above what is held", pages: 1024, count: 60 },
  { variant: "ten uploads that nobody reads, pressure 400 KB above what is held", pages: 100, count: 10 },
];

const tcpMem: readonly Scenario[] = hosts.map(({ variant, pages, count }) => ({
  expect: { symptom: "memory-pressure", cause: "tcp-mem", at: null, evidentMs: 1000 },
  variant,
  path: { kind: "loopback" },
  alone: true,
  companions,
  run: async (site) => {
    const pressure = sockstat("mem") + pages;
    const high = readFileSync("/proc/sys/net/ipv4/tcp_mem", "utf8").trim().split(/\s+/)[2];
    await serve(site, { server: unread, client: uploads(count) }, () => {
      site.faultBegins();
      setOnHost(site.defer, "net.ipv4.tcp_mem", `${pressure >> 1} ${pressure} ${high}`);
    });
  },
}));

/** Room for some more than there are; downloads that nobody reads are closed with data unsent. */
const closed = [
  { variant: "sixty downloads given up at once, room for twenty", count: 60, room: 20 },
  { variant: "two hundred downloads given up at once, room for fifty", count: 200, room: 50 },
  { variant: "thirty downloads given up at once, room for none", count: 30, room: 0 },
];

/** Downloads of the server under test that nobody reads, closed by it with data unsent; `before` is done just before. */
export const giveUp = async (site: Site, count: number, before: () => void = () => {}): Promise<void> => {
  const server = await serve(site, { server: { send: { bytes: 4e6 } }, client: { ...unread, count } }, () => {});
  await site.eventually("all connected", () => server.said.some((message) => message.count === count));
  await site.lasts(500);
  before();
  site.faultBegins();
  server.tell({ kind: "destroy" });
  await server.hear("destroy:done");
};

const mostOrphans = "net.ipv4.tcp_max_orphans";

/** The limit is the host's, whose other closed connections come and go: it follows them until the first of ours is reset. */
const orphans: readonly Scenario[] = closed.map(({ variant, count, room }) => ({
  expect: { symptom: "memory-pressure", cause: "orphans", at: null, evidentMs: 1000 },
  variant,
  path: { kind: "veth" },
  alone: true,
  run: async (site) => {
    await giveUp(site, count, () => setOnHost(site.defer, mostOrphans, sockstat("orphan") + room));
    await site.eventually("the first is reset", () => {
      changeOnHost(mostOrphans, Math.max(0, sockstat("orphan") - count) + room);
      return nstat(site.near.ns).TCPAbortOnMemory! > 0;
    });
  },
}));

export const memoryPressure: readonly Scenario[] = [...cgroupMemory, ...pruned, ...tcpMem, ...orphans];
