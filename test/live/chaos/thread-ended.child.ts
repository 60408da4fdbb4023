// Threads that are ended while they call the addon, or load it, `rounds` of each, each after another while. Node lets
// such a thread run on for a moment in which nothing can be thrown, and hardly anything be made.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { join } from "node:path";
import { packageRoot } from "../../package-root.js";
import { setTimeout as after } from "node:timers/promises";
import { binding } from "../../../src/binding.js";

const rounds = 60;

const callOnAndOn = (): void => {
  parentPort!.postMessage("up");
  for (;;) {
    const netlink = new binding!.NetlinkSocket();
    netlink.open(0, 4);
    netlink.send(new Uint8Array(16));
    netlink.receive(new Uint8Array(64));
    netlink.close();
    new binding!.QuietWatch(() => undefined).stop();
    binding!.readLoops(new Float64Array(70));
    binding!.walkSockets(1, 0, new Uint8Array(8192), new Uint32Array(3));
    try {
      binding!.readSockets(new Int32Array(1), 1, 1, new Int32Array(1) as never);
    } catch {
      // A wrong argument is thrown, where it can be.
    }
  }
};

/** Each time it is loaded anew, as in a thread of its own. */
const loadOnAndOn = (): void => {
  const file = join(packageRoot, "build/Release/sockscope.node");
  parentPort!.postMessage("up");
  for (;;) process.dlopen({ exports: {} }, file);
};

const endMany = async (what: "call" | "load"): Promise<void> => {
  for (let round = 0; round < rounds; round += 1) {
    const worker = new Worker(__filename, { workerData: what });
    await new Promise((up) => worker.once("message", up));
    await after((round % 10) / 2);
    await worker.terminate();
  }
  console.log(`${what}: ended ${rounds}`);
};

if (isMainThread) void endMany("call").then(() => endMany("load"));
else if (workerData === "call") callOnAndOn();
else loadOnAndOn();
