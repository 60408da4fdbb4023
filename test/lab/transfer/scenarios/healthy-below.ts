// Below the sockets nothing is wrong, though counters move: squeezes without loss, a queue that holds but loses nothing, a
// queue that drops to keep the delay short.
import { setOnHost } from "../../host-setting.js";
import type { Scenario } from "../scenario.js";
import { receive, send, steerToCpu1, tc } from "./packets-dropped.js";

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
    variant: "four downloads through fq_codel before a shaper of 100 Mb/s: it drops to keep the delay short",
    path: { kind: "veth" },
    run: async (site) => {
      tc(site.near, "add root handle 1: tbf rate 100mbit burst 100kb limit 10mb");
      tc(site.near, "add parent 1:1 handle 10: fq_codel");
      await send(site, 4);
    },
  },
];
