import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import test from "ava";
import type { Advice } from "../../src/explain/advice/adviser.js";
import { readSysctls } from "../../src/kernel/sysctl.js";
import { eventually } from "../lab/eventually.js";
import type { ListenerReading } from "../../src/snapshot/snapshot.js";

interface Report {
  readonly advice: readonly Advice[];
  readonly listeners: readonly ListenerReading[];
  readonly processes: readonly { readonly pid: number; readonly command: string }[];
  readonly settings: { readonly somaxconn: number };
}

const reason = process.getuid?.() === 0 && !spawnSync("unshare", ["--help"]).error ? undefined : "root and unshare";
const live = reason === undefined || process.env.SOCKSCOPE_REQUIRE_ALL === "1" ? test.serial : test.serial.skip;
const title = (text: string): string => (reason === undefined ? text : `${text} (needs ${reason})`);

const inPlace = (...args: readonly string[]): { status: number | null; stdout: string; stderr: string } => {
  const up = 'ip link set lo up; exec "$@"';
  const place = [process.execPath, join(__dirname, "doctor-place.js"), ...args];
  return spawnSync("unshare", ["-n", "sh", "-c", up, "sh", ...place], { encoding: "utf8" });
};

live(title("doctor names the listeners with their owner, and what of the settings will hurt, with status 1"), (t) => {
  const { status, stdout, stderr } = inPlace("--json");
  t.is(stderr, "");
  t.is(status, 1);
  const { advice, listeners, processes, settings } = JSON.parse(stdout) as Report;
  const tcp = listeners.filter(({ transport }) => transport === "tcp").toSorted((a, b) => a.port! - b.port!);
  t.deepEqual(
    tcp.map(({ address, port, length, limit, drops }) => [address, port, length, limit, drops]),
    [
      ["127.0.0.1", 4001, 0, 100, 0],
      ["::1", 4002, 0, 3, 0],
    ],
  );
  t.is(processes.find(({ pid }) => pid === tcp[0]!.pid)?.command, "node");
  t.is(settings.somaxconn, 100);
  t.deepEqual(
    advice.filter(({ severity }) => severity === "warning").map(({ subject }) => subject),
    ["net.core.somaxconn", "net.ipv4.tcp_abort_on_overflow"],
  );
  t.regex(advice[0]!.because, /at that limit now: 127\.0\.0\.1:4001$/);
});

live(title("doctor prints its report as text, every line within 80 columns"), (t) => {
  const { status, stdout } = inPlace();
  t.is(status, 1);
  t.regex(stdout, /^ {2}127\.0\.0\.1:4001 +0 +100 +0 {2}node \(\d+\)$/m);
  t.deepEqual(
    stdout.split("\n").filter((line) => line.length > 80),
    [],
  );
  t.regex(stdout, /\n2 things to act on\.\n$/);
});

live(title("doctor looks into the network namespace of a process"), async (t) => {
  const script = "echo 90 > /proc/sys/net/core/somaxconn; exec sleep 30";
  const there = spawn("unshare", ["-n", "sh", "-c", script], { stdio: "ignore" });
  t.teardown(() => there.kill("SIGKILL"));
  const pid = there.pid!;
  await eventually("its setting is made", () => readSysctls({ pid }).somaxconn === 90);
  const main = join(__dirname, "../../src/cli/main.js");
  const { status, stdout } = spawnSync(process.execPath, [main, "doctor", "--json", "--pid", `${pid}`], {
    encoding: "utf8",
  });
  t.is(status, 1);
  const { listeners, processes, settings } = JSON.parse(stdout) as Report;
  t.deepEqual(
    listeners.filter(({ transport }) => transport === "tcp"),
    [],
  );
  t.is(settings.somaxconn, 90);
  t.true(processes.some((one) => one.pid === pid && one.command === "sleep"));
});

test("doctor refuses a process that does not exist, in one line", (t) => {
  const main = join(__dirname, "../../src/cli/main.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "doctor", "--pid", "4194303"], {
    encoding: "utf8",
  });
  t.deepEqual(
    { status, stdout, stderr },
    { status: 2, stdout: "", stderr: "sockscope doctor: there is no process 4194303\n" },
  );
});
