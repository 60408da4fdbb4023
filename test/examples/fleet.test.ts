// The fleet's configuration: accepted by the programs that read it, complete, and its rules tried in both directions.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { symptoms } from "../../src/explain/finding.js";
import { metricNames } from "../../src/export/metrics/table.js";
import { packageRoot } from "../package-root.js";
import { run, testWith } from "./programs.js";

const fleet = join(packageRoot, "examples/fleet");
const read = (file: string): string => readFileSync(join(fleet, file), "utf8");
const yaml = createRequire(__filename)("js-yaml") as { load(text: string): unknown };

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
const rulesOf = (file: string): readonly Rule[] =>
  (yaml.load(read(file)) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);
const alerts = rulesOf("prometheus/rules/alerts.yml");
const records = rulesOf("prometheus/rules/recording.yml");

/** The Prometheus folder as it is deployed: with a token. */
const deployed = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-fleet-test-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(fleet, "prometheus"), folder, { recursive: true });
  writeFileSync(join(folder, "token"), "secret");
  return folder;
};

const withPromtool = testWith("promtool");

withPromtool("promtool (Debian package prometheus) accepts the configuration and its rules", (t) => {
  const { status, text } = run("promtool", "check", "config", join(deployed(t), "prometheus.yml"));
  t.is(status, 0, text);
  t.true(text.includes(`SUCCESS: ${alerts.length} rules found`), text);
});

withPromtool(
  "promtool accepts the configuration for Kubernetes; Debian's build lacks that discovery, it is left out",
  (t) => {
    const folder = deployed(t);
    const file = join(folder, "kubernetes.yml");
    const text = read("prometheus/kubernetes.yml");
    const rest = text.replace(/kubernetes_sd_configs:\n\s+- role: pod/, 'static_configs: [{ targets: ["pod:1"] }]');
    t.not(rest, text);
    writeFileSync(file, rest.replace("/etc/prometheus/secrets/sockscope/token", "token"));
    const checked = run("promtool", "check", "config", file);
    t.is(checked.status, 0, checked.text);
  },
);

withPromtool("every alert fires when it should, with its labels and words, and not otherwise", (t) => {
  const { status, text } = run("promtool", "test", "rules", join(fleet, "prometheus/rules.test.yml"));
  t.is(status, 0, text);
});

test("every alert is tried in both directions", (t) => {
  const { tests } = yaml.load(read("prometheus/rules.test.yml")) as {
    tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
  };
  const tried = tests.flatMap(({ alert_rule_test: checks }) => checks);
  const both = (name: string): boolean =>
    [true, false].every((fires) =>
      tried.some((each) => each.alertname === name && each.exp_alerts.length > 0 === fires),
    );
  t.deepEqual(
    alerts.map(({ alert }) => alert!).filter((name) => !both(name)),
    [],
  );
});

test("every symptom has an alert that asks for warnings and links to its page", (t) => {
  for (const symptom of symptoms) {
    const of = alerts.filter(({ expr }) => expr.includes(`{symptom="${symptom}", severity!="info"`));
    t.true(of.length > 0, `${symptom}: no alert in examples/fleet/prometheus/rules/alerts.yml`);
    for (const { annotations } of of) t.is(annotations.runbook_url, `docs/symptoms/${symptom}.md`);
  }
});

test("every alert says what, why and where to read on, and the page and its section are there", (t) => {
  for (const { alert, annotations, labels } of alerts) {
    t.deepEqual(Object.keys(annotations), ["summary", "description", "runbook_url"], alert);
    t.true(["process", "node", "service"].includes(labels.scope!), alert);
    const [page, section] = annotations.runbook_url!.split("#");
    t.true(existsSync(join(packageRoot, page!)), `${alert}: ${page}`);
    const headings = [...readFileSync(join(packageRoot, page!), "utf8").matchAll(/^## (.*)$/gm)].map(([, title]) =>
      title!.toLowerCase().replaceAll(" ", "-"),
    );
    if (section !== undefined) t.true(headings.includes(section), `${alert}: ${page}#${section}`);
  }
});

interface Target {
  readonly panel: string;
  readonly expr: string;
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}
const dashboard = JSON.parse(read("grafana/dashboard.json")) as { readonly panels: readonly Panel[] };
const load = async (file: string): Promise<unknown> => import(join(fleet, file));
const queriesOf = async (): Promise<readonly Target[]> => {
  const queries = (await load("grafana/queries.mjs")) as {
    queriesOf(of: unknown, window: string): readonly Target[];
  };
  return queries.queriesOf(dashboard, "5m");
};

withPromtool("every query of the dashboard is PromQL", async (t) => {
  const rules = (await queriesOf()).map(({ expr }, index) => ({ record: `query:${index}`, expr }));
  const file = join(deployed(t), "dashboard.yml");
  writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
  const { status, text } = run("promtool", "check", "rules", file);
  t.is(status, 0, text);
  t.true(text.includes(`SUCCESS: ${rules.length} rules found`), text);
});

test("rules and dashboard ask for metrics and records that exist", async (t) => {
  const known = new Set<string>([...metricNames, ...records.map(({ record }) => record!)]);
  const asked = [...alerts, ...records, ...(await queriesOf())].flatMap(({ expr }) =>
    [...expr.replaceAll(/"[^"]*"/g, '""').matchAll(/[\w:]*sockscope_\w+(?::\w+)?/g)].map(([name]) => name),
  );
  t.true(asked.length > 50);
  t.deepEqual(
    [...new Set(asked)].filter((name) => !known.has(name) && !known.has(name.replace(/_(bucket|sum|count)$/, ""))),
    [],
  );
});

test("dashboard.json is what dashboard.mjs writes, its panels overlap nowhere", async (t) => {
  const written = (await load("grafana/dashboard.mjs")) as { readonly dashboard: unknown };
  t.deepEqual(JSON.parse(JSON.stringify(written.dashboard)), dashboard);
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, n) => `${x + (n % w)}/${y + Math.floor(n / w)}`),
  );
  t.is(new Set(cells).size, cells.length);
  t.is(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
});

withPromtool("the collector's scrape is one that Prometheus accepts; its pipelines name parts that are there", (t) => {
  const { receivers, processors, exporters, service } = yaml.load(read("otel/collector.yaml")) as {
    receivers: Record<string, { config?: { scrape_configs: unknown } }>;
    processors: Record<string, unknown>;
    exporters: Record<string, unknown>;
    service: { pipelines: { metrics: Record<string, readonly string[]> } };
  };
  const parts: Record<string, Record<string, unknown>> = { receivers, processors, exporters };
  for (const [part, names] of Object.entries(service.pipelines.metrics))
    t.deepEqual(names, Object.keys(parts[part]!), part);
  const file = join(deployed(t), "collector.json");
  writeFileSync(file, JSON.stringify(receivers.prometheus!.config));
  const { status, text } = run("promtool", "check", "config", file);
  t.is(status, 0, text);
});

test("the deployment keeps to the restricted pod security level", (t) => {
  const { spec } = (yaml.load(read("kubernetes/deployment.yaml")) as { spec: { template: { spec: Pod } } }).spec
    .template;
  t.like(spec.securityContext, { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
  t.is(spec.containers.length, 1);
  t.deepEqual(spec.containers[0]!.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
});

interface Pod {
  readonly securityContext: object;
  readonly containers: readonly { readonly securityContext: object }[];
}

const asNobody = testWith("setpriv");
asNobody("without any capability everything can be read that the manifests promise", (t) => {
  const drop = process.getuid?.() === 0 ? ["--inh-caps=-all", "--bounding-set=-all"] : [];
  const script = `console.log(JSON.stringify(require(${JSON.stringify(packageRoot)}).support()))`;
  const { status, text } = run("setpriv", ...drop, "--no-new-privs", process.execPath, "-e", script);
  t.is(status, 0, text);
  const { ok, readings } = JSON.parse(text) as { ok: boolean; readings: Record<string, { available: boolean }> };
  t.true(ok);
  const needed = [
    "TCP_INFO",
    "SO_MEMINFO",
    "sock_diag",
    "closeEvents",
    "netstat",
    "softnet-stat",
    "schedstat",
    "loops",
  ];
  t.deepEqual(
    needed.filter((name) => !readings[name]?.available),
    [],
  );
});
