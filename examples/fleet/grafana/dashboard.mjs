// Writes the dashboard: `node examples/fleet/grafana/dashboard.mjs > examples/fleet/grafana/dashboard.json`.
// A panel is a line of the tables in panels.mjs; places, ids and Grafana's ceremony are added here.
import { rows } from "./panels.mjs";

const datasource = { type: "prometheus", uid: "$datasource" };
const wide = 24;

const steps = (pairs) => pairs.map(([value, color]) => ({ value, color }));
const thresholdsOf = ({ warn, bad }) =>
  steps([
    [null, "green"],
    ...(warn === undefined ? [] : [[warn, "orange"]]),
    ...(bad === undefined ? [] : [[bad, "red"]]),
  ]);

const optionsOf = {
  stat: { reduceOptions: { calcs: ["lastNotNull"] }, colorMode: "value", graphMode: "none" },
  timeseries: {
    legend: { displayMode: "list", placement: "bottom" },
    tooltip: { mode: "multi", sort: "desc" },
  },
  table: { showHeader: true, sortBy: [{ displayName: "severity" }] },
};

/** A table shows labels, not the time, the metric's name and a value that is always 1 or more. */
const tidied = [
  {
    id: "organize",
    options: { excludeByName: { Time: true, __name__: true, job: true, Value: true } },
  },
];

const panelOf = (panel, id, gridPos) => ({
  id,
  type: panel.type ?? "timeseries",
  title: panel.title,
  description: panel.help ?? "",
  datasource,
  gridPos,
  targets: panel.queries.map(([expr, legend], index) => ({
    refId: String.fromCharCode(65 + index),
    datasource,
    expr,
    ...(panel.type === "table" ? { format: "table", instant: true } : { legendFormat: legend ?? "" }),
    ...(panel.type === "stat" ? { instant: true } : {}),
  })),
  fieldConfig: {
    defaults: {
      unit: panel.unit ?? "short",
      min: 0,
      ...(panel.type === "stat"
        ? { thresholds: { mode: "absolute", steps: thresholdsOf(panel) } }
        : { custom: { fillOpacity: 10, showPoints: "never", spanNulls: false } }),
    },
    overrides: [],
  },
  options: optionsOf[panel.type ?? "timeseries"],
  ...(panel.type === "table" ? { transformations: tidied } : {}),
});

const laidOut = () => {
  const panels = [];
  let y = 0;
  for (const { title, height, panels: shown } of rows) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: wide, h: 1 },
    });
    y += 1;
    let x = 0;
    for (const panel of shown) {
      const w = panel.width ?? wide / shown.length;
      panels.push(panelOf(panel, panels.length + 1, { x, y, w, h: height }));
      x += w;
    }
    y += height;
  }
  return panels;
};

const variable = (name, query) => ({
  name,
  label: name,
  type: "query",
  datasource,
  definition: query,
  query: { query, refId: name },
  refresh: 2,
  sort: 1,
  multi: true,
  includeAll: true,
  allValue: ".*",
  current: { text: "All", value: "$__all" },
});

const alerts = {
  name: "Alerts",
  datasource,
  enable: true,
  iconColor: "red",
  expr: 'ALERTS{alertname=~"Sockscope.*", alertstate="firing"}',
  titleFormat: "{{alertname}}",
  textFormat: "{{service}} {{node}} {{instance}} {{cause}}",
};

export const dashboard = {
  uid: "sockscope-fleet",
  title: "sockscope: the fleet's sockets",
  tags: ["sockscope", "nodejs", "tcp"],
  schemaVersion: 41,
  editable: true,
  graphTooltip: 1,
  refresh: "30s",
  time: { from: "now-1h", to: "now" },
  timezone: "browser",
  templating: {
    list: [
      { name: "datasource", label: "Prometheus", type: "datasource", query: "prometheus", current: {} },
      variable("service", "label_values(sockscope_build_info, service)"),
      variable("node", 'label_values(sockscope_build_info{service=~"$service"}, node)'),
      variable("instance", 'label_values(sockscope_build_info{service=~"$service", node=~"$node"}, instance)'),
    ],
  },
  annotations: { list: [alerts] },
  panels: laidOut(),
};

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(dashboard, null, 2));
