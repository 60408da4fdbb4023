// A process with secrets in its arguments and its environment: what tells of it tells none of them.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { runCli, startCli } from "../cli/run-cli.js";
import { eventually } from "../lab/eventually.js";
import { register } from "../lab/root.js";

const folder = mkdtempSync(join(tmpdir(), "sockscope-secrets-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const env = {
  TOKEN: "hidden-in-the-environment",
  SOCKSCOPE_HTTP_TOKEN: "hidden-token-of-the-endpoint",
  SOCKSCOPE_REDACT_KEY: "hidden-key-of-the-pseudonyms",
};
const args = ["--password=hidden-in-an-option", "hidden-in-an-argument", "-p", "hidden-after-an-option"];

const start = (t: { readonly teardown: (end: () => void) => void }): ChildProcess => {
  const script = join(folder, "server.js");
  writeFileSync(script, 'require("node:http").createServer().listen(0, "127.0.0.1");');
  const sock = join(folder, "endpoint.sock");
  const own = { SOCKSCOPE_HTTP: sock, SOCKSCOPE_RECORD: folder, SOCKSCOPE_LOG_LEVEL: "sample", SOCKSCOPE_REDACT: "ip" };
  const child = spawn(process.execPath, ["--import", register, script, ...args], {
    env: { ...process.env, NODE_OPTIONS: "", ...env, ...own, SOCKSCOPE_INTERVAL_MS: "250" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  t.teardown(() => void child.kill("SIGKILL"));
  return child;
};

test.serial("no secret of a process's arguments or environment is in anything that is told of it", async (t) => {
  const child = start(t);
  let log = "";
  child.stderr!.on("data", (text: Buffer) => (log += text.toString()));
  await eventually("sample lines", () => log.split("\n").length > 3, 15_000);
  const isRecord = (name: string): boolean => name.endsWith(".ndjson");
  child.kill("SIGUSR2");
  await eventually("a record", () => readdirSync(folder).some(isRecord), 10_000);

  const pid = ["--pid", String(child.pid)];
  const file = (name: string): string => join(folder, name);
  const asked = { SOCKSCOPE_HTTP_TOKEN: env.SOCKSCOPE_HTTP_TOKEN };
  const top = startCli(["top", ...pid]);
  const commands: readonly (readonly string[])[] = [
    ["diagnose", ...pid, "--duration", "500ms", "--json"],
    ["doctor", ...pid, "--json"],
    ["record", ...pid, "--duration", "500ms", "-o", file("inside.html")],
  ];
  const told = await Promise.all(commands.map((words) => startCli(words, asked).ended));
  const outside = await runCli("record", "--duration", "500ms", "-o", file("outside.html"));
  top.child.kill("SIGINT");
  const lines = (await top.ended).stdout;
  t.regex(lines, /node server\.js/);
  t.regex(told[2]!.stderr, /recording from the agent/);
  t.notRegex(outside.stderr, /recording from the agent/);
  const texts: readonly (readonly [string, string])[] = [
    ...[...told, outside].map(({ stdout, stderr }, n) => [`command ${n}`, stdout + stderr] as const),
    ["top", lines],
    ["the log", log],
    ...readdirSync(folder)
      .filter((name) => isRecord(name) || name.endsWith(".html"))
      .map((name) => [name, readFileSync(file(name), "utf8")] as const),
  ];
  for (const [name, text] of texts) {
    t.not(text, "", name);
    t.notRegex(text, /hidden-/, name);
  }
});
