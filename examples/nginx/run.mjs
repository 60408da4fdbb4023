// nginx (Debian: apt-get install nginx-light) in front of a Node server that stalls once. nginx answers 504 for requests
// whose connect timed out; the server's own log shows only 200s; sockscope says what happened between the two.
//   node examples/nginx/run.mjs
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const here = import.meta.dirname;
const prefix = mkdtempSync(join(tmpdir(), "sockscope-nginx-"));
const freePort = () =>
  new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
const request = (port, path) =>
  new Promise((done) => {
    const call = get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      response.resume();
      response.on("end", () => done(response.statusCode));
    });
    call.on("error", (error) => done(error.code));
  });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const until = async (condition, what) => {
  for (let tries = 0; tries < 200; tries += 1, await pause(50)) if (await condition()) return;
  throw new Error(`${what} did not happen within 10 s`);
};

const [listen, upstream] = [await freePort(), await freePort()];
const conf = readFileSync(join(here, "nginx.conf"), "utf8")
  .replaceAll("PREFIX", prefix)
  .replaceAll("LISTEN", String(listen))
  .replaceAll("UPSTREAM", String(upstream));
writeFileSync(join(prefix, "nginx.conf"), conf);

const app = spawn(process.execPath, ["--import", "sockscope/register", join(here, "server.mjs")], {
  env: { ...process.env, PORT: String(upstream), BACKLOG: "8", SOCKSCOPE_LOG: join(prefix, "sockscope.log") },
  stdio: ["ignore", "pipe", "inherit"],
});
let appLog = "";
app.stdout.on("data", (chunk) => (appLog += chunk));
const nginx = spawn("nginx", ["-p", prefix, "-c", join(prefix, "nginx.conf")], {
  stdio: ["ignore", "inherit", "inherit"],
});
nginx.on("error", (error) => {
  console.error(`nginx: ${error.message} (Debian: apt-get install nginx-light)`);
  process.exitCode = 2;
});

try {
  await until(async () => (await request(listen, "/")) === 200, "an answer through nginx");
  const stall = request(listen, "/rebuild?ms=2500");
  await pause(200);
  const statuses = await Promise.all([stall, ...Array.from({ length: 60 }, () => request(listen, "/"))]);
  const findings = () =>
    readFileSync(join(prefix, "sockscope.log"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .filter((line) => line.event === "finding");
  await until(() => findings().some((line) => line.finding.symptom === "accept-queue-overflow"), "the finding");
  const tally = (values) => {
    const counts = {};
    for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
    return counts;
  };
  const { finding } = findings().findLast((line) => line.finding.symptom === "accept-queue-overflow");
  console.log(`nginx answered its clients: ${JSON.stringify(tally(statuses))}`);
  console.log(
    `the application's own log:  ${JSON.stringify(tally(appLog.match(/ \d{3}$/gm).map((status) => status.trim())))}`,
  );
  console.log(`sockscope: ${finding.summary}`);
  console.log(`  ${finding.symptom} / ${finding.cause}${finding.stack ? `\n  ${finding.stack[0]}` : ""}`);
} finally {
  for (const child of [app, nginx]) if (child.exitCode === null && child.pid) child.kill("SIGTERM");
  rmSync(prefix, { recursive: true, force: true });
}
