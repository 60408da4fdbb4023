// A process that blocks its main thread in one of several ways while a second thread asks for the stack.
// Prints `{ available, reason, capture, longestGapMs, tookMs }` as JSON.
/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins */
import { execFileSync } from "node:child_process";
import { pbkdf2Sync } from "node:crypto";
import { writeSync } from "node:fs";
import inspector from "node:inspector";
import { createRequire } from "node:module";
import { Script } from "node:vm";
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

/** An application of so many files, each of 2 KB and with an inline source map of `mapBytes`. */
const scriptsOf = (count: number, mapBytes: number): readonly Script[] =>
  Array.from({ length: count }, (_, n) => {
    const map = mapBytes > 0 ? `\n//# sourceMappingURL=data:application/json;base64,${"A".repeat(mapBytes)}` : "";
    return new Script(`(function f${n}() { return ${n}; });${" ".repeat(2000)}${map}`, { filename: `/app/${n}.js` });
  });
const [scriptCount = 0, mapBytes = 0] = mode === "scripts" ? argument.split(",").map(Number) : [];
const scripts = isMainThread ? scriptsOf(scriptCount, mapBytes) : [];

const modes: Readonly<Record<string, () => void>> = {
  scripts: () => scripts.length > 0 && spin(2000),
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
  "throws-meanwhile": () => spin(1500),
  "exits-meanwhile": () => spin(1500),
  "fills-meanwhile": () => spin(1500),
  "loops-meanwhile": () => spin(1500),
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
    resourceLimits: { maxOldGenerationSizeMb: 64 },
    env: {
      ...process.env,
      PROBE: JSON.stringify(env),
    },
  });
  const turn = setInterval(() => Atomics.add(turns, 0, 1), 2);
  let tookMs = 0;
  let isTold = false;
  const tell = (message: object): void => {
    if (isTold) return;
    isTold = true;
    clearInterval(turn);
    writeSync(1, JSON.stringify({ ...message, longestGapMs, tookMs }));
    // Nothing of the look may keep the process or stop it from going.
    void worker.terminate();
  };
  let reason = "";
  worker.on("error", (error) => (reason = String(error)));
  worker.on("exit", () => tell({ available: true, reason }));
  worker.on("message", (message: object) => {
    if ("ready" in message) {
      const begin = performance.now();
      modes[mode]?.();
      tookMs = performance.now() - begin;
      // From an observer that loops nothing comes any more.
      if (mode === "loops-meanwhile") tell({ available: true });
      return;
    }
    tell(message);
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

/** What happens to this thread in the very moment in which the main thread answers. */
const misfortunes: Readonly<Record<string, () => void>> = {
  "throws-meanwhile": fail,
  "exits-meanwhile": () => process.exit(0),
  "fills-meanwhile": () => {
    for (const rows: number[][] = []; ; ) rows.push(Array.from({ length: 1000 }, (_, n) => rows.length + n + 0.5));
  },
  "loops-meanwhile": () => {
    for (;;);
  },
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
  const isStillBlocked = (): boolean => {
    misfortunes[mode]?.();
    return mode !== "moved" && Atomics.load(turns, 0) === turn;
  };
  const capture = await probe.capture(isStillBlocked, mode === "late" ? 0 : 20_000);
  parentPort?.postMessage({ available, capture });
};

if (isMainThread) runMain();
else void runObserver();
