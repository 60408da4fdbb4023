// Metrics of a live agent: against the kernel's own figures, in prom-client, and read by Prometheus itself.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { eventually } from "../lab/eventually.js";
import { createNamespace } from "../lab/netns.js";
import { packageRoot } from "../package-root.js";
import { asRootWithSs } from "./needs.js";
import { runNode, withProgram } from "./run-node.js";

const built = (file: string): string => JSON.stringify(join(packageRoot, "build-test/src", file));
const promClient = JSON.stringify(require.resolve("prom-client"));
const strict = process.env.SOCKSCOPE_REQUIRE_ALL === "1";
const has = (file: string): boolean => spawnSync(file, ["--version"]).error === undefined;
const withPrometheus = (has("promtool") && has("prometheus")) || strict ? test.serial : test.serial.skip;

const head = `
  const { start } = require(${built("index.js")});
  const { register, metricsText } = require(${built("prometheus.js")});
  const until = async (holds) => {
    const by = Date.now() + 10_000;
    while (!(await holds())) {
      if (Date.now() > by) throw new Error("too late");
      await new Promise((go) => setTimeout(go, 20));
    }
  };`;

// A listener of backlog 2 behind a loop that stands for 1.5 s, and twelve clients; tells its text when asked.
const overflowing = `${head}
  const net = require("node:net");
  const { readListener } = require(${built("kernel/index.js")});
  const agent = start({ log: "off", intervalMs: 200 });
  const server = net.createServer((socket) => socket.on("error", () => {}).resume());
  server.listen({ port: 4999, host: "127.0.0.1", backlog: 2 }, async () => {
    const value = (name) => Number(metricsText(agent).match(new RegExp("^" + name + "[^ ]* (.*)$", "m"))?.[1]);
    await until(() => value("sockscope_tcp_accept_queue_limit") === 2);
    const { spawn } = require("node:child_process");
    const clients = spawn("python3", [process.argv[2], "12", "127.0.0.1", "4999"], { stdio: ["pipe", "ignore", "ignore"] });
    await new Promise((go) => setTimeout(go, 50));
    const end = Date.now() + 1500;
    while (Date.now() < end);
    clients.stdin.end();
    await new Promise((go) => clients.once("exit", go));
    await until(() => value("sockscope_event_loop_stall_seconds_count") > 0);
    const before = readListener(server).drops;
    await until(() => value("sockscope_tcp_listener_drops_total") >= before && value("sockscope_tcp_accept_queue_length") === 0);
    process.send({ drops: readListener(server).drops, accepted: server.accepted, text: metricsText(agent) });
    process.once("message", () => process.exit());
  });
  server.on("connection", () => { server.accepted = (server.accepted ?? 0) + 1; });`;

asRootWithSs("an overflow's figures are the kernel's", async (t) => {
  const undo: (() => void | Promise<void>)[] = [];
  try {
    await withProgram("app.cjs", overflowing, async (file) => {
      const namespace = createNamespace((one) => undo.unshift(one));
      const [enter, ...into] = namespace.enter;
      const clients = join(packageRoot, "test/live/clients.py");
      const child = spawn(enter!, [...into, process.execPath, file, clients], {
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      });
      undo.unshift(() => void child.kill("SIGKILL"));
      type Told = { readonly drops: number; readonly accepted: number; readonly text: string };
      const [{ drops, accepted, text }] = (await once(child, "message")) as [Told];
      const value = (series: string): number => {
        const line = text.split("\n").find((one) => one.startsWith(`${series} `) || one.startsWith(`${series}{`));
        return Number(line?.split(" ").at(-1));
      };
      t.true(drops > 0);
      t.is(value("sockscope_tcp_listener_drops_total"), drops);
      const shown = namespace.run("ss", "-Hltnm", "sport", "=", ":4999");
      t.is(drops, Number(/,d(\d+)\)/.exec(shown)?.[1]), "as ss shows it");
      const netstat = namespace
        .run("cat", "/proc/net/netstat")
        .split("\n")
        .filter((line) => line.startsWith("TcpExt:"));
      const at = netstat[0]!.split(" ").indexOf("ListenOverflows");
      t.is(value('sockscope_netstat_total{counter="ListenOverflows"}'), Number(netstat[1]!.split(" ")[at]));
      t.is(value("sockscope_tcp_accept_queue_peak"), 3);
      t.is(value("sockscope_tcp_accepted_total"), accepted);
      t.true(value("sockscope_tcp_accept_wait_seconds_count") >= 3);
      const stalled = value("sockscope_event_loop_stall_seconds_sum");
      t.true(stalled > 1.4 && stalled < 2.5, String(stalled));
      child.send("end");
      await once(child, "exit");
    });
  } finally {
    for (const one of undo) await one();
  }
});

test.serial(
  "a prom-client registry has every metric beside the default ones, also registered twice and after a clear",
  (t) =>
    withProgram(
      "app.cjs",
      `${head}
     const { Registry, collectDefaultMetrics } = require(${promClient});
     const agent = start({ log: "off", intervalMs: 50 });
     const registry = new Registry();
     collectDefaultMetrics({ register: registry });
     register(agent, registry);
     register(agent, registry);
     register(agent, {});
     (async () => {
       await until(async () => /^sockscope_build_info/m.test(await registry.metrics()));
       const shape = (text) => text.split("\\n").filter((line) => /^(# TYPE )?sockscope_/.test(line)).map((line) => line.replace(/ [^ ]*$/, "")).sort();
       const same = JSON.stringify(shape(await registry.metrics())) === JSON.stringify(shape(metricsText(agent)));
       const both = /^process_cpu_seconds_total/m.test(await registry.metrics());
       registry.clear();
       register(agent, registry);
       const again = /^sockscope_build_info/m.test(await registry.metrics());
       await agent.stop();
       console.log(JSON.stringify({ same, both, again, stopped: metricsText(agent) }));
     })();`,
      async (file) => {
        const { code, stdout, stderr } = await runNode([file]);
        t.deepEqual([code, stdout], [0, '{"same":true,"both":true,"again":true,"stopped":""}\n']);
        t.regex(stderr, /^sockscope: the metrics cannot be registered: TypeError: [^\n]*\n$/);
      },
    ),
);

test.serial("prom-client adds the workers of a cluster up: sums, and once what each of them reads the same", (t) =>
  withProgram(
    "app.cjs",
    `${head}
     const cluster = require("node:cluster");
     const { AggregatorRegistry, register: registry } = require(${promClient});
     const all = new AggregatorRegistry();
     if (cluster.isPrimary) {
       for (let i = 0; i < 2; i += 1) cluster.fork();
       (async () => {
         let text;
         const value = (series) => Number(text.split("\\n").find((line) => line.startsWith(series + " ") || line.startsWith(series + "{"))?.split(" ").at(-1));
         await until(async () => { text = await all.clusterMetrics().catch(() => ""); return value('sockscope_tcp_connections{state="established"}') === 4; });
         const netstat = require("node:fs").readFileSync("/proc/net/snmp", "utf8").split("\\n").filter((line) => line.startsWith("Tcp:"));
         const opens = Number(netstat[1].split(" ")[netstat[0].split(" ").indexOf("PassiveOpens")]);
         const told = value('sockscope_netstat_total{counter="PassiveOpens"}');
         console.log(JSON.stringify({ build: value("sockscope_build_info"), listeners: text.match(/^sockscope_tcp_accept_queue_limit\\{.* 511$/gm).length, opens: told > 0.5 * opens && told <= opens }));
         for (const worker of Object.values(cluster.workers)) worker.kill();
       })();
     } else {
       register(start({ log: "off", intervalMs: 50 }), registry);
       const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", exclusive: true }, () =>
         require("node:net").connect(server.address().port, "127.0.0.1"));
     }`,
    async (file) => {
      const { code, stdout } = await runNode([file]);
      t.deepEqual([code, stdout], [0, '{"build":1,"listeners":2,"opens":true}\n']);
    },
  ),
);

withPrometheus("promtool has nothing to say against the text, and Prometheus scrapes it", async (t) => {
  t.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "sockscope-prometheus-"));
  const app = `${head}
    const agent = start({ log: "off" });
    const { metricsContentType } = require(${built("prometheus.js")});
    const server = require("node:http").createServer((_, response) => {
      response.setHeader("content-type", metricsContentType);
      response.end(metricsText(agent));
    });
    server.listen(0, "127.0.0.1", () => process.send(server.address().port));`;
  await withProgram("app.cjs", app, async (file) => {
    const child = spawn(process.execPath, [file], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const [port] = (await once(child, "message")) as [number];
    const config = join(folder, "prometheus.yml");
    const job = { job_name: "node", scrape_interval: "1s", static_configs: [{ targets: [`127.0.0.1:${port}`] }] };
    writeFileSync(config, JSON.stringify({ scrape_configs: [job] }));
    const own = 20_000 + (process.pid % 10_000);
    const options = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${own}`,
    ];
    const prometheus = spawn("prometheus", options, { stdio: "ignore" });
    try {
      const text = await eventually("the first interval", async () => (await fetch(`http://127.0.0.1:${port}`)).text());
      const checked = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
      t.deepEqual([checked.status, checked.stdout, checked.stderr], [0, "", ""]);
      const query = `sockscope_tcp_accept_queue_limit{server_port="${port}"}`;
      const found = await eventually(
        "a scrape",
        async () => {
          const answer = await fetch(`http://127.0.0.1:${own}/api/v1/query?query=${encodeURIComponent(query)}`).catch(
            () => undefined,
          );
          const { data } = ((await answer?.json()) ?? {}) as { data?: { result: { value: [number, string] }[] } };
          return data?.result[0]?.value[1];
        },
        30_000,
      );
      t.is(found, "511");
    } finally {
      for (const one of [prometheus, child]) {
        one.kill("SIGKILL");
        await once(one, "exit");
      }
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
