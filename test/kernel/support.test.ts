import test from "ava";
import { binding } from "../../src/binding.js";
import { socketSupport, support } from "../../src/kernel/support.js";

test("every source of the addon says whether it can be read, and if not why", (t) => {
  const readings = socketSupport();
  t.deepEqual(Object.keys(readings), [
    "addon",
    "TCP_INFO",
    "SO_MEMINFO",
    "SO_COOKIE",
    "SIOCINQ",
    "SIOCOUTQ",
    "SIOCOUTQNSD",
    "SO_INCOMING_CPU",
    "SO_INCOMING_NAPI_ID",
    "sock_diag",
    "unix_diag",
    "closeEvents",
    "rtnetlink",
    "netdev",
    "loops",
  ]);
  for (const [source, { available, reason }] of Object.entries(readings)) t.is(reason === undefined, available, source);
});

test("the length of tcp_info is told", (t) => {
  t.regex(support().readings.TCP_INFO?.detail ?? "", /^\d+ bytes$/);
});

test("support is plain data", (t) => {
  const told = support();
  t.deepEqual(JSON.parse(JSON.stringify(told)), told);
  t.is(told.addon, binding !== undefined);
  t.is(told.node, process.version);
});
