// Threads that end while the main thread answers their question for its stack, or right behind the answer; `rounds` of each.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { createStackProbe } from "../../../src/agent/stacks/stack.js";

const rounds = 10;

const fail = (): never => {
  throw new Error("mine");
};
/** When it ends: with the answer, or behind it. */
const ends: Readonly<Record<string, readonly [during: () => void, after: () => void]>> = {
  exit: [() => process.exit(), () => undefined],
  "exit behind it": [() => undefined, () => process.exit()],
  exception: [() => process.nextTick(fail), () => undefined],
};

/** A regular expression is interrupted at once. */
const backtrackFor = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end) /^(a+)+$/.test(`${"a".repeat(20)}b`);
};

const endMany = async (how: string): Promise<void> => {
  for (let round = 0; round < rounds; round += 1) {
    const worker = new Worker(__filename, { workerData: how, execArgv: [] }).on("error", () => undefined);
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    await new Promise((resolve) => worker.once("message", resolve));
    backtrackFor(40);
    await ended;
  }
  console.log(`${how}: ended ${rounds}`);
};

const askAndEnd = async ([during, after]: readonly [() => void, () => void]): Promise<void> => {
  // A session alone keeps no thread.
  setInterval(() => undefined, 1000);
  const probe = createStackProbe({ enabled: true, mainInspectorUrl: undefined, permissionModel: false, execArgv: [] });
  parentPort!.postMessage("up");
  const isStillBlocked = (): boolean => {
    during();
    return true;
  };
  await probe.capture(isStillBlocked, 5000);
  after();
};

const endAll = async (): Promise<void> => {
  for (const how of Object.keys(ends)) await endMany(how);
};

void (isMainThread ? endAll() : askAndEnd(ends[workerData]!));
