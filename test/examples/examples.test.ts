// Every example runs as its first lines say, meets the fault it can show, and is told its name.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Finding } from "../../src/explain/finding.js";
import { eventually } from "../lab/eventually.js";
import { onQuietMachine, timedTest } from "../lab/quiet-machine.js";
import { packageRoot } from "../package-root.js";

const deadlineMs = 15_000;

interface Running {
  readonly where: string;
  readonly output: () => string;
  readonly findings: () => Finding[];
  /** The first finding that fits; if none comes, the error says which came instead. */
  readonly finding: (fits: (finding: Finding) => boolean) => Promise<Finding>;
}

/** Starts an example with a small queue; ends it and removes its folder with the test. */
const start = async (t: ExecutionContext, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Running> => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-example-"));
  const log = join(folder, "sockscope.log");
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: packageRoot,
    env: { ...process.env, PORT: "0", BACKLOG: "16", SOCKSCOPE_LOG: log, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  t.teardown(async () => {
    const gone = new Promise((done) => child.once("close", done));
    if (child.exitCode === null && child.kill("SIGKILL")) await gone;
    rmSync(folder, { recursive: true, force: true });
  });
  const where = await eventually(`${args.join(" ")} listens; it printed: ${output}`, () =>
    /listening (?:on|at) (?:http:\/\/[^:]+:(\d+)|(\/\S+))/i.exec(output)?.slice(1).find(Boolean),
  );
  const findings = (): Finding[] =>
    (existsSync(log) ? readFileSync(log, "utf8") : "")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { event: string; finding: Finding })
      .filter((line) => line.event === "finding")
      .map((line) => line.finding);
  const finding = (fits: (finding: Finding) => boolean): Promise<Finding> =>
    eventually("the finding", () => findings().findLast(fits), deadlineMs).catch((error: unknown) => {
      t.log(findings().map((each) => `${each.symptom}/${each.cause} ${each.state}: ${each.summary}`));
      throw error;
    });
  return { where, output: () => output, findings, finding };
};

const storm = (where: string): void => {
  const { status, stderr } = spawnSync(process.execPath, ["examples/storm.mjs", where, "60", "1500"], {
    cwd: packageRoot,
    encoding: "utf8",
    timeout: 20_000,
  });
  if (status !== 0) throw new Error(stderr);
};

const overflow = test.macro<[readonly string[]]>({
  exec: (outer, args: readonly string[]) =>
    onQuietMachine(outer, async (t) => {
      const running = await start(t, args);
      storm(running.where);
      const finding = await running.finding(
        ({ symptom, stack }) => symptom === "accept-queue-overflow" && stack !== undefined,
      );
      t.is(finding.cause, "event-loop-blocked");
      t.is(String(finding.subject.port), running.where);
      t.regex(finding.stack?.[0] ?? "", /^rebuildSearchIndex \(.*examples\/work\.mjs:\d+:\d+\)$/);
      t.true(finding.remedy.length > 0);
    }),
  title: (_title, args) => `${args.at(-1)} is told of its overflow and of the function that blocked it`,
});

test.serial(overflow, ["--import", "sockscope/register", "examples/http.mjs"]);
test.serial(overflow, ["--import", "sockscope/register", "examples/express.mjs"]);
test.serial(overflow, ["examples/fastify.mjs"]);

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

const ask = (where: string, path: string): Promise<Answer> =>
  new Promise((done, fail) =>
    get(`http://127.0.0.1:${where}${path}`, { agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => done({ status: response.statusCode, body }));
    }).on("error", fail),
  );

for (const name of ["fastify", "express"])
  timedTest(
    `${name}'s readiness route answers 503 and why while connections are dropped, and 200 before`,
    async (t) => {
      const { where } = await start(t, [`examples/${name}.mjs`]);
      t.deepEqual(await ask(where, "/ready"), { status: 200, body: '{"ready":true,"because":[]}' });
      storm(where);
      const { status, body } = await ask(where, "/ready");
      t.is(status, 503);
      t.like(JSON.parse(body), { ready: false, because: [{ symptom: "accept-queue-overflow" }] });
      const found = JSON.parse((await ask(where, "/findings")).body) as { findings: Finding[] };
      t.is(String(found.findings[0]?.subject.port), where);
    },
  );

timedTest("fastify's own log carries the findings", async (t) => {
  const running = await start(t, ["examples/fastify.mjs"], { SOCKSCOPE_LOG: "off" });
  storm(running.where);
  const line = await eventually("the finding in its log", () =>
    running
      .output()
      .split("\n")
      .find((each) => each.includes('"symptom":"accept-queue-overflow"')),
  );
  t.like(JSON.parse(line), { v: 1, event: "finding", finding: { subject: { port: Number(running.where) } } });
});

test.serial("opentelemetry.mjs posts its metrics to the OTLP endpoint", async (t) => {
  const posts: string[] = [];
  const receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      posts.push(`${request.url} ${body}`);
      response.end("{}");
    });
  }).listen(0, "127.0.0.1");
  t.teardown(() => receiver.close());
  await once(receiver, "listening");
  const { port } = receiver.address() as AddressInfo;
  const { where } = await start(t, ["examples/opentelemetry.mjs"], {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_METRIC_EXPORT_INTERVAL: "500",
  });
  const post = await eventually("the listener's series", () =>
    posts.find((one) => one.includes("sockscope.tcp.accept_queue_limit") && one.includes(`{"intValue":${where}}`)),
  );
  t.regex(post, /^\/v1\/metrics /);
});

timedTest("pino.mjs writes the finding through the application's logger", async (t) => {
  const running = await start(t, ["examples/pino.mjs"]);
  storm(running.where);
  const line = await eventually(
    "the finding as a pino line",
    () =>
      running
        .output()
        .split("\n")
        .find((each) => each.includes('"symptom":"accept-queue-overflow"') && each.includes("rebuildSearchIndex")),
    deadlineMs,
  );
  t.true([40, 50].includes((JSON.parse(line) as { level: number }).level));
  t.deepEqual(running.findings(), []);
});

timedTest("unix-socket.mjs is told that its queue stands full", async (t) => {
  const path = join(mkdtempSync(join(tmpdir(), "sockscope-unix-")), "app.sock");
  t.teardown(() => rmSync(join(path, ".."), { recursive: true, force: true }));
  const running = await start(t, ["--import", "sockscope/register", "examples/unix-socket.mjs"], { SOCKET: path });
  storm(running.where);
  const finding = await running.finding(({ subject, stack }) => subject.path === path && stack !== undefined);
  t.is(finding.cause, "event-loop-blocked");
  t.is(finding.symptom, "accept-queue-overflow");
});

timedTest("cluster.mjs is told that clients wait in the primary", async (t) => {
  const running = await start(t, ["--import", "sockscope/register", "examples/cluster.mjs"], {
    BACKLOG: "128",
  });
  for (const worker of ["first", "second"]) {
    const request = get(`http://127.0.0.1:${running.where}/rebuild?ms=3000&for=${worker}`, { agent: false });
    request.on("error", () => undefined);
    await once(request, "finish");
  }
  storm(running.where);
  const finding = await running.finding(({ cause }) => cause === "cluster-queue");
  t.is(finding.symptom, "accept-wait");
});

test.serial("explain.mjs is told from both ends why the response does not arrive", (t) => {
  const { stdout, stderr } = spawnSync(process.execPath, ["examples/explain.mjs"], {
    cwd: packageRoot,
    encoding: "utf8",
    timeout: 20_000,
  });
  const [server, client] = stdout.split(/^(?=client:)/m);
  t.regex(server ?? "", /^server: write-stalled \/ peer-not-reading\n.*the peer's window is \d/, stderr);
  t.regex(client ?? "", /^client: read-stalled \/ application-not-reading\n.*the stream is paused/);
  t.regex(client ?? "", /read\(2\) {2}returns at most [\d.]+ KB/);
});

const nginx = spawnSync("nginx", ["-v"]).error === undefined;
const needsNginx = nginx || process.env.SOCKSCOPE_REQUIRE_ALL === "1" ? timedTest : test.serial.skip;
needsNginx(
  "nginx in front (Debian package nginx-light): the application's log has only 200s, the finding names the cause",
  (t: ExecutionContext) => {
    const { stdout, stderr } = spawnSync(process.execPath, ["examples/nginx/run.mjs"], {
      cwd: packageRoot,
      encoding: "utf8",
      timeout: 50_000,
    });
    t.regex(stdout, /nginx answered its clients: .*"504":\d+/, stderr);
    t.regex(stdout, /the application's own log: {2}\{"200":\d+\}/);
    t.regex(stdout, /accept-queue-overflow \/ event-loop-blocked\n {2}rebuildSearchIndex/);
  },
);
