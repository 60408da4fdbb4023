// Below the sockets nothing is wrong, though figures move: squeezes without loss, a queue that holds but loses nothing,
// memory and orphans far from their limits.
import { setOnHost } from "../../host-setting.js";
import { tcpMemoryFor } from "../../memory.js";
import type { Scenario, Site } from "../scenario.js";
import { giveUp } from "./memory-pressure.js";
import { receive, send, steerToCpu1, tc } from "./packets-dropped.js";

const receiveIn = async ({ near, far, start, defer }: Site, bytes: number, count: number): Promise<void> => {
  const server = await start(near, { script: "end.js", spec: { host: near.address, listen: true }, agent: true });
  tcpMemoryFor(defer, server.pid)(bytes);
  await start(far, { script: "end.js", spec: { host: near.address, send: {}, count } });
};

export const healthyBelow: readonly Scenario[] = [
  {
    healthy: true,
    variant: "eight uploads at full speed over veth with a budget of one packet: squeezes without loss",
    path: { kind: "veth" },
    alone: true,
    run: async (site) => {
      steerToCpu1(site.near);
      await receive(site, { send: {}, count: 8 });
      setOnHost(site.defer, "net.core.netdev_budget", 1);
    },
  },
  {
    healthy: true,
    variant: "a download through a shaper of 100 Mb/s with room for what TCP has under way: a backlog without drops",
    path: { kind: "veth" },
    run: async (site) => {
      tc(site.near, "add root tbf rate 100mbit burst 100kb limit 10mb");
      await send(site, 1);
    },
  },
  {
    healthy: true,
    variant: "eight uploads that are read, in a cgroup whose TCP buffers may take 64 MB",
    path: { kind: "veth" },
    // Linux's default: eight that fall behind for a moment fit in. Of 32 MB each they would not, and lose data.
    settings: { near: { "net.ipv4.tcp_rmem": "4096 131072 6291456" } },
    run: (site) => receiveIn(site, 67_108_864, 8),
  },
  {
    healthy: true,
    variant: "sixty downloads given up at once, their orphans far below the limit",
    path: { kind: "veth" },
    run: (site) => giveUp(site, 60),
  },
];
