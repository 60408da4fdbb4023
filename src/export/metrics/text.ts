// Metrics in Prometheus's text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
import { flatten } from "./flat.js";
import type { MetricFamily } from "./reading.js";
import { metricOf } from "./table.js";

export const metricsContentType = "text/plain; version=0.0.4; charset=utf-8";

const escapeHelp = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"');

const labelText = (labels: Readonly<Record<string, string>>): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join()}}`;
};

/** Ends with a line feed; of no families it is empty. */
export const metricsText = (families: readonly MetricFamily[]): string => {
  const lines: string[] = [];
  for (const { name, points } of families) {
    const { kind, help } = metricOf(name);
    lines.push(`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${kind}`);
    for (const point of points)
      for (const { series, labels, value } of flatten(name, point))
        lines.push(`${series}${labelText(labels)} ${value}`);
  }
  return lines.map((line) => `${line}\n`).join("");
};
