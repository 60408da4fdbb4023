import test from "ava";
import fc from "fast-check";
import { openFds, parseFdLimit, readFds } from "../../src/kernel/fds.js";
import { parseHostCpu, readHostCpu } from "../../src/kernel/proc-stat.js";
import { parseSchedstat, parseTaskState, parseWchan, readTask } from "../../src/kernel/task.js";
import { fixture } from "./fixture.js";
import { procTree } from "./proc-tree.js";

const stat = (command: string, state: string): string =>
  `4711 (${command}) ${state} 1 4711 4711 0 -1 4194304 98 0 0 0 12 3 0 0 20 0 11 0 109017 3133440 363 184 1 1 0 0\n`;

test("a thread is read with its state, times and sleeping place", (t) => {
  const root = procTree(t, {
    "4711/task/4712/stat": stat("node) R (x", "S"),
    "4711/task/4712/schedstat": "1502583000 20500000 17\n",
    "4711/task/4712/wchan": "ep_poll",
  });
  t.deepEqual(readTask(4711, 4712, { proc: root }), {
    state: "S",
    cpuMs: 1502.583,
    runqueueMs: 20.5,
    wchan: "ep_poll",
  });
  t.is(readTask(4711, 4713, { proc: root }), undefined);
});

test("a kernel that does not account and a place that may not be seen are absent, not 0", (t) => {
  const root = procTree(t, {
    "4711/task/4711/stat": stat("node", "T"),
    "4711/task/4711/schedstat": "0 0 0\n",
    "4711/task/4711/wchan": "0",
  });
  t.deepEqual(readTask(4711, 4711, { proc: root }), { state: "T", wchan: undefined });
});

test("the own main thread runs and has used the CPU", (t) => {
  const task = readTask(process.pid, process.pid);
  t.is(task?.state, "R");
  t.true(task!.cpuMs! > 0);
});

test("descriptors of a process are counted against the soft limit", (t) => {
  const limits =
    "Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 524288               files\n";
  const root = procTree(t, { "9/limits": limits });
  t.is(readFds(9, { proc: root }), undefined);
  const before = readFds(process.pid)!;
  const kept = openFds(process.pid);
  t.teardown(kept.close);
  t.is(before.open, kept.read()!.open);
  t.is(parseFdLimit(limits), 1024);
  t.is(
    parseFdLimit("Max open files            unlimited            unlimited            files\n"),
    Number.POSITIVE_INFINITY,
  );
  t.is(parseFdLimit("Max open files            many                 unlimited            files\n"), undefined);
});

test("steal is read in milliseconds and CPUs are counted", (t) => {
  t.deepEqual(parseHostCpu(fixture("6.18/stat")), { cpus: 2, stealMs: 44370 });
  t.deepEqual(parseHostCpu("cpu  1 2 3 4\ncpu0 1 2 3 4\n"), { cpus: 1, stealMs: undefined });
  t.is(parseHostCpu("intr 1 2\n"), undefined);
  t.is(readHostCpu({ proc: "/nowhere" }), undefined);
});

test("the task parsers are total", (t) => {
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom("1", " ", ")", "(", "R", "cpu0 ", "\n", "cpu  ")).map((words) => words.join("")),
  );
  fc.assert(
    fc.property(text, (input) => {
      for (const parse of [parseTaskState, parseSchedstat, parseWchan, parseFdLimit, parseHostCpu]) parse(input);
    }),
  );
  t.pass();
});
