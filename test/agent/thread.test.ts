import test from "ava";
import { createBoardMemory, readBoard } from "../../src/agent/shown/board.js";
import { type ObserverData, type Report, wants } from "../../src/agent/messages.js";
import { resolveOptions } from "../../src/agent/options/options.js";
import { createSlotMemory } from "../../src/agent/listeners/server-slots.js";
import { startThread } from "../../src/agent/thread.js";
import { eventually } from "../lab/eventually.js";

const { logger: _, ...options } = resolveOptions({ options: { log: "off", intervalMs: 50 }, env: {} }).options;
const host = { mainInspectorUrl: undefined, permissionModel: false, execArgv: [], nodeOptions: undefined };

test("a thread that dies is started anew after a second, and says why it died", async (t) => {
  const board = createBoardMemory();
  const wanted = new SharedArrayBuffer(4 * wants.words);
  new Int32Array(wanted)[wants.boards] = 1;
  const whole: ObserverData = {
    sockscope: "observer",
    options,
    board,
    metrics: createBoardMemory(),
    slots: createSlotMemory(),
    wants: wanted,
    servers: [],
    host,
  };
  const { options: _missing, ...broken } = whole;
  const data = [broken as ObserverData, whole];
  const deaths: unknown[] = [];
  const reports: Report[] = [];
  const thread = startThread(() => data.shift() ?? whole, {
    report: (report) => void reports.push(report),
    died: (reason, againMs) => void deaths.push([/TypeError/.test(reason), againMs]),
  });
  await eventually("the second thread's first look", () => readBoard(board)?.snapshot !== undefined, 10_000);
  t.deepEqual(deaths, [[true, 1000]]);
  await thread.stop();
  await thread.stop();
  t.is(deaths.length, 1);
});
