// The queries of a dashboard as Prometheus gets them, with every variable at "All".

/** `{panel, expr}` of each query; `window` stands for Grafana's `$__rate_interval` and `$__range`. */
export const queriesOf = (dashboard, window) =>
  dashboard.panels
    .flatMap((panel) => [panel, ...(panel.panels ?? [])])
    .flatMap((panel) => (panel.targets ?? []).map((target) => ({ panel: panel.title, expr: target.expr })))
    .map(({ panel, expr }) => ({
      panel,
      expr: expr.replace(/\$__(rate_interval|range)\b/g, window).replace(/\$(service|node|instance)\b/g, ".*"),
    }));
