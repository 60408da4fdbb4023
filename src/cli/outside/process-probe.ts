// A process as /proc shows it to another one: main thread, descriptors, CPU quota. Everything stays open.
import type { CpuQuotaReading, LoopReading, ProcessReading } from "../../snapshot/snapshot.js";
import { openCpuQuota, openFds, openTask, readFrozen } from "../../kernel/index.js";

interface ProcessLook {
  readonly process?: ProcessReading | undefined;
  readonly loops: readonly LoopReading[];
}

interface ProcessProbe {
  read(slow: boolean): ProcessLook;
  close(): void;
}

/** The main thread stands for the loop; what libuv counts cannot be seen from outside. */
const probeProcess = (pid: number): ProcessProbe => {
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

export interface Probes {
  /** `slow`: also the dearer readings. Nothing for an unknown process. */
  read(pid: number | undefined, slow: boolean): ProcessLook;
  /** Closes those of processes that are not among these any more. */
  keep(pids: ReadonlyMap<number | undefined, unknown>): void;
  close(): void;
}

/** A probe for each process that is asked for. */
export const createProbes = (): Probes => {
  const probes = new Map<number, ProcessProbe>();
  const keep = (pids: ReadonlyMap<number | undefined, unknown>): void => {
    for (const [pid, probe] of probes) {
      if (pids.has(pid)) continue;
      probe.close();
      probes.delete(pid);
    }
  };
  return {
    read: (pid, slow) => {
      if (pid === undefined) return { loops: [] };
      const probe = probes.get(pid) ?? probeProcess(pid);
      probes.set(pid, probe);
      return probe.read(slow);
    },
    keep,
    close: () => keep(new Map()),
  };
};
