// The observer thread's first file. Everything it does is in observe.ts; here it is tied to its port.
import { parentPort, workerData } from "node:worker_threads";
import { collectGarbage } from "../kernel/heap.js";
import { isObserverData, type Request } from "./messages.js";
import { observe } from "./observe.js";
import { nameThread } from "./listeners/shared-sockets.js";

/**
 * By then what a quiet server needs has run, and a quarter of the heap is left from the start: V8 would keep it for hours.
 * Apart from each other, as no look may be held up for long.
 */
const collectedAfterMs = [2500, 2700];

if (parentPort && isObserverData(workerData)) {
  const port = parentPort;
  // Nobody reads them (thread.ts): what is printed here is dropped instead of kept.
  process.stdout.destroy();
  process.stderr.destroy();
  nameThread();
  const observation = observe(workerData, (report) => port.postMessage(report));
  for (const ms of collectedAfterMs) setTimeout(collectGarbage, ms).unref();
  port.on("message", (request: Request) => {
    if (request.type !== "stop") return observation.handle(request);
    observation.stop();
    // Ends this thread only.
    process.exit(0);
  });
}
