// Alertmanager with the fleet's configuration: who hears of what, and what is mute while something else is the fault.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { eventually } from "../lab/eventually.js";
import { packageRoot } from "../package-root.js";
import { run, testWith } from "./programs.js";

const config = join(packageRoot, "examples/fleet/alertmanager/alertmanager.yml");

testWith("amtool")(
  "amtool (Debian package prometheus-alertmanager) accepts the routing; information wakes nobody",
  (t) => {
    const checked = run("amtool", "check-config", config);
    t.is(checked.status, 0, checked.text);
    const receiver = (severity: string): string =>
      run(
        "amtool",
        "config",
        "routes",
        "test",
        `--config.file=${config}`,
        `severity=${severity}`,
        "scope=process",
      ).text.split("\n")[0]!;
    t.deepEqual(["info", "warning", "critical"].map(receiver), ["nobody", "on-call", "on-call"]);
  },
);

type Labels = Readonly<Record<string, string>>;

const sorted = (labels: Labels): readonly unknown[] => Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));

/** Alertmanager on a free port, ended with the test; its address. */
const alertmanager = async (t: ExecutionContext): Promise<string> => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const at = `127.0.0.1:${(probe.address() as AddressInfo).port}`;
  probe.close();
  const folder = mkdtempSync(join(tmpdir(), "sockscope-alertmanager-"));
  const child = spawn("prometheus-alertmanager", [
    `--config.file=${config}`,
    `--storage.path=${folder}`,
    `--web.listen-address=${at}`,
    "--cluster.listen-address=",
  ]);
  t.teardown(async () => {
    const gone = once(child, "close");
    child.kill("SIGKILL");
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });
  child.stdout.resume();
  child.stderr.resume();
  await eventually(
    "Alertmanager is ready",
    () =>
      fetch(`http://${at}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    15_000,
  );
  return `http://${at}/api/v2/alerts`;
};

const search = { service: "search", node: "node-b", instance: "b:1", scope: "process", severity: "warning" };
const overflow = {
  alertname: "SockscopeAcceptQueueOverflow",
  symptom: "accept-queue-overflow",
  cause: "event-loop-blocked",
};

/** What is at fault, what follows from it, and what does not. */
const cases: readonly {
  readonly title: string;
  readonly fault: Labels;
  readonly mute: Labels;
  readonly heard: Labels;
}[] = [
  {
    title: "a service that overflows",
    fault: {
      ...overflow,
      alertname: "SockscopeServiceOverflowing",
      service: "search",
      scope: "service",
      severity: "critical",
    },
    mute: { ...overflow, ...search, severity: "critical" },
    heard: { ...overflow, ...search, cause: "fd-exhausted" },
  },
  {
    title: "a node without enough CPUs",
    fault: {
      alertname: "SockscopeNodeStarved",
      node: "node-b",
      cause: "cpu-starved",
      scope: "node",
      severity: "critical",
    },
    mute: { ...overflow, ...search, cause: "cpu-starved" },
    heard: { ...overflow, ...search, cause: "cpu-starved", node: "node-a" },
  },
  {
    title: "a node that loses packets",
    fault: {
      alertname: "SockscopePacketsDropped",
      symptom: "packets-dropped",
      node: "node-b",
      cause: "nic-ring-full",
      scope: "node",
      severity: "warning",
    },
    mute: { ...search, alertname: "SockscopeThroughputLimited", symptom: "throughput-limited", cause: "packet-loss" },
    heard: { ...search, alertname: "SockscopeThroughputLimited", symptom: "throughput-limited", cause: "send-buffer" },
  },
  {
    title: "packets lost by a CPU that cannot keep up",
    fault: {
      alertname: "SockscopePacketsDropped",
      symptom: "packets-dropped",
      node: "node-b",
      cause: "softnet-backlog-full",
      scope: "node",
      severity: "warning",
    },
    mute: {
      alertname: "SockscopeSoftirqSqueezed",
      symptom: "softirq-squeezed",
      node: "node-b",
      cause: "cpu-saturated",
      scope: "node",
      severity: "critical",
    },
    heard: {
      alertname: "SockscopeSoftirqSqueezed",
      symptom: "softirq-squeezed",
      node: "node-a",
      cause: "cpu-saturated",
      scope: "node",
      severity: "critical",
    },
  },
  {
    title: "a process whose accept queue overflows",
    fault: { ...overflow, ...search },
    mute: { ...search, alertname: "SockscopeReadStalled", symptom: "read-stalled", cause: "event-loop-blocked" },
    heard: { ...search, alertname: "SockscopeReadStalled", symptom: "read-stalled", cause: "application-not-reading" },
  },
  {
    title: "a process whose accept queue overflows, beside something without a cause",
    fault: { ...overflow, ...search },
    mute: { ...search, alertname: "SockscopeReadStalled", symptom: "read-stalled", cause: "unknown" },
    heard: { ...search, alertname: "SockscopeReadStalled", symptom: "read-stalled", cause: "unknown", instance: "b:2" },
  },
  {
    title: "what is critical already",
    fault: { ...overflow, ...search, severity: "critical" },
    mute: { ...overflow, ...search },
    heard: { ...overflow, ...search, instance: "b:2" },
  },
];

testWith("prometheus-alertmanager")(
  "Alertmanager (Debian package prometheus-alertmanager) mutes what follows from a fault, and nothing else",
  async (t) => {
    const api = await alertmanager(t);
    for (const [index, { title, fault, mute, heard }] of cases.entries()) {
      // Each case has services, nodes and instances of its own.
      const own = (labels: Labels): Labels =>
        Object.fromEntries(
          Object.entries(labels).map(([name, value]) => [
            name,
            ["service", "node", "instance"].includes(name) ? `${index}-${value}` : value,
          ]),
        );
      const sent = [fault, mute, heard].map(own);
      const body = JSON.stringify(sent.map((labels) => ({ labels })));
      await fetch(api, { method: "POST", headers: { "content-type": "application/json" }, body });
      const states = async (): Promise<readonly (string | undefined)[]> => {
        const known = (await (await fetch(api)).json()) as { labels: Labels; status: { state: string } }[];
        const of = (labels: Labels): string | undefined =>
          known.find((each) => JSON.stringify(sorted(each.labels)) === JSON.stringify(sorted(labels)))?.status.state;
        return sent.map(of);
      };
      await eventually(`${title}: it is mute`, async () => (await states())[1] === "suppressed", 10_000);
      t.deepEqual(await states(), ["active", "suppressed", "active"], title);
    }
  },
);
