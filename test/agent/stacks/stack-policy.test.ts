import test from "ava";
import { createStackProbe } from "../../../src/agent/stacks/stack.js";
import { stackLimits, stackPolicy } from "../../../src/agent/stacks/stack-policy.js";

test("a blocked loop is asked once a stall, at most every 10 s and for a hundredth of the time, and only when somebody waits", (t) => {
  const stall = { at: 5200, sinceAt: 5000, waiting: 1 };
  t.true(stackPolicy(stall));
  t.false(stackPolicy({ ...stall, at: 5199 }));
  t.false(stackPolicy({ ...stall, waiting: 0 }));
  t.false(stackPolicy({ ...stall, at: 30_000, last: { at: 5200, sinceAt: 5000 } }));
  t.false(stackPolicy({ ...stall, last: { at: 0, sinceAt: -4800 }, at: 9999 }));
  t.true(stackPolicy({ ...stall, last: { at: 0, sinceAt: -4800 }, at: 10_000 }));
  t.false(stackPolicy({ ...stall, last: { at: 0, sinceAt: -4800, pauseMs: 200 }, at: 19_999 }));
  t.true(stackPolicy({ ...stall, last: { at: 0, sinceAt: -4800, pauseMs: 200 }, at: 20_000 }));
  t.true(stackPolicy({ ...stall, at: 5050 }, { ...stackLimits, stallMs: 50, everyMs: 0 }));
});

test("a thread that is kept from the CPU is not asked: neither quota nor neighbour is named by its JavaScript", (t) => {
  const stall = { at: 5300, sinceAt: 5000, waiting: 1 };
  t.false(stackPolicy({ ...stall, state: "R", cpuShare: 0.1 }));
  t.true(stackPolicy({ ...stall, state: "R", cpuShare: 0.9 }));
  t.true(stackPolicy({ ...stall, state: "S", cpuShare: 0 }));
  t.true(stackPolicy({ ...stall, state: "R", cpuShare: undefined }));
});

test("stacks are refused with a reason wherever somebody else may debug", async (t) => {
  const allowed = { enabled: true, mainInspectorUrl: undefined, permissionModel: false, execArgv: ["--expose-gc"] };
  t.deepEqual(
    [
      {},
      { enabled: false },
      { permissionModel: true },
      { mainInspectorUrl: "ws://127.0.0.1:9229/x" },
      { execArgv: ["--inspect-brk"] },
      { nodeOptions: "--max-old-space-size=99 --inspect=0" },
    ].map((change) => createStackProbe({ ...allowed, ...change }).reason),
    [
      undefined,
      "SOCKSCOPE_STACKS=off",
      "the permission model allows no inspector session",
      "an inspector is open",
      "--inspect-brk is set: a debugger may attach",
      "--inspect=0 is set: a debugger may attach",
    ],
  );
  const refused = createStackProbe({ ...allowed, enabled: false });
  t.deepEqual(await refused.capture(() => true, 1000), { frames: [], exact: false, note: "SOCKSCOPE_STACKS=off" });
});
