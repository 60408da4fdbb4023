// A fleet on one machine: real Prometheus and Alertmanager (Debian: apt-get install prometheus prometheus-alertmanager),
// eight Node servers, one of which breaks. Shows the alert that comes of it, and that it resolves.
//   node examples/fleet/run.mjs            half a minute
//   node examples/fleet/run.mjs --stay     goes on until Ctrl-C, with addresses to look at
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { ask, breakServer, startClients } from "./clients.mjs";
import { configure } from "./configure.mjs";
import { queriesOf } from "./grafana/queries.mjs";
import { folder, freePorts, lastWords, program, start, stopAll, until } from "./processes.mjs";

const blockedMs = 4000;
const token = randomBytes(16).toString("hex");
const fleet = ["checkout node-a", "checkout node-b", "checkout node-c", "search node-a", "search node-b"]
  .concat(["search node-c", "catalog node-a", "catalog node-b"])
  .map((words) => words.split(" "));
const broken = 4; // search on node-b

const began = performance.now();
const say = (line) => console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s  ${line}`);

const startServers = async (ports, endpoints) => {
  for (const [index, [service, node]] of fleet.entries())
    start(`${service}-${node}`, process.execPath, ["--import", "sockscope/register", "examples/fleet/server.mjs"], {
      PORT: ports[index],
      BACKLOG: 16,
      SOCKSCOPE_HTTP: endpoints[index],
      SOCKSCOPE_HTTP_TOKEN: token,
    });
  const answers = async (port, path) => (await ask(port, path))?.status === 200;
  for (const port of ports) await until("a server's answer", () => answers(port, "/"));
  for (const port of endpoints) await until("sockscope's endpoint", () => answers(port, "/healthz"));
};

const order = ["severity", "service", "node", "instance", "symptom", "cause"];

const tell = ({ status, labels, annotations }) => {
  say(`webhook: ${status.toUpperCase()} ${labels.alertname}`);
  const named = order.filter((name) => labels[name]).map((name) => `${name}=${labels[name]}`);
  console.log(`           ${named.join(" ")}`);
  if (status === "firing") console.log(`           ${annotations.summary}\n           ${annotations.runbook_url}`);
};

/** What Alertmanager sends arrives here; a group comes again with all its alerts when one changes. */
const listen = async (port, heard) => {
  const take = ({ alerts }) => {
    for (const alert of alerts) {
      const last = heard.findLast((each) => each.fingerprint === alert.fingerprint);
      if (last?.status === alert.status) continue;
      heard.push(alert);
      tell(alert);
    }
  };
  const server = createServer((request, response) => {
    json(request).then(take, (error) => say(`webhook: ${error.message}`));
    response.end();
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return server;
};

const query = async (prometheus, expr) => {
  const answer = await ask(prometheus, `/api/v1/query?query=${encodeURIComponent(expr)}`);
  return answer?.status === 200 ? JSON.parse(answer.body).data.result : [];
};

const showFinding = async (endpoint) => {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await ask(endpoint, "/findings", { headers });
  const finding = JSON.parse(answer.body).findings.find((each) => each.symptom === "accept-queue-overflow");
  say(`http://127.0.0.1:${endpoint}/findings, which answers while that server's loop is blocked:`);
  console.log(`           ${finding?.summary ?? "nothing"}`);
};

const checkDashboard = async (prometheus) => {
  const dashboard = JSON.parse(readFileSync(join(import.meta.dirname, "grafana/dashboard.json"), "utf8"));
  const queries = queriesOf(dashboard, "5s");
  const unanswered = [];
  const left = async () => {
    unanswered.length = 0;
    for (const each of queries) if ((await query(prometheus, each.expr)).length === 0) unanswered.push(each);
    return unanswered.length === 0;
  };
  await until("data for every panel", left, 10_000).catch(() => undefined);
  say(`grafana/dashboard.json: ${queries.length - unanswered.length} of ${queries.length} queries return data`);
  for (const { panel, expr } of unanswered) console.log(`           no data: ${panel}: ${expr}`);
  return unanswered.length === 0;
};

const run = async ({ stay, binaries }) => {
  const ports = await freePorts(fleet.length * 2 + 3);
  const [prometheus, alertmanager, webhook] = ports.splice(0, 3);
  const endpoints = ports.splice(0, fleet.length);
  const instance = `127.0.0.1:${endpoints[broken]}`;
  const targets = fleet.map(([service, node], index) => ({
    targets: [`127.0.0.1:${endpoints[index]}`],
    labels: { service, node },
  }));
  configure(folder, { targets, token, alertmanager, webhook });

  await startServers(ports, endpoints);
  const stopClients = startClients(ports);
  say(`${fleet.length} servers answer, each with sockscope's endpoint beside it`);
  const heard = [];
  const hook = await listen(webhook, heard);
  const local = (port) => `127.0.0.1:${port}`;
  start("alertmanager", binaries.alertmanager, [
    `--config.file=${folder}/alertmanager.yml`,
    `--storage.path=${folder}/alertmanager`,
    `--web.listen-address=${local(alertmanager)}`,
    "--cluster.listen-address=",
  ]);
  start("prometheus", binaries.prometheus, [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/tsdb`,
    `--web.listen-address=${local(prometheus)}`,
  ]);
  await until("Alertmanager", async () => (await ask(alertmanager, "/-/ready"))?.status === 200);
  const scraped = async () => (await query(prometheus, 'up{job="sockscope"} == 1')).length === fleet.length;
  await until("a scrape of every server", scraped);
  const firing = await query(prometheus, 'ALERTS{alertstate="firing"}');
  say(`Prometheus scrapes all ${fleet.length}, ${firing.length} alerts fire; the rules' minutes are seconds here`);
  const alerts = (status) =>
    heard.filter((each) => each.status === status && each.labels.symptom === "accept-queue-overflow");

  say(
    `${fleet[broken].join(" on ")} (${instance}) blocks its event loop for ${blockedMs / 1000} s while clients connect`,
  );
  breakServer(ports[broken], blockedMs);
  await until("the alert", () => alerts("firing").length > 0);
  await showFinding(endpoints[broken]);
  const complete = await checkDashboard(prometheus);
  say("the alert ends when nothing was dropped for five seconds, and five more have passed");
  await until("its end", () => alerts("resolved").length > 0);
  const right = alerts("firing").every(
    ({ labels }) => labels.instance === instance && labels.cause === "event-loop-blocked",
  );
  say(right && complete ? "as it should be" : "NOT as it should be");
  if (stay) {
    say("Ctrl-C ends it all. Meanwhile:");
    console.log(`           Prometheus    http://${local(prometheus)}/alerts`);
    console.log(`           Alertmanager  http://${local(alertmanager)}`);
    console.log(`           live page     http://${instance}`);
    await new Promise(() => {});
  }
  stopClients();
  hook.close();
  return right && complete ? 0 : 1;
};

const binaries = {
  prometheus: program("prometheus"),
  alertmanager: program("prometheus-alertmanager", "alertmanager"),
};
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void stopAll().then(() => process.exit(130)));
if (!binaries.prometheus || !binaries.alertmanager) {
  console.error("needs Prometheus and Alertmanager (Debian: apt-get install prometheus prometheus-alertmanager)");
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await run({ stay: process.argv.includes("--stay"), binaries });
  } catch (error) {
    console.error(error.message);
    for (const name of ["prometheus", "alertmanager"]) console.error([`${name}:`, ...lastWords(name)].join("\n  "));
    process.exitCode = 1;
  } finally {
    await stopAll();
  }
}
