// An application under SOCKSCOPE_REDACT=ip whose peers have known addresses; it collects all that it is told of them.
import { subscribe } from "node:diagnostics_channel";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { explain, start } from "../../src/index.js";
import { jsonOf } from "../../src/export/json.js";
import { register } from "../../src/opentelemetry.js";
import { metricsText } from "../../src/prometheus.js";
import { eventually } from "../lab/eventually.js";

const [folder = "", listensAt = "", refusedAt = ""] = process.argv.slice(2);
const told: Record<string, string> = {};
const add = (where: string, value: unknown): void => {
  told[where] = `${told[where] ?? ""}${jsonOf(value)}\n`;
};

const records = join(folder, "records");
mkdirSync(records);
const sock = join(folder, "endpoint.sock");
const options = { redact: "ip", intervalMs: 250, logLevel: "sample", log: join(folder, "log.ndjson") } as const;
const logger = {
  info: (...what: readonly unknown[]) => add("options.logger", what),
  warn: (...what: readonly unknown[]) => add("options.logger", what),
  error: (...what: readonly unknown[]) => add("options.logger", what),
};
const agent = start({ ...options, http: sock, record: records, detail: "connections", logger });
agent.on("finding", (finding) => add("on('finding')", finding));
agent.on("sample", (snapshot) => add("on('sample')", snapshot));
agent.on("status", (status) => add("on('status')", status));
subscribe("sockscope:finding", (finding) => add("channel sockscope:finding", finding));
subscribe("sockscope:sample", (snapshot) => add("channel sockscope:sample", snapshot));
const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
register(agent, new MeterProvider({ readers: [reader] }));

/** More than any buffer takes: whoever does not read stalls it. */
const much = Buffer.alloc(16 * 1024 * 1024);
const accepted: net.Socket[] = [];
const serve = async (host: string): Promise<number> => {
  const server = net.createServer((socket) => {
    accepted.push(socket.on("error", () => undefined));
    socket.write(much);
  });
  await once(server.listen({ port: 0, host }), "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

const refuse = (host: string): void => void net.connect({ port: 1, host }).on("error", () => undefined);

const ask = (path: string, until = ""): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = http.get({ socketPath: sock, path, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (until !== "" && text.includes(until)) response.destroy();
      });
      response.on("error", () => undefined).on("close", () => resolve(text));
    });
    asked.on("error", reject);
  });

const collect = async (): Promise<void> => {
  add("agent.findings()", agent.findings());
  add("agent.snapshot()", agent.snapshot());
  for (const socket of accepted) add("explain()", explain(socket));
  for (const path of ["/", "/metrics", "/findings", "/healthz", "/record"]) add(`GET ${path}`, await ask(path));
  add("GET /events", await ask("/events", '"write-stalled"'));
  for (const { cookie } of agent.snapshot()?.connections?.rows ?? [])
    add("GET /explain", await ask(`/explain?connection=${cookie}`));
  add("sockscope/prometheus", metricsText(agent));
  await reader.forceFlush();
  add("sockscope/opentelemetry", exporter.getMetrics());
  add("agent.record()", readFileSync(await agent.record(join(folder, "asked.ndjson")), "utf8"));
  const written = await eventually("a record of the fault", () => readdirSync(records)[0], 10_000);
  add("SOCKSCOPE_RECORD", readFileSync(join(records, written), "utf8"));
  add("the log", readFileSync(options.log, "utf8"));
};

const main = async (): Promise<void> => {
  const udp = createSocket("udp4");
  udp.connect(9, "127.1.2.6");
  const ports = await Promise.all(listensAt.split(",").map(serve));
  process.send?.({ kind: "listening", ports });
  const refusing = setInterval(() => refusedAt.split(",").forEach(refuse), 100);
  const isTold = (symptom: string, count: number): boolean =>
    agent.findings().filter((one) => one.symptom === symptom && one.severity !== "info").length >= count;
  await eventually("the findings", () => isTold("write-stalled", ports.length) && isTold("connect-failing", 2), 20_000);
  await wait(2 * options.intervalMs);
  await collect();
  clearInterval(refusing);
  process.send?.({ kind: "told", told });
};

process.on("disconnect", () => process.exit());
main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n${jsonOf(agent.findings())}\n`);
  process.exit(1);
});
