// Advice on processes: RLIMIT_NOFILE (getrlimit(2)) and CPU bandwidth control (sched-bwc.rst).
import type { Advice } from "./adviser.js";
import type { ProcessSetUp, SetUp } from "./readings.js";

/** A share of throttled periods from which waiting for the next period is what a client notices. */
const throttledShare = 0.1;
/** Less than this free share of descriptors is gone with the next burst. */
const freeDescriptors = 0.1;
/** A limit that costs nothing and suffices for most servers. */
const roomyLimit = 65_536;

/** Descriptors and CPU time that will not suffice. */
export function adviseOnProcesses({ pid, processes, listeners }: SetUp): readonly Advice[] {
  return processes.flatMap((one) => {
    const queues = (listeners ?? []).filter((listener) => listener.pid === one.pid).map(({ limit }) => limit + 1);
    // Other servers wait for a free descriptor; Node's empties the queue. They are advised only when asked about.
    const sheds = one.pid === pid || one.command?.startsWith("node") === true;
    return [...descriptors(one, sheds, sheds ? Math.max(0, ...queues) : 0), ...quota(one)];
  });
}

const called = ({ pid, command }: ProcessSetUp): string => `${command ?? "process"} (${pid})`;

/** `queue`: connections in its largest accept queue when that is full; they arrive at once after a stall. */
function descriptors(one: ProcessSetUp, sheds: boolean, queue: number): readonly Advice[] {
  if (one.fds === undefined || !Number.isFinite(one.fds.limit)) return [];
  const { open, limit } = one.fds;
  const free = limit - open;
  if (free >= queue && free >= limit * freeDescriptors) return [];
  const needed = 2 ** Math.ceil(Math.log2((open + queue) / (1 - freeDescriptors)));
  const full = free < queue ? `, a full accept queue brings ${queue} connections at once` : "";
  const when = sheds
    ? "when they run out Node accepts and closes all that wait, unseen by the application"
    : "when they run out it can neither accept nor connect nor open files";
  return [
    {
      severity: "warning",
      subject: called(one),
      because: `${open} of ${limit} descriptors are open, ${free} free${full}; ${when}`,
      remedy: `ulimit -n ${Math.max(needed, roomyLimit)} (systemd: LimitNOFILE=${Math.max(needed, roomyLimit)})`,
      source: `/proc/${one.pid}/limits, /proc/${one.pid}/fd`,
    },
  ];
}

function quota(one: ProcessSetUp): readonly Advice[] {
  const { cpuLimit, cpuQuota } = one;
  const share = cpuQuota && cpuQuota.periods > 0 ? cpuQuota.throttledPeriods / cpuQuota.periods : 0;
  // A quota that was taken away is history.
  if (cpuLimit === undefined) return [];
  const { quotaMs, periodMs } = cpuLimit;
  const belowOneCpu = quotaMs < periodMs;
  const stall = belowOneCpu ? `: a busy thread stands still for ${round(periodMs - quotaMs)} ms of them` : "";
  const past =
    cpuQuota === undefined
      ? ""
      : `; throttled in ${round(share * 100)} % of its ${cpuQuota.periods} periods so far (${round(cpuQuota.throttledMs)} ms)`;
  return [
    {
      severity: share >= throttledShare ? "warning" : "info",
      subject: called(one),
      because: `its cgroup may use ${round(quotaMs)} ms of CPU in each ${round(periodMs)} ms${stall}${past}`,
      remedy: belowOneCpu
        ? `give it a whole CPU: cpu.max "${round(periodMs * 1e3)} ${round(periodMs * 1e3)}"`
        : "raise the quota until the throttled periods stop, or replace it by a CPU weight",
      source: "cgroup cpu.stat, cpu.max",
    },
  ];
}

const round = (value: number): number => Math.round(value);
