// The metrics through OpenTelemetry, to an OTLP receiver such as a collector (OTEL_EXPORTER_OTLP_ENDPOINT, else localhost:4318):
//   npm install @opentelemetry/api @opentelemetry/sdk-metrics @opentelemetry/exporter-metrics-otlp-http
//   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 node examples/opentelemetry.mjs
import { createServer } from "node:http";
import { metrics } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { start } from "sockscope";
import { register } from "sockscope/opentelemetry";
import { backlog, port, rebuildSearchIndex } from "./work.mjs";

const agent = start();
// Before or after the SDK: the instruments are made when there is a provider.
register(agent);

const everyMs = Number(process.env.OTEL_METRIC_EXPORT_INTERVAL ?? 60_000);
const reader = new PeriodicExportingMetricReader({
  exporter: new OTLPMetricExporter(),
  exportIntervalMillis: everyMs,
  exportTimeoutMillis: Math.min(everyMs, 30_000),
});
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (url.pathname === "/rebuild") rebuildSearchIndex(Number(url.searchParams.get("ms") ?? 1000));
  response.end("ok\n");
});
server.listen({ port, backlog }, () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
