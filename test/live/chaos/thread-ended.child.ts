// Threads that are ended while they call the addon, `rounds` of them, each after another while. Node lets such a thread
// run on for a moment in which nothing can be thrown.
import { isMainThread, parentPort, Worker } from "node:worker_threads";
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

const endMany = async (): Promise<void> => {
  for (let round = 0; round < rounds; round += 1) {
    const worker = new Worker(__filename);
    await new Promise((up) => worker.once("message", up));
    await after((round % 10) / 2);
    await worker.terminate();
  }
  console.log(`ended ${rounds}`);
};

if (isMainThread) void endMany();
else callOnAndOn();
