// Uses up its descriptors, then walks them: with the directory that was opened before, and in a thread that
// never had the chance to open it. Prints what was found.
import { openSync, readdirSync, writeSync } from "node:fs";
import net from "node:net";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { walkSockets } from "../../src/kernel/index.js";

const look = () => {
  const { fdCount, partial, length } = walkSockets({ listeningOnly: true })!;
  return { fdCount, partial, listening: length };
};

if (!isMainThread) {
  parentPort?.once("message", () => parentPort?.postMessage(look()));
  parentPort?.postMessage("ready");
} else {
  // Inherited from a shell that had a higher limit: open, though no new one could have this number.
  const above = readdirSync("/proc/self/fd").filter((fd) => Number(fd) >= 80).length;
  const server = net.createServer().listen({ host: "127.0.0.1", port: 0 }, () => {
    const worker = new Worker(__filename);
    worker.once("message", () => {
      look();
      let refused: string | undefined;
      while (refused === undefined)
        try {
          openSync("/dev/null", "r");
        } catch (error) {
          refused = (error as NodeJS.ErrnoException).code;
        }
      const kept = look();
      worker.once("message", (probed: object) => {
        writeSync(1, JSON.stringify({ refused, above, kept, probed }));
        process.exit();
      });
      worker.postMessage("look");
    });
  });
  server.unref();
}
