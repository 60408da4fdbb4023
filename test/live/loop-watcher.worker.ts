// Looks at the main thread's loop every few milliseconds and writes what it sees into shared memory.
import { parentPort, workerData } from "node:worker_threads";
import { readLoops, registerLoop } from "../../src/kernel/index.js";

const seen = workerData as Float64Array;
registerLoop();
const look = (): void => {
  const main = readLoops().find((loop) => loop.main);
  seen[1] = main?.idleMs ?? Number.NaN;
  seen[2] = main?.iterations ?? Number.NaN;
  seen[0]! += 1;
};
setInterval(look, 5);
look();
parentPort?.postMessage("looking");
