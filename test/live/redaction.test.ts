// SOCKSCOPE_REDACT=ip: an application with real peers at known addresses, and every way in which something is told of them.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { launch } from "../lab/child.js";
import { command } from "../lab/command.js";
import { createNamespace, type Namespace } from "../lab/netns.js";
import { packageRoot } from "../package-root.js";
import { asRoot } from "./needs.js";

const own = "fd00:5c::1";
/** Of clients: IPv4, IPv4 at an IPv6 listener, IPv6. */
const clients = ["127.1.2.3", "127.1.2.4", "fd00:5c::7"] as const;
/** Connected to, where nobody listens. */
const refusing = ["127.1.2.5", "fd00:5c::9"] as const;
const raw: readonly string[] = [...clients, ...refusing, "127.1.2.6"];

/** Everything that tells of the application; and whether it names peers. */
const outputs: readonly (readonly [string, "peers" | "no peers"])[] = [
  ["the log", "peers"],
  ["options.logger", "peers"],
  ["on('finding')", "peers"],
  ["on('sample')", "peers"],
  ["on('status')", "no peers"],
  ["channel sockscope:finding", "peers"],
  ["channel sockscope:sample", "peers"],
  ["agent.findings()", "peers"],
  ["agent.snapshot()", "peers"],
  ["explain()", "peers"],
  ["GET /", "no peers"],
  ["GET /events", "peers"],
  ["GET /findings", "peers"],
  ["GET /explain", "peers"],
  ["GET /metrics", "no peers"],
  ["GET /healthz", "no peers"],
  ["GET /record", "peers"],
  ["sockscope/prometheus", "no peers"],
  ["sockscope/opentelemetry", "no peers"],
  ["agent.record()", "peers"],
  ["SOCKSCOPE_RECORD", "peers"],
  ["sockscope report", "peers"],
  ["sockscope diagnose --json", "peers"],
  ["sockscope explain", "peers"],
  ["sockscope top --json", "peers"],
  ["sockscope record", "peers"],
];

const client = `
const [address, port] = process.argv.slice(1);
const host = address.startsWith("127") ? "127.0.0.1" : "${own}";
require("node:net").connect({ port: Number(port), host, localAddress: address }).on("error", () => {}).pause();
process.on("disconnect", () => process.exit());`;

/** All that it says; a command without an end is interrupted when it has named a peer. */
const cli = (ns: Namespace, args: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    const main = join(packageRoot, "build-test/src/cli/main.js");
    const [file, ...rest] = [...ns.enter, process.execPath, main, ...args];
    const env = { ...process.env, SOCKSCOPE_REDACT: "ip" };
    const child = spawn(file!, rest, { env, stdio: ["ignore", "pipe", "pipe"], timeout: 40_000 });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (args[0] === "top" && /ip-[0-9a-f]{12}/.test(text)) child.kill("SIGINT");
      });
    child.on("close", () => resolve(text));
  });

asRoot("under redaction no peer's address is told anywhere, and its pseudonym is", async (t) => {
  t.timeout(90_000);
  const folder = mkdtempSync(join(tmpdir(), "sockscope-redacted-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const ns = createNamespace(t.teardown.bind(t));
  for (const address of [own, clients[2], refusing[1]])
    command("ip", "-n", ns.name, "-6", "address", "add", `${address}/128`, "dev", "lo", "nodad");

  const child = join(packageRoot, "build-test/test/live/redaction-app.child.js");
  const argv = [process.execPath, child, folder, "127.0.0.1,::,::", refusing.join()];
  const app = launch(t.teardown.bind(t), ns, { argv, env: { SOCKSCOPE_REDACT: "ip" } });
  const { ports } = (await app.hear("listening", 10_000)) as unknown as { ports: readonly number[] };
  for (const [n, address] of clients.entries())
    launch(t.teardown.bind(t), ns, { argv: [process.execPath, "-e", client, address, String(ports[n])] });
  const { told } = (await app.hear("told", 40_000).catch(() => t.fail(app.complaints()))) as unknown as {
    told: Record<string, string>;
  };

  const pid = ["--pid", String(app.pid)];
  const recorded = join(folder, "outside.html");
  const commands: readonly (readonly [string, ...string[]])[] = [
    ["diagnose --json", "diagnose", ...pid, "--duration", "4s", "--json"],
    ["record", "record", ...pid, "--duration", "3s", "-o", recorded],
    ["top --json", "top", ...pid, "--json"],
    ["explain", "explain", `127.0.0.1:${ports[0]}`],
    ["report", "report", join(folder, "asked.ndjson"), "-o", join(folder, "asked.html")],
  ];
  const said = await Promise.all(commands.map(([, ...args]) => cli(ns, args)));
  for (const [n, [name]] of commands.entries()) told[`sockscope ${name}`] = said[n]!;
  told["sockscope record"] += readFileSync(recorded, "utf8");
  told["sockscope report"] += readFileSync(join(folder, "asked.html"), "utf8");

  for (const [name, names] of outputs) {
    const text = told[name] ?? "";
    t.not(text, "", `${name} tells something`);
    t.deepEqual(
      raw.filter((address) => text.includes(address)).map((address) => around(text, address)),
      [],
      name,
    );
    if (names === "peers") t.regex(text, /ip-[0-9a-f]{12}/, name);
  }
});

/** Where it stands, for whoever reads of a failure. */
const around = (text: string, address: string): string => {
  const at = text.indexOf(address);
  return text.slice(Math.max(0, at - 120), at + 60);
};
