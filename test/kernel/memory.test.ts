import { writeFileSync } from "node:fs";
import test from "ava";
import fc from "fast-check";
import { openCgroupMemory, parseFlatKeyed, parseLimit, readCgroupMemory } from "../../src/kernel/cgroup-memory.js";
import { parsePageBytes, readPageBytes } from "../../src/kernel/page-size.js";
import { readTcpMemory } from "../../src/kernel/tcp-memory.js";
import { fixture } from "./fixture.js";
import { procTree } from "./proc-tree.js";

const pid = 77;
const at = (root: string): { proc: string; pid: number } => ({ proc: `${root}/proc`, pid });

test("TCP's memory stands beside its limits, in pages of a known size", (t) => {
  const root = procTree(t, {
    "self/net/sockstat": fixture("4.4/net/sockstat"),
    "sys/net/ipv4/tcp_mem": "287901\t383869\t575802\n",
    "sys/net/ipv4/tcp_max_orphans": "131072\n",
  });
  t.deepEqual(readTcpMemory({ proc: root }), {
    pages: 3,
    limits: { low: 287901, pressure: 383869, high: 575802 },
    pageBytes: undefined,
    orphans: 1,
    maxOrphans: 131072,
  });
});

test("in a namespace that does not show tcp_mem the limits are unknown, without sockstat all is", (t) => {
  const root = procTree(t, { "self/net/sockstat": "TCP: inuse 2 orphan 0 tw 0 alloc 3 mem 9\n" });
  t.deepEqual(readTcpMemory({ proc: root }), {
    pages: 9,
    limits: undefined,
    pageBytes: undefined,
    orphans: 0,
    maxOrphans: undefined,
  });
  t.is(readTcpMemory({ proc: `${root}/none` }), undefined);
});

test("the page size is the kernel's", (t) => {
  t.true([4096, 16384, 65536].includes(readPageBytes()!));
  const pairs = BigUint64Array.of(33n, 5n, 6n, 16384n, 0n, 0n);
  t.is(parsePageBytes(new Uint8Array(pairs.buffer)), 16384);
  t.is(parsePageBytes(new Uint8Array(pairs.buffer, 0, 24)), undefined);
});

const v2Mount = "31 23 0:28 / ROOT/cg rw - cgroup2 cgroup2 rw\n";

test("v2: the sockets' memory is the cgroup's own, the limit the tightest of it and its parents", (t) => {
  const root = procTree(t, {
    "proc/77/cgroup": "0::/pod/app\n",
    "proc/self/mountinfo": v2Mount,
    "cg/pod/app/memory.stat": "anon 4096\nsock 1843200\nsocket_other 7\n",
    "cg/pod/app/memory.max": "max\n",
    "cg/pod/app/memory.current": "5000000\n",
    "cg/pod/app/memory.events": "low 0\nhigh 3\nmax 0\noom 0\noom_kill 0\nsock_throttled 12\n",
    "cg/pod/memory.max": "8388608\n",
    "cg/pod/memory.current": "8380000\n",
    "cg/pod/memory.events": "low 0\nhigh 0\nmax 41\noom 1\noom_kill 0\n",
  });
  t.deepEqual(readCgroupMemory(at(root)), {
    version: 2,
    socketBytes: 1843200,
    usageBytes: 8380000,
    limitBytes: 8388608,
    limitHits: 41,
    socketThrottled: 12,
    highHits: 3,
  });
});

test("v1: TCP's buffers have a limit of their own, and the largest number means none", (t) => {
  const tree = (limit: string): string =>
    procTree(t, {
      "proc/77/cgroup": "4:memory:/job\n",
      "proc/self/mountinfo": "32 31 0:29 / ROOT/cg rw - cgroup cgroup rw,memory\n",
      "cg/job/memory.kmem.tcp.usage_in_bytes": "1044480\n",
      "cg/job/memory.kmem.tcp.limit_in_bytes": limit,
      "cg/job/memory.kmem.tcp.failcnt": "17\n",
    });
  const expected = { version: 1, socketBytes: 1044480, usageBytes: 1044480, limitHits: 17 };
  t.deepEqual(readCgroupMemory(at(tree("1048576\n"))) as unknown, { ...expected, limitBytes: 1048576 });
  t.deepEqual(readCgroupMemory(at(tree("9223372036854771712\n"))) as unknown, { ...expected, limitBytes: "none" });
});

test("the kept reading of socket memory follows the process into another cgroup", (t) => {
  const root = procTree(t, {
    "proc/77/cgroup": "0::/one\n",
    "proc/self/mountinfo": v2Mount,
    "cg/one/memory.stat": "sock 1\n",
    "cg/two/memory.stat": "sock 2\n",
  });
  const memory = openCgroupMemory(at(root));
  t.teardown(memory.close);
  t.is(memory.read()?.socketBytes, 1);
  writeFileSync(`${root}/proc/77/cgroup`, "0::/two\n");
  t.is(memory.read()?.socketBytes, 2);
});

test("where a limit cannot be read it is unknown, not none", (t) => {
  const root = procTree(t, {
    "proc/77/cgroup": "0::/\n",
    "proc/self/mountinfo": v2Mount,
    "cg/memory.stat": "sock 0\n",
  });
  t.like(readCgroupMemory(at(root)), { socketBytes: 0, limitBytes: undefined, limitHits: undefined });
  const bare = procTree(t, { "proc/77/cgroup": "0::/\n", "proc/self/mountinfo": v2Mount, "cg/cpu.stat": "" });
  t.is(readCgroupMemory(at(bare)), undefined);
  t.is(readCgroupMemory(at(`${bare}/none`)), undefined);
});

test("the memory parsers are total", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.string(), (bytes, text) => {
      parsePageBytes(bytes);
      parseLimit(text);
      parseFlatKeyed(text);
    }),
  );
  t.pass();
});
