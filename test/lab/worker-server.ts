// A main thread that idles and a worker thread that listens: orders go to the worker.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { serve, specification } from "./server.js";

/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins */
const lead = (): void => {
  const worker = new Worker(__filename, { workerData: specification() });
  worker.on("message", (message) => process.send?.(message));
  process.on("message", (order) => worker.postMessage(order));
};

const say = (message: object): void => parentPort?.postMessage(message);

const work = async (): Promise<void> => {
  const obey = await serve(workerData, say);
  parentPort?.on("message", obey);
  say({ kind: "ready" });
};

if (isMainThread) lead();
else void work();
