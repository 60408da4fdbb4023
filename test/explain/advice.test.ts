import test from "ava";
import { adviseOn } from "../../src/explain/advice/advice.js";
import type { Advice } from "../../src/explain/advice/adviser.js";
import type { SetUp } from "../../src/explain/advice/readings.js";
import type { ListenerReading } from "../../src/snapshot/snapshot.js";

const listener = (change: Partial<ListenerReading> = {}): ListenerReading => ({
  cookie: 1n,
  transport: "tcp",
  address: "0.0.0.0",
  port: 3000,
  length: 0,
  limit: 511,
  drops: 0,
  pid: 7,
  ...change,
});

const healthy: SetUp = {
  listeners: [listener(), listener({ address: "::", port: 22, limit: 128, pid: 8 })],
  processes: [
    { pid: 7, command: "node", fds: { open: 30, limit: 1024 } },
    { pid: 8, command: "sshd", fds: { open: 9, limit: 1024 } },
  ],
  settings: {
    somaxconn: 4096,
    tcp_syncookies: 1,
    tcp_max_syn_backlog: 64,
    tcp_abort_on_overflow: 0,
    tcp_rmem: [4096, 131072, 6291456],
    tcp_wmem: [4096, 16384, 4194304],
  },
  counters: { ListenOverflows: 0, ListenDrops: 0 },
};

const brief = (setUp: SetUp): readonly string[] =>
  adviseOn(setUp).map(
    ({ severity, subject, because, remedy }: Advice) => `${severity} ${subject}: ${because} => ${remedy}`,
  );

const settings = (change: SetUp["settings"]): readonly string[] =>
  brief({ ...healthy, settings: { ...healthy.settings, ...change } });

test("a machine with Linux's defaults gets no advice, whatever tcp_max_syn_backlog says while cookies are on", (t) => {
  t.deepEqual(brief(healthy), []);
});

test("nothing readable is no advice", (t) => {
  t.deepEqual(brief({ processes: [], settings: {} }), []);
});

test("a small somaxconn is named with the listeners that it cut", (t) => {
  t.deepEqual(settings({ somaxconn: 128 }), [
    "warning net.core.somaxconn: somaxconn 128 cuts every accept queue to 129 connections, also Node's default of 511; at that limit now: [::]:22 => sysctl -w net.core.somaxconn=4096, then let the server listen() again: the limit is taken at listen()",
  ]);
});

test("without cookies tcp_max_syn_backlog counts, with the number that admits the largest accept queue", (t) => {
  t.deepEqual(settings({ tcp_syncookies: 0, tcp_max_syn_backlog: 256 }), [
    "warning net.ipv4.tcp_syncookies: tcp_syncookies 0 drops the SYNs beyond a full SYN queue, so a SYN flood shuts honest clients out => sysctl -w net.ipv4.tcp_syncookies=1",
    "warning net.ipv4.tcp_max_syn_backlog: without cookies tcp_max_syn_backlog 256 admits 193 half-open connections, fewer than the largest accept queue here takes (512) => sysctl -w net.ipv4.tcp_max_syn_backlog=682",
  ]);
  t.is(settings({ tcp_syncookies: 0, tcp_max_syn_backlog: 682 }).length, 1);
});

test("cookies for every SYN and resets on overflow are advised against", (t) => {
  t.deepEqual(
    settings({ tcp_syncookies: 2, tcp_abort_on_overflow: 1 }).map((line) => line.split(":")[0]),
    ["warning net.ipv4.tcp_syncookies", "warning net.ipv4.tcp_abort_on_overflow"],
  );
});

test("small buffers are named with the throughput that they allow", (t) => {
  t.deepEqual(settings({ tcp_rmem: [4096, 65536, 131072] }), [
    'warning net.ipv4.tcp_rmem: tcp_rmem allows at most 131072 bytes: about 10.5 Mbit/s for one connection at 50 ms round trip => sysctl -w net.ipv4.tcp_rmem="4096 131072 6291456"',
  ]);
});

test("a queue that is full now is a warning, one with little room is worth knowing", (t) => {
  const full = listener({ length: 512 });
  const nearly = listener({ port: 3001, length: 400 });
  const tiny = listener({ port: 3002, limit: 4 });
  const unix = listener({ transport: "unix", path: "/run/app.sock", limit: 4, drops: undefined });
  t.deepEqual(brief({ ...healthy, listeners: [tiny, nearly, full, unix] }), [
    "warning listener 0.0.0.0:3000: accept queue 512 of 512: full at this moment => sockscope diagnose names the cause while it lasts",
    "info listener 0.0.0.0:3002: room for 5 waiting connections only: what exceeds it in one burst is dropped and tries again after 1 s; with SYN cookies the surplus may even believe to be connected => listen with a backlog of 511 unless this is meant",
    "info listener 0.0.0.0:3001: accept queue 400 of 512: nearly full at this moment => sockscope diagnose names the cause while it lasts",
  ]);
});

test("descriptors are held against a full accept queue of a Node server, and against their own limit everywhere", (t) => {
  const processes = [
    { pid: 7, command: "node", fds: { open: 30, limit: 256 } },
    { pid: 8, command: "sshd", fds: { open: 9, limit: 64 } },
    { pid: 9, command: "old", fds: { open: 1000, limit: 1024 } },
  ];
  t.deepEqual(brief({ ...healthy, processes }), [
    "warning node (7): 30 of 256 descriptors are open, 226 free, a full accept queue brings 512 connections at once; when they run out Node accepts and closes all that wait, unseen by the application => ulimit -n 65536 (systemd: LimitNOFILE=65536)",
    "warning old (9): 1000 of 1024 descriptors are open, 24 free; when they run out it can neither accept nor connect nor open files => ulimit -n 65536 (systemd: LimitNOFILE=65536)",
  ]);
  t.is(brief({ ...healthy, pid: 8, processes: [processes[1]!] }).length, 1);
});

const withQuota = (throttledPeriods: number, quotaMs = 20): readonly string[] =>
  brief({
    ...healthy,
    processes: [
      {
        pid: 7,
        command: "node",
        cpuLimit: { quotaMs, periodMs: 100 },
        cpuQuota: { periods: 50, throttledPeriods, throttledMs: 80 * throttledPeriods },
      },
    ],
  });

test("a quota is told with its throttled share, which decides the severity", (t) => {
  t.deepEqual(
    [...withQuota(22), ...withQuota(2), ...withQuota(0, 150)],
    [
      'warning node (7): its cgroup may use 20 ms of CPU in each 100 ms: a busy thread stands still for 80 ms of them; throttled in 44 % of its 50 periods so far (1760 ms) => give it a whole CPU: cpu.max "100000 100000"',
      'info node (7): its cgroup may use 20 ms of CPU in each 100 ms: a busy thread stands still for 80 ms of them; throttled in 4 % of its 50 periods so far (160 ms) => give it a whole CPU: cpu.max "100000 100000"',
      "info node (7): its cgroup may use 150 ms of CPU in each 100 ms; throttled in 0 % of its 50 periods so far (0 ms) => raise the quota until the throttled periods stop, or replace it by a CPU weight",
    ],
  );
});

test("counters since the namespace exists are told and judged as nothing", (t) => {
  t.deepEqual(brief({ ...healthy, counters: { ListenOverflows: 35, ListenDrops: 37 } }), [
    "info ListenOverflows, ListenDrops: 35 overflows and 37 drops since this network namespace exists: attempts of all its listeners, not clients, and it says nothing about now => compare two runs of nstat -az TcpExtListenOverflows TcpExtListenDrops, or sockscope diagnose",
  ]);
});
