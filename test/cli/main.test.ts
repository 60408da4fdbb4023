import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import test from "ava";
import { runCli, startCli } from "./run-cli.js";

const manifest: { readonly version: string } = JSON.parse(readFileSync("package.json", "utf8"));

test.serial("--version prints the package's version", async (t) => {
  const { status, stdout, stderr } = await runCli("--version");
  t.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `${manifest.version}\n`, stderr: "" });
});

test.serial("--help of all and of each command is data on stdout", async (t) => {
  for (const args of [["--help"], ["diagnose", "--help"], ["explain", "--help"], ["demo", "-h"], ["help", "demo"]]) {
    const { status, stdout, stderr } = await runCli(...args);
    t.deepEqual({ status, stderr }, { status: 0, stderr: "" }, args.join(" "));
    t.true(stdout.startsWith("Usage: sockscope "), args.join(" "));
  }
});

const refusals: readonly (readonly [readonly string[], string])[] = [
  [["diagnos"], 'sockscope: unknown command "diagnos" (did you mean diagnose?)'],
  [["--prot"], "sockscope: unknown option --prot; accepted here: --help, --version"],
  [["diagnose", "--prot", "80"], "sockscope diagnose: unknown option --prot (did you mean --port?)"],
  [
    ["diagnose", "--duration", "5 parsecs"],
    'sockscope diagnose: --duration: "5 parsecs" is not a duration; accepted: 500ms, 5s',
  ],
  [
    ["diagnose", "--port", "70000"],
    'sockscope diagnose: --port: "70000" is not accepted; a whole number from 1 to 65535 is',
  ],
  [["diagnose", "--port", "1", "--pid", "1"], "sockscope diagnose: --pid and --port exclude each other"],
  [["diagnose", "--pid", "4194304"], "sockscope diagnose: there is no process 4194304"],
  [["top", "--interval", "10ms"], 'sockscope top: --interval: "10ms" is not accepted; from 250ms to 1m is'],
  [["top", "--pid", "4194304"], "sockscope top: there is no process 4194304"],
  [
    ["top", "--web=0.0.0.0:9600"],
    "sockscope top: --web 0.0.0.0:9600: an address that others reach takes a token in SOCKSCOPE_HTTP_TOKEN",
  ],
  [["top", "--web", "22x", "--json"], 'sockscope top: --web: "22x" is not accepted; host:port'],
  [["explain"], "sockscope explain: LOCAL is missing; usage: sockscope explain LOCAL [PEER]"],
  [
    ["explain", "localhost:80"],
    'sockscope explain: LOCAL: "localhost:80" has no numeric address; accepted: 127.0.0.1:3000',
  ],
  [["explain", "/run/a.sock", "80"], "sockscope explain: a unix socket has a path and no PEER"],
  [["explain", "127.0.0.1:1"], "sockscope explain: there is no socket with the local end 127.0.0.1:1 in this network"],
  [["explain", "1", "2", "3"], 'sockscope explain: unexpected argument "3"; usage: sockscope explain LOCAL [PEER]'],
  [
    ["demo", "event-lop-saturated"],
    'sockscope demo: no demo is called "event-lop-saturated" (did you mean event-loop-saturated?)',
  ],
];

for (const [args, words] of refusals)
  test.serial(`"sockscope ${args.join(" ")}" ends with status 2 and one line on stderr`, async (t) => {
    const { status, stdout, stderr } = await runCli(...args);
    t.deepEqual({ status, stdout }, { status: 2, stdout: "" });
    t.true(stderr.startsWith(words), stderr);
    t.is(stderr.trimEnd().split("\n").length, 1, stderr);
  });

test.serial("diagnose of a port on which nothing listens ends with status 2 and names it", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  server.close();
  await once(server, "close");
  const { status, stderr } = await runCli("diagnose", "--port", String(port));
  t.is(status, 2);
  t.true(stderr.startsWith(`sockscope diagnose: nothing listens on port ${port} `), stderr);
});

test.serial("demo --list names every demo, --json as an array", async (t) => {
  const plain = await runCli("demo", "--list");
  const json = await runCli("demo", "--list", "--json");
  const rows: readonly { readonly name: string }[] = JSON.parse(json.stdout);
  const names = rows.map(({ name }) => name);
  t.is(names[0], "accept-queue-overflow");
  t.deepEqual(
    plain.stdout
      .trimEnd()
      .split("\n")
      .flatMap((line) => /^ {2}(\S+)/.exec(line)?.[1] ?? []),
    names,
  );
});

for (const command of ["diagnose", "demo", "top"])
  test.serial(`${command} without the addon ends with status 2 and one line that says why`, async (t) => {
    const { status, stdout, stderr } = await startCli([command], { NODE_OPTIONS: "--no-addons" }).ended;
    t.deepEqual({ status, stdout }, { status: 2, stdout: "" });
    t.regex(
      stderr,
      new RegExp(`^sockscope ${command}: not possible here: addon: .+ \\(sockscope doctor tells more\\)\n$`),
    );
  });

test.serial("SIGINT ends a long diagnose with status 130", async (t) => {
  const { child, ended } = startCli(["diagnose", "--duration", "5m"]);
  await once(child.stderr!, "data");
  const sentAt = performance.now();
  child.kill("SIGINT");
  t.is((await ended).status, 130);
  t.true(performance.now() - sentAt < 10_000);
});

test.serial("a reader that goes away ends the command quietly", async (t) => {
  const { child, ended } = startCli(["--help"]);
  child.stdout!.destroy();
  const { status, stderr } = await ended;
  t.deepEqual({ status, stderr }, { status: 0, stderr: "" });
});
