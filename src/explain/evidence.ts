// The figures that carry an accept-path finding, one row each, with where they were read.
import { starvedMs, throttledMs } from "./causes/shares.js";
import type { Evidence } from "./finding.js";
import { duration, rate } from "./format.js";
import { acceptsPerSecond, arrivalsPerSecond, judgedOver, type Story, wasOnCpu } from "./story.js";

/** What fits one log line of 4,096 bytes with the rest of the finding. */
const maxEvidence = 25;

type Value = Evidence["value"] | undefined;
type Row = readonly [name: string, value: (story: Story) => Value, unit: string | undefined, source: string];

const ms = (value: number | undefined): number | undefined => (value === undefined ? undefined : Math.round(value));
const positive = (value: number | undefined): number | undefined =>
  value === undefined || value <= 0 ? undefined : value;
const perSecond = (value: number | undefined): number | undefined => (value === undefined ? undefined : rate(value));

const acceptsPerIteration = ({ held }: Story): number | undefined =>
  held.iterations === undefined || held.iterations === 0
    ? undefined
    : Math.round(Math.min(1, held.accepts / held.iterations) * 100) / 100;

const stallPlace = (story: Story): Value => {
  if (story.cause !== "event-loop-blocked") return undefined;
  const { longestStallWchan } = judgedOver(story);
  const onCpu = wasOnCpu(judgedOver(story));
  if (onCpu === undefined) return undefined;
  if (onCpu) return "on the CPU";
  return longestStallWchan ? `off the CPU, asleep in ${longestStallWchan}` : "off the CPU";
};

const stallNote = ({ cause, stall }: Story): Value => {
  if (cause !== "event-loop-blocked" || !stall) return undefined;
  if (stall.frames.length === 0) return stall.note ?? "no frame outside Node's own code";
  return stall.exact ? (stall.note ?? "interrupted in it") : `called from; ${stall.note ?? "the pause came after it"}`;
};

const unixFull = (story: Story): number | undefined =>
  story.listener.transport === "unix" ? ms(story.pressed.fullMs) : undefined;

const rows: readonly Row[] = [
  ["listener drops", ({ refused }) => positive(refused.drops), "segments", "SO_MEMINFO[8]"],
  [
    "segments refused",
    ({ refused }) => positive(refused.corrected),
    "segments",
    "SO_MEMINFO[8] less double counts (ListenDrops)",
  ],
  ["clients refused", ({ refused }) => positive(refused.clients), "clients", "estimate: SYN retry schedule"],
  [
    "longest added delay",
    ({ refused }) => (refused.clients > 0 ? ms(refused.worstDelayMs) : undefined),
    "ms",
    "estimate: SYN retry schedule",
  ],
  [
    "ListenOverflows",
    ({ counters }) => counters.ListenOverflows,
    "segments",
    "/proc/net/netstat, whole network namespace",
  ],
  ["ListenDrops", ({ counters }) => counters.ListenDrops, "segments", "/proc/net/netstat, whole network namespace"],
  ["limit", ({ listener }) => listener.limit, "connections", "TCP_INFO tcpi_sacked; limit + 1 fit"],
  ["peak queue", ({ held, pressed }) => Math.max(held.peak, pressed.peak), "connections", "TCP_INFO tcpi_unacked"],
  ["listen backlog asked for", ({ listener }) => listener.listenBacklog, "connections", "listen(2)"],
  ["somaxconn", ({ sysctl }) => sysctl.somaxconn, "connections", "/proc/sys/net/core/somaxconn"],
  ["time at three quarters", ({ pressed }) => positive(ms(pressed.pressedMs)), "ms", "TCP_INFO, sampled"],
  ["time full", ({ pressed }) => positive(ms(pressed.fullMs)), "ms", "TCP_INFO, sampled"],
  ["time full", unixFull, "ms", "unix_diag, sampled"],
  [
    "longest loop iteration",
    (story) => positive(ms(judgedOver(story).longestStallMs)),
    "ms",
    "uv idle time and loop count",
  ],
  ["where it was", stallPlace, undefined, "/proc/PID/task/TID schedstat, wchan"],
  ["JavaScript stack", stallNote, undefined, "inspector"],
  [
    "loop without idle time",
    (story) => positive(ms(judgedOver(story).longestBusyMs)),
    "ms",
    "uv idle time and loop count",
  ],
  ["run-queue wait", (story) => ms(starvedMs(judgedOver(story))), "ms", "schedstat run_delay less throttled time"],
  ["CPU throttled", (story) => ms(throttledMs(judgedOver(story))), "ms", "cgroup cpu.stat"],
  [
    "stopped",
    (story) => positive(ms(judgedOver(story).stoppedMs)),
    "ms",
    "task state, cgroup.events, observer's clock",
  ],
  ["steal", (story) => ms(judgedOver(story).stolenMs), "ms", "/proc/stat"],
  [
    "arrivals",
    (story) => perSecond(arrivalsPerSecond(story)),
    "connections/s",
    "estimate: queue growth, accepts, refused clients",
  ],
  [
    "accepts",
    (story) => perSecond(acceptsPerSecond(story)),
    "connections/s",
    "estimate: one an iteration while somebody waits",
  ],
  ["accepts per iteration", acceptsPerIteration, "connections", "estimate"],
  ["oldest waiting", ({ oldestMs }) => positive(ms(oldestMs)), "ms", "tcpi_last_data_sent of the residents"],
  ["accept wait p50", ({ waits }) => ms(waits?.p50Ms), "ms", "waits"],
  ["accept wait p95", ({ waits }) => ms(waits?.p95Ms), "ms", "waits"],
  ["peers gone before accept", ({ abandoned }) => positive(abandoned), "connections", "sock_diag CLOSE_WAIT, inode 0"],
  [
    "open files",
    ({ fds }) => (fds ? `${fds.open} of ${fds.limit}` : undefined),
    undefined,
    "/proc/PID/fd, RLIMIT_NOFILE",
  ],
  ["not known", ({ missing }) => (missing.length > 0 ? missing.join("; ") : undefined), undefined, "missing readings"],
];

/** Rows of the same name say the same: the first that has a value stays. */
export const evidenceOf = (story: Story): readonly Evidence[] => {
  const out = new Map<string, Evidence>();
  for (const [name, read, unit, source] of rows) {
    const value = read(story);
    if (value === undefined || out.has(name)) continue;
    const from = source === "waits" ? (story.waits?.source ?? source) : source;
    out.set(name, { name, value, ...(unit === undefined ? {} : { unit }), source: from });
  }
  return [...out.values()].slice(0, maxEvidence);
};

/** How long it lasted, for a sentence. */
export const lasted = (story: Story): string => duration(Math.max(judgedOver(story).ms, 1));
