import test from "ava";
import { binding } from "../../src/binding.js";
import { socketSupport, support } from "../../src/kernel/support.js";
import { addonReadings } from "./addon-readings.js";

test("every source of the addon says whether it can be read, and if not why", (t) => {
  const readings = socketSupport();
  t.deepEqual(Object.keys(readings), addonReadings);
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
