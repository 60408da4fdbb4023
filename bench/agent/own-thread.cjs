// Starts the agent as `sockscope/register` does, but its thread begins with another file (BENCH_THREAD), which may look
// at the thread's clock, set it, or profile it, before the agent's own file runs there. `memory` is what both sides see.
const threads = require("node:worker_threads");
const { join } = require("node:path");

const { Worker } = threads;
if (threads.isMainThread) {
  const memory = new SharedArrayBuffer(1 << 20);
  globalThis.benchMemory = memory;
  threads.setEnvironmentData("bench", memory);
  threads.setEnvironmentData("profile", JSON.parse(process.env.BENCH_PROFILE ?? "null"));
  threads.Worker = class extends Worker {
    constructor(file, options) {
      super(join(__dirname, process.env.BENCH_THREAD), { ...options, argv: [file] });
    }
  };
  require(process.env.BENCH_REGISTER);
}
