import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import test from "ava";

const main = resolve("build-test/src/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "sockscope-simulate-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const scenario = { kind: "accept", listener: { backlog: 4 }, arrivals: [{ at: 0, count: 10 }], until: 1.5 };
const run = (text: string, ...args: string[]) => {
  const file = join(folder, "scenario.json");
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "simulate", file, ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr: stderr.replaceAll(file, "FILE") };
};

test.serial("simulate prints what became of the clients, the counters and the course", (t) => {
  const { status, stdout, stderr } = run(JSON.stringify(scenario));
  t.deepEqual([status, stderr], [0, ""]);
  t.deepEqual(stdout.split("\n").slice(0, 9), [
    "clients          10: 5 queued, 5 pending",
    "accept queue     limit 4, 5 fit, at most 5 waited",
    "accepted         0 of 5 admitted",
    "wait             median –, 95th percentile –, longest –",
    "listener drops   10 segments (SO_MEMINFO[8])",
    "ListenOverflows  10",
    "ListenDrops      10",
    "PassiveOpens     5",
    "",
  ]);
});

test.serial("simulate --json --set changes the scenario and prints the whole result", (t) => {
  const { status, stdout } = run(
    JSON.stringify(scenario),
    "--json",
    "--set",
    "listener.backlog=16",
    "--set",
    "arrivals.0.count=18",
  );
  const result = JSON.parse(stdout) as Record<string, unknown>;
  t.is(status, 0);
  t.like(result, { limit: 16, arrivals: 18, admitted: 17, overflows: 2, drops: 2, listenerDrops: 2, ghosts: 0 });
});

test.serial("simulate --json of a sweep is an array with what was set and the result, one a run", (t) => {
  const { status, stdout } = run(JSON.stringify(scenario), "--json", "--set", "listener.backlog=4..16*2");
  t.is(status, 0);
  const results = JSON.parse(stdout) as readonly Record<string, unknown>[];
  t.deepEqual(
    results.map(({ set, overflows }) => [set, overflows]),
    [
      [{ "listener.backlog": 4 }, 10],
      [{ "listener.backlog": 8 }, 2],
      [{ "listener.backlog": 16 }, 0],
    ],
  );
});

test.serial("a sweep with a value that the scenario does not take prints nothing but what is accepted", (t) => {
  t.deepEqual(run(JSON.stringify(scenario), "--set", "sysctl.tcp_syncookies=0..3"), {
    status: 2,
    stdout: "",
    stderr: "sockscope simulate: $.sysctl.tcp_syncookies: 3 is not accepted here, 0 or 1 or 2 is\n",
  });
});

for (const [title, text, args, message] of [
  [
    "a malformed scenario",
    JSON.stringify({ ...scenario, listener: { backlog: "four" } }),
    [],
    'sockscope simulate: $.listener.backlog: "four" is not accepted here, an integer from -2147483648 to 2147483647 is\n',
  ],
  [
    "a key that nobody knows",
    JSON.stringify(scenario),
    ["--set", "sysctl.tcp_rmem=1"],
    "sockscope simulate: $.sysctl.tcp_rmem: 1 is not accepted here, base, somaxconn, tcp_max_syn_backlog, tcp_syncookies, tcp_abort_on_overflow, tcp_syn_linear_timeouts, tcp_synack_retries, tcp_syn_retries is\n",
  ],
  [
    "an assignment that is none",
    JSON.stringify(scenario),
    ["--set", "backlog"],
    'sockscope simulate: --set: "backlog" is not accepted; KEY=VALUE is, like listener.backlog=16\n',
  ],
] as const)
  test.serial(`simulate refuses ${title} with one line and status 2`, (t) => {
    t.deepEqual(run(text, ...args), { status: 2, stdout: "", stderr: message });
  });

test.serial("simulate says of a file that is not JSON that it is not", (t) => {
  const { status, stdout, stderr } = run("{ kind");
  t.deepEqual([status, stdout, stderr.split("\n").length], [2, "", 2]);
  t.true(stderr.startsWith("sockscope simulate: FILE: not JSON: "), stderr);
});
