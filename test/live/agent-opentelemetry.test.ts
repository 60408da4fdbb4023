// The metrics as an OTLP receiver gets them over HTTP, against the text for Prometheus at the same moment.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import test from "ava";
import { packageRoot } from "../package-root.js";
import { runNode, withProgram } from "./run-node.js";

/** OTLP/JSON, as far as it is used here (opentelemetry-proto metrics.proto). */
interface Point {
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, string | number>> }[];
  readonly asDouble?: number;
  readonly asInt?: string | number;
  readonly bucketCounts?: readonly (string | number)[];
  readonly explicitBounds?: readonly number[];
  readonly sum?: number;
  readonly count?: string | number;
}
interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly sum?: { readonly dataPoints: readonly Point[]; readonly isMonotonic: boolean };
  readonly gauge?: { readonly dataPoints: readonly Point[] };
  readonly histogram?: { readonly dataPoints: readonly Point[] };
}
interface Exported {
  readonly resourceMetrics: readonly { readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[] }[];
}

/** The last thing that was posted to each path. */
const received = new Map<string, Exported>();
let receiver: Server;
let url: string;
test.before(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.set(request.url ?? "", JSON.parse(body) as Exported);
      response.setHeader("content-type", "application/json").end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
test.after.always(() => receiver.close());

const labels: Readonly<Record<string, string>> = {
  "network.connection.state": "state",
  "process.runtime.version": "node_version",
};
const suffixes: Readonly<Record<string, string>> = { s: "_seconds", By: "_bytes" };

/** As an OpenTelemetry collector writes them for Prometheus. */
const seriesOf = ({ resourceMetrics }: Exported): Record<string, number> => {
  const series: Record<string, number> = {};
  for (const metric of resourceMetrics.flatMap((one) => one.scopeMetrics).flatMap((one) => one.metrics)) {
    const total = metric.sum?.isMonotonic ? "_total" : "";
    const name = `${metric.name.replaceAll(".", "_")}${suffixes[metric.unit] ?? ""}${total}`;
    for (const point of [metric.sum, metric.gauge, metric.histogram].flatMap((one) => one?.dataPoints ?? [])) {
      const pairs = point.attributes.map(
        ({ key, value }) => `${labels[key] ?? key.replaceAll(".", "_")}="${Object.values(value)[0]}"`,
      );
      const add = (suffix: string, value: string | number | undefined, le: readonly string[] = []): void => {
        const inside = [...pairs, ...le].join();
        series[`${name}${suffix}${inside && `{${inside}}`}`] = Number(value);
      };
      if (!point.bucketCounts) {
        add("", point.asDouble ?? point.asInt);
        continue;
      }
      let count = 0;
      for (const [i, inBucket] of point.bucketCounts.entries()) {
        count += Number(inBucket);
        add("_bucket", count, [`le="${point.explicitBounds?.[i] ?? "+Inf"}"`]);
      }
      add("_sum", point.sum);
      add("_count", point.count);
    }
  }
  return series;
};

const seriesIn = (text: string): Record<string, number> =>
  Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );

/** The API has no way to say that a histogram is still empty. */
const withoutEmpty = (series: Record<string, number>): Record<string, number> => {
  const empty = Object.keys(series)
    .filter((name) => name.includes("_count") && series[name] === 0)
    .map((name) => name.replace("}", "").split("_count"));
  const isEmpty = (name: string): boolean =>
    empty.some(([family, inside]) => name.startsWith(`${family}_`) && name.includes(inside!));
  return Object.fromEntries(Object.entries(series).filter(([name]) => !isEmpty(name)));
};

/** Sums are added up in another order. */
const near = (one: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(one)
      .map(([name, value]) => [name, Number(value.toPrecision(9))] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

const source = (path: string): string => JSON.stringify(join(packageRoot, "build-test/src", path));
/** A server with connections and a stall; then `register` and whatever comes with it; then what both say at once. */
const program = (providers: string): string => `
  import http from "node:http"; import { createRequire } from "node:module";
  const require = createRequire(${JSON.stringify(join(packageRoot, "package.json"))});
  const { metrics } = require("@opentelemetry/api");
  const { MeterProvider, PeriodicExportingMetricReader } = require("@opentelemetry/sdk-metrics");
  const { OTLPMetricExporter } = require("@opentelemetry/exporter-metrics-otlp-http");
  const { start } = require(${source("index.js")}); const { register } = require(${source("opentelemetry.js")}); const { metricsText } = require(${source("prometheus.js")});
  const providerTo = (path) => new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url: process.env.RECEIVER + path }), exportIntervalMillis: 3600_000 })] });
  const until = async (holds) => { const by = Date.now() + 15_000; while (!holds()) { if (Date.now() > by) throw new Error("not in time: " + holds + metricsText(agent)); await new Promise((go) => setTimeout(go, 10)); } };
  const agent = start({ log: "off", intervalMs: 250 });
  let provider;
  ${providers}
  const server = http.createServer((request, response) => response.end("ok")).listen(0, "127.0.0.1");
  server.keepAliveTimeout = 60_000;
  await new Promise((go) => server.once("listening", go));
  const keeping = new http.Agent({ keepAlive: true });
  const ask = () => new Promise((go) => http.get({ port: server.address().port, host: "127.0.0.1", agent: keeping }, (response) => response.resume().on("end", go)));
  await Promise.all([ask(), ask(), ask()]);
  await until(() => /tcp_connections{state="established"} 6/.test(metricsText(agent)));
  const blocked = Date.now() + 300; while (Date.now() < blocked);
  await until(() => /loop_stall_seconds_count [1-9]/.test(metricsText(agent)));
  for (let tries = 0; ; tries += 1) {
    // Nothing new between the two: both are of one moment.
    const text = metricsText(agent);
    await provider.forceFlush();
    if (metricsText(agent) !== text && tries < 50) continue;
    process.stdout.write(text);
    break;
  }
  keeping.destroy(); server.close();
  await agent.stop(); await provider.shutdown();`;

const variants: readonly (readonly [string, string, string])[] = [
  [
    "registered before the provider",
    "/before",
    `register(agent); register(agent);
     metrics.setGlobalMeterProvider(provider = providerTo("/before"));`,
  ],
  [
    "registered after the provider, which another one replaces while it is bound",
    "/replaced",
    `metrics.setGlobalMeterProvider(providerTo("/replaced-first"));
     register(agent);
     await until(() => agent.snapshot());
     metrics.disable(); metrics.setGlobalMeterProvider(provider = providerTo("/replaced"));`,
  ],
  [
    "given a provider",
    "/given",
    `provider = providerTo("/given");
     register(agent, provider); register(agent, provider);`,
  ],
];

for (const [how, path, providers] of variants)
  test.serial(`${how}, an OTLP receiver gets every number that /metrics has`, (t) =>
    withProgram("app.mjs", program(providers), async (file) => {
      const ran = await runNode([file], { RECEIVER: url });
      t.like({ ...ran, stdout: "" }, { code: 0, stderr: "" });
      const text = withoutEmpty(seriesIn(ran.stdout));
      t.true(Object.keys(text).length > 60, ran.stdout);
      t.deepEqual(near(seriesOf(received.get(path)!)), near(text));
    }),
  );

test.serial("without the package @opentelemetry/api register says so and the application goes on", (t) =>
  withProgram(
    "app.cjs",
    `const Module = require("node:module"); const resolve = Module._resolveFilename;
     Module._resolveFilename = function (request, ...rest) { if (request === "@opentelemetry/api") throw new Error("Cannot find module"); return resolve.call(this, request, ...rest); };
     const { start } = require(${source("index.js")}); const { register } = require(${source("opentelemetry.js")});
     const agent = start({ log: "off" }); register(agent); agent.stop().then(() => console.log("on"));`,
    async (file) =>
      t.like(await runNode([file]), {
        code: 0,
        stdout: "on\n",
        stderr:
          "sockscope/opentelemetry: the package @opentelemetry/api cannot be loaded (npm install @opentelemetry/api): Error: Cannot find module\n",
      }),
  ),
);
