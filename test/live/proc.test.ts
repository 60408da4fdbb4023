import { spawnSync } from "node:child_process";
import { join } from "node:path";
import test from "ava";
import { type CounterName, counterNames } from "../../src/snapshot/snapshot.js";

type Counters = Partial<Record<CounterName, number>>;
type Table = Record<string, Record<string, number>>;
interface Reading {
  readonly before: { readonly own: Counters; readonly nstat: Record<string, number> };
  readonly after: { readonly own: Counters; readonly nstat: Record<string, number> };
  readonly netstat: Table;
  readonly snmp: Table;
  readonly sockstat: Table;
  readonly sysctl: Record<string, number>;
}

const reason =
  ["unshare", "ip", "nstat"].find((tool) => spawnSync(tool, ["--help"]).error) ??
  (process.getuid?.() === 0 ? undefined : "root");
const live = reason === undefined || process.env.SOCKSCOPE_REQUIRE_ALL === "1" ? test.serial : test.serial.skip;
const title = (text: string): string => (reason === undefined ? text : `${text} (needs ${reason})`);

const read = (): Reading => {
  const script = join(__dirname, "proc-reading.js");
  const { stdout, stderr } = spawnSync("unshare", ["-n", process.execPath, script], { encoding: "utf8" });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Reading;
};

const ofSnmp: readonly CounterName[] = [
  "ActiveOpens",
  "PassiveOpens",
  "AttemptFails",
  "EstabResets",
  "RetransSegs",
  "OutRsts",
];
const protocolOf = (name: CounterName): string => (ofSnmp.includes(name) ? "Tcp" : "TcpExt");

live(title("the counters and their deltas equal nstat's, and the overflow is counted exactly"), (t) => {
  const { before, after } = read();
  for (const name of counterNames) {
    const nstat = protocolOf(name) + name;
    t.is(before.own[name], before.nstat[nstat], name);
    t.is(after.own[name], after.nstat[nstat], name);
  }
  // Backlog 1 holds 2 of 7.
  t.is(after.own.ListenOverflows! - before.own.ListenOverflows!, 5);
  t.is(after.own.ListenDrops! - before.own.ListenDrops!, 5);
  t.is(after.own.PassiveOpens! - before.own.PassiveOpens!, 2);
});

live(title("every counter of netstat and snmp equals nstat's of the same moment"), (t) => {
  const { after, netstat, snmp } = read();
  const mine = Object.entries({ ...netstat, ...snmp }).flatMap(([protocol, counters]) =>
    Object.entries(counters).map(([name, value]) => [protocol + name, value] as const),
  );
  const known = mine.filter(([name]) => name in after.nstat);
  t.true(known.length > 200);
  t.deepEqual(Object.fromEntries(known), Object.fromEntries(known.map(([name]) => [name, after.nstat[name]])));
});

live(title("sockstat and the settings are the namespace's own"), (t) => {
  const { sockstat, sysctl } = read();
  t.true(sockstat.TCP!.inuse! >= 1);
  t.is(sysctl.somaxconn, 77);
});
