import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import test, { type ExecutionContext } from "ava";
import { currentTid, fdOf, loopOfListeners, readLoops, registerLoop } from "../../src/kernel/index.js";
import { packageRoot } from "../package-root.js";
import { listening, untilSync } from "./held-clients.js";

const startWorker = async (t: ExecutionContext): Promise<{ worker: Worker; seen: Float64Array }> => {
  const seen = new Float64Array(new SharedArrayBuffer(8 * 4));
  const worker = new Worker(join(packageRoot, "build-test/test/live/loop-watcher.worker.js"), { workerData: seen });
  t.teardown(() => worker.terminate());
  await once(worker, "message");
  return { worker, seen };
};
// What the watching thread wrote last: how often it looked, idle time, iterations.
const look = (seen: Float64Array): { idleMs: number; iterations: number } => {
  const [count] = seen;
  untilSync("the watcher has looked twice more", () => seen[0]! >= count! + 2);
  return { idleMs: seen[1]!, iterations: seen[2]! };
};

test.serial("a loop is registered once, with its thread", (t) => {
  const id = registerLoop();
  t.is(registerLoop(), id);
  const own = readLoops().filter((loop) => loop.id === id);
  t.is(own.length, 1);
  t.like(own[0], { tid: process.pid, threadId: 0, main: true });
  t.is(currentTid(), process.pid);
});

test.serial("while the loop is blocked, another thread sees idle time and iterations stand still", async (t) => {
  registerLoop();
  const { seen } = await startWorker(t);
  const before = look(seen);
  const after = look(seen);
  t.deepEqual(after, before);
});

test.serial("while setImmediate keeps the loop busy, idle time stands still and the iterations move", async (t) => {
  registerLoop();
  const { seen } = await startWorker(t);
  let busy = true;
  const spin = (): void => void (busy && setImmediate(spin));
  spin();
  const looks = async (more: number): Promise<void> => {
    for (const end = seen[0]! + more; seen[0]! < end; ) await new Promise(setImmediate);
  };
  // What the watcher saw last may be of the time before.
  await looks(2);
  const [, idleMs, iterations] = seen;
  await looks(3);
  busy = false;
  t.true(seen[2]! > iterations! + 3);
  t.true(seen[1]! - idleMs! < 1);
});

test.serial("while the loop waits, idle time runs", async (t) => {
  registerLoop();
  const { seen } = await startWorker(t);
  const [, idleMs] = seen;
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.true(look(seen).idleMs - idleMs! > 50);
});

test.serial("a worker's loop is there while it lives and gone afterwards", async (t) => {
  const before = readLoops().length;
  const { worker } = await startWorker(t);
  const loops = readLoops();
  t.is(loops.length, before + 1);
  t.like(
    loops.find((loop) => loop.threadId === worker.threadId),
    { main: false },
  );
  await worker.terminate();
  t.is(readLoops().length, before);
});

test.serial("a listener belongs to the loop whose epoll watches it", async (t) => {
  const id = registerLoop();
  const server = await listening(t, { host: "127.0.0.1", port: 0 });
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  const fd = fdOf(server)!;
  t.deepEqual([...loopOfListeners([fd, 999])], [[fd, id]]);
});
