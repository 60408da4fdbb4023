// packets-dropped: lost before any socket saw them. Where the receiving CPU is told (RPS) packets go through its softnet
// backlog, whose limit is the whole host's; a queue on the way out is made with tc.
import { setOnHost } from "../../host-setting.js";
import type { EndSpec } from "../apps/end.js";
import type { Program } from "../../child.js";
import type { Host } from "../path.js";
import type { Scenario, Site } from "../scenario.js";

type Client = Omit<EndSpec, "host">;

/** Packets that come in at a host go to CPU 1. Its own sysfs: `ip netns exec` mounts one. */
export const steerToCpu1 = ({ ns, device }: Host): void => {
  ns.run("ip", "netns", "exec", ns.name, "sh", "-c", `echo 2 > /sys/class/net/${device}/queues/rx-0/rps_cpus`);
};

/** The server under test takes all that clients of the other host send; the result is the server. */
export const receive = async ({ near, far, start }: Site, client: Client): Promise<Program> => {
  const server = await start(near, { script: "end.js", spec: { host: near.address, listen: true }, agent: true });
  await start(far, { script: "end.js", spec: { host: near.address, ...client } });
  return server;
};

/** The server under test sends to clients of the other host, which read all. */
export const send = async ({ near, far, start }: Site, count: number): Promise<Program> => {
  const spec = { host: near.address, listen: true, send: {} };
  const server = await start(near, { script: "end.js", spec, agent: true });
  await start(far, { script: "end.js", spec: { host: near.address, count } });
  return server;
};

const backlogs: readonly { readonly variant: string; readonly limit: number; readonly client: Client }[] = [
  { variant: "one upload, room for one packet more", limit: 1, client: { send: {} } },
  { variant: "eight uploads, room for none", limit: 0, client: { send: {}, count: 8 } },
  {
    variant: "many small messages on thirty connections, room for one packet more",
    limit: 1,
    client: { send: { chunkBytes: 1000, everyMs: 1 }, count: 30 },
  },
];

const backlogFull: readonly Scenario[] = backlogs.map(({ variant, limit, client }) => ({
  expect: { symptom: "packets-dropped", cause: "softnet-backlog-full", at: "wire", evidentMs: 1000 },
  variant,
  path: { kind: "veth" },
  alone: true,
  run: async (site) => {
    steerToCpu1(site.near);
    await receive(site, client);
    site.faultBegins();
    setOnHost(site.defer, "net.core.netdev_max_backlog", limit);
  },
}));

export const tc = ({ ns, device }: Host, words: string): void => {
  const [verb = "", ...rest] = words.split(" ");
  ns.run("tc", "qdisc", verb, "dev", device, ...rest);
};

/** tbf limits bytes, pfifo packets; TCP keeps its own queue short, so it takes several connections or a tiny queue. */
const queues: readonly { readonly variant: string; readonly qdiscs: readonly string[]; readonly count: number }[] = [
  {
    variant: "ten downloads through a shaper of 50 Mb/s that holds 10 KB",
    qdiscs: ["add root tbf rate 50mbit burst 5kb limit 10kb"],
    count: 10,
  },
  {
    variant: "twenty downloads through a shaper with a queue of five packets",
    qdiscs: ["add root handle 1: tbf rate 20mbit burst 5kb limit 100kb", "add parent 1:1 handle 10: pfifo limit 5"],
    count: 20,
  },
  {
    variant: "thirty downloads at 20 Mb/s, room for 8 KB",
    qdiscs: ["add root tbf rate 20mbit burst 5kb limit 8kb"],
    count: 30,
  },
];

const qdiscFull: readonly Scenario[] = queues.map(({ variant, qdiscs, count }) => ({
  expect: { symptom: "packets-dropped", cause: "qdisc-full", at: "wire", evidentMs: 2000 },
  variant,
  path: { kind: "veth" },
  companions: [
    {
      symptom: "throughput-limited",
      cause: "packet-loss",
      because: "what the queue throws away is lost to the connections",
    },
    { symptom: "throughput-limited", cause: "shaped-link", because: "the queue stands before a shaper" },
  ],
  run: async (site) => {
    await send(site, count);
    site.faultBegins();
    for (const qdisc of qdiscs) tc(site.near, qdisc);
  },
}));

export const packetsDropped: readonly Scenario[] = [...backlogFull, ...qdiscFull];
