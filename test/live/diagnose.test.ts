import { type ChildProcess, spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ExecutionContext } from "ava";
import type { Finding } from "../../src/explain/finding.js";
import { type Ended, runCli, startCli } from "../cli/run-cli.js";
import { timedTest } from "../lab/quiet-machine.js";

interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly listeners: readonly { readonly port?: number; readonly pid?: number; readonly limit: number }[];
  readonly missing: readonly { readonly source: string }[];
}

interface Target {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
}

const startTarget = async (t: ExecutionContext, path?: string): Promise<Target> => {
  const child = spawn(
    process.execPath,
    [join(__dirname, "plain-server.child.js"), ...(path === undefined ? [] : [path])],
    {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    },
  );
  t.teardown(() => child.kill("SIGKILL"));
  const port = await new Promise<number>((resolve) => {
    child.once("message", (message: { readonly port: number }) => resolve(message.port));
  });
  return { child, pid: child.pid!, port };
};

/** Opens a connection every 20 ms that asks for a page, until the test ends. */
const visit = (t: ExecutionContext, where: { readonly port: number } | { readonly path: string }): void => {
  const sockets: Socket[] = [];
  const timer = setInterval(() => {
    const socket = connect({ host: "127.0.0.1", ...where }, () =>
      socket.write("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"),
    );
    socket.on("error", () => {}).resume();
    sockets.push(socket);
  }, 20);
  t.teardown(() => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
  });
};

const read = ({ stdout }: Ended): Diagnosis => JSON.parse(stdout);
const grave = ({ findings }: Diagnosis): readonly string[] =>
  findings.filter(({ severity }) => severity !== "info").map(({ symptom, cause }) => `${symptom} ${cause}`);

timedTest("diagnose of a healthy server ends with status 0 and shows its listener", async (t) => {
  const { pid, port } = await startTarget(t);
  visit(t, { port });
  const ended = await runCli("diagnose", "--pid", String(pid), "--duration", "2s", "--json");
  const diagnosis = read(ended);
  t.deepEqual(grave(diagnosis), []);
  t.is(ended.status, 0);
  t.deepEqual(
    diagnosis.listeners.map((row) => ({ port: row.port, pid: row.pid, limit: row.limit })),
    [{ port, pid, limit: 8 }],
  );
});

timedTest("diagnose names a blocked event loop from outside", async (t) => {
  const { child, pid, port } = await startTarget(t);
  const { child: cli, ended } = startCli(["diagnose", "--pid", String(pid), "--duration", "4s", "--json"]);
  t.teardown(() => cli.kill("SIGKILL"));
  visit(t, { port });
  child.send({ blockMs: 3000 });
  const end = await ended;
  t.is(end.status, 1, end.stderr);
  // A machine that is short of CPU may add what it did itself.
  t.true(grave(read(end)).includes("accept-queue-overflow event-loop-blocked"), end.stdout);
});

timedTest("diagnose names a blocked event loop behind a unix listener", async (t) => {
  const path = join(mkdtempSync(join(tmpdir(), "sockscope-")), "target.sock");
  t.teardown(() => rmSync(dirname(path), { recursive: true }));
  const { child, pid } = await startTarget(t, path);
  const { child: cli, ended } = startCli(["diagnose", "--pid", String(pid), "--duration", "4s", "--json"]);
  t.teardown(() => cli.kill("SIGKILL"));
  visit(t, { path });
  child.send({ blockMs: 3000 });
  const end = await ended;
  t.is(end.status, 1, end.stderr);
  // A machine that is short of CPU may add what it did itself.
  t.true(grave(read(end)).includes("accept-queue-overflow event-loop-blocked"), end.stdout);
});

timedTest("diagnose names a stopped process while it is stopped", async (t) => {
  const { child, pid, port } = await startTarget(t);
  visit(t, { port });
  child.kill("SIGSTOP");
  t.teardown(() => child.kill("SIGCONT"));
  const end = await runCli("diagnose", "--port", String(port), "--duration", "3s", "--json");
  t.is(end.status, 1, end.stderr);
  t.true(grave(read(end)).includes("accept-queue-overflow process-stopped"), end.stdout);
  t.is(read(end).listeners[0]?.pid, pid);
});

timedTest("diagnose in plain words prints the sentence and the listeners", async (t) => {
  const { child, pid, port } = await startTarget(t);
  visit(t, { port });
  child.kill("SIGSTOP");
  t.teardown(() => child.kill("SIGCONT"));
  const { status, stdout } = await runCli("diagnose", "--pid", String(pid), "--duration", "2s");
  t.is(status, 1);
  t.regex(stdout, /accept-queue-overflow, cause process-stopped/);
  t.regex(stdout, /ruled out|evidence/);
  t.regex(stdout, new RegExp(`127\\.0\\.0\\.1:${port} +${pid} `));
});
