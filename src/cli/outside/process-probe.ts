// A process as /proc shows it to another one: main thread, descriptors, CPU quota. Everything stays open.
import type { CpuQuotaReading, LoopReading, ProcessReading } from "../../snapshot/snapshot.js";
import { openCpuQuota, openFds, openTask, readFrozen } from "../../kernel/index.js";

export interface ProcessProbe {
  read(slow: boolean): { readonly process: ProcessReading; readonly loops: readonly LoopReading[] };
  close(): void;
}

/** The main thread stands for the loop; what libuv counts cannot be seen from outside. */
export const probeProcess = (pid: number): ProcessProbe => {
  const task = openTask(pid, pid);
  const quota = openCpuQuota(pid);
  const descriptors = openFds(pid);
  let fds: ProcessReading["fds"];
  let frozen: boolean | undefined;
  return {
    read: (slow) => {
      if (slow) {
        fds = descriptors.read();
        frozen = readFrozen(pid);
      }
      const main = task.read();
      const cpuQuota: CpuQuotaReading | undefined = quota.read();
      return {
        process: { pid, fds, cpuQuota, frozen },
        loops: main === undefined ? [] : [{ id: pid, tid: pid, main: true, task: main }],
      };
    },
    close: () => {
      for (const kept of [task, quota, descriptors]) kept.close();
    },
  };
};
