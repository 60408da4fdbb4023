// sockscope/prometheus: the agent's metrics in a prom-client registry, or as text without prom-client. Nothing of prom-client
// is imported: a registry takes any object of this shape.
import type { Agent } from "./agent/agent.js";
import { flatten } from "./export/metrics/flat.js";
import { type Metric, metricTable } from "./export/metrics/table.js";
import { metricsText as textOf } from "./export/metrics/text.js";

export { metricsContentType } from "./export/metrics/text.js";
export type {
  HistogramPoint,
  HistogramReading,
  Labels,
  MetricFamily,
  MetricPoint,
  NumberPoint,
} from "./export/metrics/reading.js";

/** What is asked of a registry: prom-client's `Registry`, `AggregatorRegistry` and `register` are such. */
export interface MetricRegistry {
  registerMetric(metric: never): void;
}

type Source = Pick<Agent, "metrics">;

/** As prom-client asks a metric for its values; in a cluster worker it sends them to the primary. */
interface Collected {
  readonly name: string;
  readonly help: string;
  readonly type: Metric["kind"];
  readonly aggregator: Metric["across"];
  readonly values: readonly {
    readonly metricName?: string | undefined;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

interface Registration {
  agent: Source;
  readonly metrics: readonly object[];
}

const registrations = new WeakMap<MetricRegistry, Registration>();

const valuesOf = (agent: Source, { name, kind }: Metric): Collected["values"] => {
  const points = agent.metrics().find((family) => family.name === name)?.points ?? [];
  const flat = points.flatMap((point) => flatten(name, point));
  return flat.map(({ series, labels, value }) =>
    kind === "histogram" ? { metricName: series, labels, value } : { labels, value },
  );
};

const metricFor = (metric: Metric, agent: () => Source): object => {
  const { name, help, kind: type, across: aggregator, labels: labelNames } = metric;
  return {
    name,
    help,
    type,
    aggregator,
    labelNames,
    reset: () => undefined,
    // `this.name`: for OpenMetrics prom-client takes the `_total` off it, and expects it to be gone here.
    get(this: { readonly name: string }): Promise<Collected> {
      return Promise.resolve({ name: this.name, help, type, aggregator, values: valuesOf(agent(), metric) });
    },
  };
};

const registrationOf = (agent: Source): Registration => {
  const registration: Registration = {
    agent,
    metrics: metricTable.map((row) => metricFor(row, () => registration.agent)),
  };
  return registration;
};

/**
 * Adds every metric to a prom-client registry; their values are those of the last interval whenever it is scraped. Calling
 * it again, also with a new agent or after `registry.clear()`, does no harm. A registry that refuses costs a line on stderr.
 */
export const register = (agent: Source, registry: MetricRegistry): void => {
  const registration = registrations.get(registry) ?? registrationOf(agent);
  registration.agent = agent;
  registrations.set(registry, registration);
  try {
    for (const metric of registration.metrics) registry.registerMetric(metric as never);
  } catch (error) {
    process.stderr.write(`sockscope: the metrics cannot be registered: ${String(error)}\n`);
  }
};

/** All metrics in Prometheus's text format 0.0.4 (`metricsContentType`); empty before the first interval. */
export const metricsText = (agent: Source): string => textOf(agent.metrics());
