// A NAPI that polls in a thread of its own (net/core/dev.c napi_threaded_poll_loop): no budget, no ksoftirqd; it takes
// turns with programs after each poll.
import type { Cpu } from "./cpu.js";
import type { Napi } from "./napi.js";
import { runSoftirqs, type Task } from "./tasks.js";

export function createPollThread(cpu: Cpu, napi: Napi): Task {
  const thread: Task = {
    doing: "thread",
    isRunnable: false,
    ranNs: 0,
    stretch: (done) =>
      napi.poll(cpu, () => {
        thread.isRunnable = napi.scheduled;
        for (const send of cpu.ipis.splice(0)) send();
        if (cpu.raised) runSoftirqs(cpu, done);
        else done();
      }),
  };
  cpu.tasks.push(thread);
  return thread;
}
