// softirq-squeezed: a budget so small that the receiving CPU leaves packets behind, and loses them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setOnHost } from "../../host-setting.js";
import { packageRoot } from "../../../package-root.js";
import { command, type Defer } from "../../command.js";
import type { Scenario, Site } from "../scenario.js";
import { receive, steerToCpu1 } from "./packets-dropped.js";

const busy = "const end = Date.now() + 20000; while (Date.now() < end);";

/** Something more urgent to do for CPU 1, so that ksoftirqd, which takes what was left behind, has to wait. */
const occupyCpu1 = async (defer: Defer): Promise<void> => {
  const child = spawn("taskset", ["-c", "1", process.execPath, "-e", busy], { stdio: "ignore" });
  const left = once(child, "exit");
  defer(async () => {
    child.kill("SIGKILL");
    await left;
  });
  await once(child, "spawn");
};

/** Datagrams to a port where nobody listens, as fast as one program sends: TCP would send less when some are lost. */
const flood = async ({ far, near, defer }: Site): Promise<void> => {
  const [file, ...enter] = far.ns.enter;
  const burst = [join(packageRoot, "test/live/veth-napi.py"), "burst", near.address, "100000000"];
  const child = spawn(file!, [...enter, "taskset", "-c", "0", "python3", ...burst], { stdio: "ignore" });
  const left = once(child, "exit");
  defer(async () => {
    child.kill("SIGKILL");
    await left;
  });
  await once(child, "spawn");
};

const variants = [
  {
    variant: "a flood of datagrams beside one upload, four packets at a time",
    packets: 4,
    backlog: 10,
    count: 1,
    floods: 1,
  },
  { variant: "a flood beside three uploads, eight packets at a time", packets: 8, backlog: 20, count: 3, floods: 1 },
  { variant: "two floods, four packets at a time", packets: 4, backlog: 30, count: 1, floods: 2 },
];

export const softirqSqueezed: readonly Scenario[] = variants.map(({ variant, packets, backlog, count, floods }) => ({
  // Flood, servers and observer share two CPUs, of which one is taken.
  expect: { symptom: "softirq-squeezed", cause: "budget-too-small", at: null, evidentMs: 3000 },
  variant,
  path: { kind: "veth" },
  alone: true,
  companions: [
    { symptom: "packets-dropped", cause: "softnet-backlog-full", because: "what is left behind fills the backlog" },
  ],
  run: async (site) => {
    steerToCpu1(site.near);
    const server = await receive(site, { send: {}, count });
    command("taskset", "-acp", "0", String(server.pid));
    await occupyCpu1(site.defer);
    for (let n = 0; n < floods; n += 1) await flood(site);
    site.faultBegins();
    setOnHost(site.defer, "net.core.netdev_max_backlog", backlog);
    setOnHost(site.defer, "net.core.dev_weight", packets);
    setOnHost(site.defer, "net.core.netdev_budget", packets);
  },
}));
