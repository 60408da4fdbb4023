// A process that blocks its main thread in one of several ways while a second thread asks for the stack.
// Prints `{ available, reason, capture, longestGapMs, tookMs }` as JSON.
/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins */
import { execFileSync } from "node:child_process";
import { pbkdf2Sync } from "node:crypto";
import { writeSync } from "node:fs";
import inspector from "node:inspector";
import { createRequire } from "node:module";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { createStackProbe, type StackProbe } from "../../../src/agent/stacks/stack.js";

const [mode = "", argument = ""] = process.argv.slice(2);

/** Turns of the main loop, which it counts itself here; the product reads libuv's count. */
const turns = new Int32Array<SharedArrayBuffer>(isMainThread ? new SharedArrayBuffer(8) : workerData);

let longestGapMs = 0;

function spin(ms: number): void {
  const begin = performance.now();
  for (let last = begin; last - begin < ms; ) {
    const now = performance.now();
    longestGapMs = Math.max(longestGapMs, now - last);
    last = now;
  }
}

function backtrack(ms: number): void {
  const begin = performance.now();
  for (let length = 18; performance.now() - begin < ms; length += 1) /^(a+)+$/.test(`${"a".repeat(length)}b`);
}

function parseHugeText(text: string): void {
  JSON.parse(text);
}

const hugeText = mode === "json" ? `[${"1,".repeat(2e7)}1]` : "";

const modes: Readonly<Record<string, () => void>> = {
  loop: () => spin(2000),
  regex: () => backtrack(2000),
  json: () => parseHugeText(hugeText),
  crypto: () => void pbkdf2Sync("a", "b", 700_000, 64, "sha512"),
  child: () => void execFileSync("sleep", ["1"]),
  module: () => {
    const bundle: { block: (ms: number) => void } = createRequire(__filename)(argument);
    bundle.block(1500);
  },
  throws: () => spin(1500),
  late: () => spin(1500),
  moved: () => backtrack(1500),
  foreign: () => spin(1500),
};

const runMain = (): void => {
  const shared = turns.buffer;
  const env = { mainInspectorUrl: inspector.url(), execArgv: process.execArgv };
  const worker = new Worker(__filename, {
    workerData: shared,
    argv: process.argv.slice(2),
    execArgv: [],
    env: {
      ...process.env,
      PROBE: JSON.stringify(env),
    },
  });
  const turn = setInterval(() => Atomics.add(turns, 0, 1), 2);
  let tookMs = 0;
  worker.on("message", (message: object) => {
    if ("ready" in message) {
      const begin = performance.now();
      modes[mode]?.();
      tookMs = performance.now() - begin;
      return;
    }
    clearInterval(turn);
    writeSync(1, JSON.stringify({ ...message, longestGapMs, tookMs }));
    // Nothing of the look may keep the process or stop it from going.
    void worker.terminate();
  });
};

const untilBlocked = async (): Promise<number> => {
  for (let still = 0, last = -1; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = Atomics.load(turns, 0);
    still = now === last ? still + 1 : 0;
    last = now;
    if (still >= 8) return now;
  }
};

/** Another debugger holds the main thread; it must still hold it after the look. */
const besideDebugger = async (probe: StackProbe): Promise<object> => {
  const debug = new inspector.Session();
  debug.connectToMainThread();
  let hasResumed = false;
  debug.on("Debugger.resumed", () => {
    hasResumed = true;
  });
  const paused = new Promise((resolve) => debug.once("Debugger.paused", resolve));
  debug.post("Debugger.enable");
  debug.post("Debugger.pause");
  await paused;
  const capture = await probe.capture(() => true, 5000);
  await new Promise((resolve) => debug.post("Runtime.evaluate", { expression: "1" }, resolve));
  const isHeld = !hasResumed;
  debug.disconnect();
  return { available: true, capture, isHeld };
};

const fail = (): never => {
  throw new Error("on purpose");
};

const runObserver = async (): Promise<void> => {
  // A session does not keep its thread alive, a timer does; the product's observer has them too.
  setInterval(() => {}, 1000);
  const { mainInspectorUrl, execArgv } = JSON.parse(process.env.PROBE ?? "{}");
  const probe = createStackProbe({
    enabled: true,
    mainInspectorUrl,
    permissionModel: false,
    execArgv,
    // A busy machine must not turn an exact stack into a late one.
    lateMs: ["json", "crypto", "child"].includes(mode) ? undefined : 1000,
    collect: mode === "throws" ? fail : undefined,
  });
  const { available, reason } = probe;
  if (!available) return parentPort?.postMessage({ available, reason });
  parentPort?.postMessage({ ready: true });
  const turn = await untilBlocked();
  if (mode === "foreign") return parentPort?.postMessage(await besideDebugger(probe));
  const isStillBlocked = (): boolean => mode !== "moved" && Atomics.load(turns, 0) === turn;
  const capture = await probe.capture(isStillBlocked, mode === "late" ? 0 : 20_000);
  parentPort?.postMessage({ available, capture });
};

if (isMainThread) runMain();
else void runObserver();
