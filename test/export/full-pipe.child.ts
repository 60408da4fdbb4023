// A process whose observer thread writes to a stderr nobody reads, and which then exits at once.
/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins */
import { readFileSync, writeSync } from "node:fs";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { createLogWriter } from "../../src/export/log.js";
import { writeNow } from "../../src/kernel/write-now.js";

const stderrFlags = (): string | undefined => /flags:\s*(\d+)/.exec(readFileSync("/proc/self/fdinfo/2", "utf8"))?.[1];

const exitWhenFull = (): void => {
  const flagsBefore = stderrFlags();
  const worker = new Worker(__filename, { stdout: true, stderr: true });
  worker.on("message", (lost: number) => {
    writeSync(1, JSON.stringify({ lost, flagsBefore, flagsAfter: stderrFlags(), exitAt: Date.now() }));
    process.exit(7);
  });
};

const fill = (): void => {
  const options = {
    destination: "stderr",
    level: "sample",
    pid: 1,
    hostname: "h",
    name: "n",
    version: "1",
    writeNow,
  } as const;
  const writer = createLogWriter(options);
  while (writer.lost() < 1000) writer.sample({ listeners: [], loops: [] });
  parentPort?.postMessage(writer.lost());
};

if (isMainThread) exitWhenFull();
else fill();
