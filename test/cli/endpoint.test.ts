import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { askEndpoint, endpointOf } from "../../src/cli/outside/endpoint.js";
import { findingsOf, joined } from "../../src/cli/outside/endpoint-findings.js";
import { parseFindings } from "../../src/cli/outside/told-findings.js";
import type { Finding } from "../../src/explain/finding.js";
import { asRoot } from "../live/needs.js";

const outside: Finding = {
  id: "o1",
  symptom: "accept-queue-pressure",
  cause: "unknown",
  severity: "warning",
  confidence: 0.4,
  state: "active",
  subject: { kind: "listener", address: "0.0.0.0", port: 3000, pid: 7 },
  summary: "seen from outside",
  evidence: [],
  ruledOut: [],
  remedy: [],
  firstSeen: 1,
  lastSeen: 2,
};
const inside: Finding = {
  ...outside,
  id: "i1",
  symptom: "accept-queue-overflow",
  cause: "event-loop-blocked",
  stack: ["rebuild (/app.js:1:1)"],
};

test("one fault that is seen from both sides is told once, as the inside knows it", (t) => {
  const other: Finding = { ...outside, id: "o2", symptom: "syn-queue-overflow" };
  t.deepEqual(joined([outside, other], [inside]), [inside, other]);
});

test("the same symptom of another process, port or peer is another fault", (t) => {
  const elsewhere = [{ pid: 8 }, { port: 3001 }, { peer: "10.0.0.1:9" }].map((part, n) => ({
    ...outside,
    id: `o${n}`,
    subject: { ...outside.subject, ...part },
  }));
  t.deepEqual(joined(elsewhere, [inside]), [inside, ...elsewhere]);
});

test("of what an endpoint tells only what has a finding's form is taken, so that all of it can be shown", (t) => {
  const strange: readonly object[] = [
    { severity: "grave" },
    { state: 1 },
    { confidence: "0.4" },
    { subject: null },
    { subject: { kind: "listener", address: 7 } },
    { evidence: [null] },
    { evidence: [{ name: "a", value: {}, source: "b" }] },
    { ruledOut: [{ cause: "unknown" }] },
    { remedy: [1] },
    { stack: [null] },
    { stack: "at f" },
    { prediction: "none" },
    { prediction: { deep: "DEEP" } },
    { lastSeen: undefined },
  ];
  const findings = [...strange.map((part) => ({ ...inside, ...part })), null, 1, inside];
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const told = parseFindings(JSON.stringify({ findings }).replace('"DEEP"', deep));
  t.deepEqual(told, [inside]);
  t.is(parseFindings("[]"), undefined);
  t.is(parseFindings("{"), undefined);
});

const program = `
const http = require("node:http");
const given = process.env.SOCKSCOPE_HTTP;
const server = http.createServer((request, response) => {
  if (request.headers.authorization !== "Bearer right") return response.writeHead(401).end();
  response.end(request.url === "/findings" ? process.env.ANSWER : "{}");
});
const at = given && given.includes("/") ? { path: given } : { host: "127.0.0.1", port: Number((given || process.env.PORT).split(":").at(-1)) };
server.listen(at, () => console.log("up"));
`;

const withTarget = async <T>(
  env: NodeJS.ProcessEnv,
  use: (pid: number, folder: string) => Promise<T>,
  uid?: number,
): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-endpoint-"));
  chmodSync(folder, 0o777);
  writeFileSync(join(folder, "app.js"), program);
  const { SOCKSCOPE_HTTP: _, ...own } = process.env;
  if (env.CONFIG !== undefined) writeFileSync(join(folder, "sockscope.config.json"), env.CONFIG);
  const child = spawn(process.execPath, ["--no-warnings", "app.js"], { cwd: folder, env: { ...own, ...env }, uid });
  try {
    await once(child.stdout, "data");
    return await use(child.pid!, folder);
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
};

test("a target's endpoint is found in its environment, a unix path through its own folder, and asked with the token", (t) =>
  withTarget({ SOCKSCOPE_HTTP: "./http.sock", ANSWER: JSON.stringify({ findings: [inside] }) }, async (pid) => {
    const endpoint = endpointOf(pid);
    t.like(endpoint, { pid, name: "./http.sock" });
    t.deepEqual(await askEndpoint(endpoint!, { path: "/findings" }), {
      reason: "it wants a token: set SOCKSCOPE_HTTP_TOKEN to the target's",
    });
    t.deepEqual(await askEndpoint(endpoint!, { path: "/findings", token: "wrong" }), {
      reason: "it does not accept the token in SOCKSCOPE_HTTP_TOKEN",
    });
    process.env.SOCKSCOPE_HTTP_TOKEN = "right";
    t.deepEqual(await findingsOf(endpoint!, false), { endpoint: "./http.sock", pid, findings: [inside] });
    delete process.env.SOCKSCOPE_HTTP_TOKEN;
  }));

test("a target's endpoint is found in the configuration beside its main script", (t) =>
  withTarget({ CONFIG: '{"http":"0.0.0.0:9"}', PORT: "0" }, async (pid) => {
    t.deepEqual(endpointOf(pid), { pid, address: { host: "127.0.0.1", port: 9 }, name: "127.0.0.1:9" });
    t.deepEqual(await askEndpoint(endpointOf(pid)!, { path: "/findings" }), { reason: "ECONNREFUSED" });
    return undefined;
  }));

test("a token goes to no address but this machine's, whatever the target's environment says", async (t) => {
  const pid = process.pid;
  const ask = (host: string, port: number): unknown =>
    askEndpoint({ pid, address: { host, port }, name: "x" }, { path: "/findings", token: "right" });
  t.deepEqual(await ask("192.0.2.1", 80), { reason: "192.0.2.1 is no address of this machine" });
  t.deepEqual(await ask("collector.example", 80), { reason: "collector.example is no address of this machine" });
  t.deepEqual(await ask("127.0.0.1", 0), {
    reason: "its port was chosen by the kernel (SOCKSCOPE_HTTP names port 0)",
  });
});

asRoot("another user's process is shown no token unless it was named (needs root)", async (t) => {
  const nobody = 65_534;
  process.env.SOCKSCOPE_HTTP_TOKEN = "right";
  const answers = async (SOCKSCOPE_HTTP: string): Promise<unknown> =>
    withTarget(
      { SOCKSCOPE_HTTP, ANSWER: '{"findings":[]}' },
      async (pid) => {
        const endpoint = endpointOf(pid)!;
        const told = await findingsOf(endpoint, false);
        return [told.reason?.replace(String(pid), "N"), (await findingsOf(endpoint, true)).reason];
      },
      nobody,
    );
  const refusal =
    "it wants a token, and its socket belongs to user 65534, who is not shown SOCKSCOPE_HTTP_TOKEN but with --pid N";
  t.deepEqual(await answers("./http.sock"), [refusal, undefined]);
  t.deepEqual(await answers(`127.0.0.1:${20_000 + (process.pid % 10_000)}`), [refusal, undefined]);
  delete process.env.SOCKSCOPE_HTTP_TOKEN;
});
