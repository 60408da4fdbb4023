import test from "ava";
import { bar, trend } from "../../../src/cli/top/bars.js";
import { short, shortBytes, shortShare, shortTime, whole } from "../../../src/cli/top/figures.js";
import { layOut } from "../../../src/cli/top/layout.js";
import { merged } from "../../../src/cli/top/one-snapshot.js";
import type { Snapshot } from "../../../src/snapshot/snapshot.js";

test("figures are short and keep their units", (t) => {
  t.deepEqual([0, 7, 999, 1234, 34_500, 999_600, 5e6].map(short), ["0", "7", "999", "1.2k", "35k", "1.0M", "5M"]);
  t.deepEqual([0, 900, 375_000, 1.2e6, 3.79e9].map(shortBytes), ["0", "900 B", "375 KB", "1.2 MB", "3.8 GB"]);
  t.deepEqual([0, 0.052, 3.24, 340, 1234, 75_000, 720_000, 7.2e6, 4e8].map(shortTime), [
    "0 ms",
    "52 µs",
    "3.2 ms",
    "340 ms",
    "1.2 s",
    "75 s",
    "12 min",
    "2 h",
    "4.6 d",
  ]);
  t.deepEqual([0, 0.0123, 0.5, 1].map(shortShare), ["0 %", "1.2 %", "50 %", "100 %"]);
  t.deepEqual([0, 999, 1204, 1_234_567].map(whole), ["0", "999", "1,204", "1,234,567"]);
  t.deepEqual(
    [short, shortBytes, shortTime, shortShare].map((figure) => figure(undefined)),
    [undefined, undefined, undefined, undefined],
  );
});

test("a bar shows whatever is not nothing, and looks full only when it is", (t) => {
  t.deepEqual(
    [0, 0.0001, 0.5, 0.9999, 1, 1.7].map((share) => bar(share, 4)),
    ["····", "▏···", "██··", "███▉", "████", "████"],
  );
});

test("a trend has the newest at its right end", (t) => {
  t.is(trend([0, 1, 9, 16, 17], 17, 8), "   ·▁▅██");
  t.is(trend([1, 2, 3, 4, 5], 5, 3), "▅▇█");
});

test("where there is little room the panel in focus stays", (t) => {
  const needs = {
    listeners: { least: 3, all: 9 },
    findings: { least: 1, all: 5 },
    connections: { least: 3, all: 40 },
    network: { least: 2, all: 4 },
  };
  t.deepEqual(layOut(5, needs, "connections"), [{ panel: "connections", lines: 4 }]);
  t.deepEqual(layOut(30, needs, "connections"), [
    { panel: "listeners", lines: 7 },
    { panel: "findings", lines: 5 },
    { panel: "connections", lines: 10 },
    { panel: "network", lines: 4 },
  ]);
});

test("snapshots of several processes become one: rows and counts together, no process that would stand for all", (t) => {
  const moment = { time: 1, at: 1, source: "outside" } as const;
  const of = (pid: number, port: number, total: number): Snapshot => ({
    ...moment,
    process: { pid },
    loops: [{ id: pid, tid: pid, main: true }],
    listeners: [{ cookie: BigInt(port), transport: "tcp", address: "::", port, pid, length: 0, limit: 8 }],
    connections: { rows: [], counts: { ESTAB: total }, read: total, total },
  });
  const one = merged([of(1, 80, 3), of(2, 81, 4)], undefined);
  t.deepEqual([one.process, one.loops, one.listeners.map(({ port }) => port)], [undefined, [], [80, 81]]);
  t.deepEqual(one.connections, { rows: [], counts: { ESTAB: 7 }, read: 7, total: 7 });
  t.is(merged([of(1, 80, 3)], undefined).process?.pid, 1);
  t.deepEqual(merged([], undefined).listeners, []);
});
