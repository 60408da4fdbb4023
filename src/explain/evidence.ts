// The figures that carry an accept-path finding, one row each, with where they were read.
import { starvedMs, throttledMs } from "./causes/shares.js";
import type { Evidence } from "./finding.js";
import { rate } from "./format.js";
import { acceptsPerSecond, arrivalsPerSecond, judgedOver, type Story, wasOnCpu } from "./story.js";

/** What fits one log line of 4,096 bytes with the rest of the finding. */
const maxEvidence = 25;

type Value = Evidence["value"] | undefined;
type Source = string | ((story: Story) => string);
type Row = readonly [name: string, value: (story: Story) => Value, unit: string | undefined, source: Source];

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

const netstat = "netstat, netns-wide";
const retries = "estimate: SYN retry schedule";
const queue = ({ listener }: Story): string => (listener.transport === "unix" ? "unix_diag" : "TCP_INFO");
const loop = ({ outside }: Story): string => (outside ? "thread state, head of the queue" : "uv idle time, loop count");
const waits = ({ waits: told }: Story): string => told?.source ?? "estimate";

const rows: readonly Row[] = [
  ["listener drops", ({ refused }) => positive(refused.drops), "segments", "SO_MEMINFO[8]"],
  ["segments refused", ({ refused }) => positive(refused.corrected), "segments", "less those counted twice"],
  ["clients refused", ({ refused }) => positive(refused.clients), "clients", retries],
  ["longest added delay", ({ refused }) => (refused.clients > 0 ? ms(refused.worstDelayMs) : undefined), "ms", retries],
  ["mean added delay", ({ refused }) => (refused.clients > 0 ? ms(refused.meanDelayMs) : undefined), "ms", retries],
  ["ListenOverflows", ({ counters }) => counters.ListenOverflows, "segments", netstat],
  ["ListenDrops", ({ counters }) => counters.ListenDrops, "segments", netstat],
  ["limit", ({ listener }) => listener.limit, "connections", queue],
  ["peak queue", ({ held, pressed }) => Math.max(held.peak, pressed.peak), "connections", queue],
  ["listen backlog asked for", ({ listener }) => listener.listenBacklog, "connections", "listen(2)"],
  ["somaxconn", ({ sysctl }) => sysctl.somaxconn, "connections", "sysctl"],
  ["time at three quarters", ({ pressed }) => positive(ms(pressed.pressedMs)), "ms", queue],
  ["full at this rate in", ({ fullInMs }) => ms(fullInMs), "ms", "estimate: its recent growth"],
  ["time full", ({ pressed }) => positive(ms(pressed.fullMs)), "ms", queue],
  ["longest loop iteration", (story) => positive(ms(judgedOver(story).longestStallMs)), "ms", loop],
  ["where it was", stallPlace, undefined, "schedstat, wchan"],
  ["JavaScript stack", stallNote, undefined, "inspector"],
  ["pause for the stack", ({ stall }) => stall?.pauseMs, "ms", "inspector"],
  ["not known", ({ missing }) => (missing.length > 0 ? missing.join("; ") : undefined), undefined, "missing readings"],
  ["loop without idle time", (story) => positive(ms(judgedOver(story).longestBusyMs)), "ms", loop],
  ["stopped", (story) => positive(ms(judgedOver(story).stoppedMs)), "ms", "task state, cgroup, observer's clock"],
  ["CPU throttled", (story) => positive(ms(throttledMs(judgedOver(story)))), "ms", "cgroup cpu.stat"],
  ["run-queue wait", (story) => positive(ms(starvedMs(judgedOver(story)))), "ms", "schedstat less throttled time"],
  ["steal", (story) => positive(ms(judgedOver(story).stolenMs)), "ms", "/proc/stat"],
  ["arrivals", (story) => perSecond(arrivalsPerSecond(story)), "connections/s", "estimate"],
  ["accepts", (story) => perSecond(acceptsPerSecond(story)), "connections/s", "estimate"],
  ["accepts per iteration", acceptsPerIteration, "connections", "estimate"],
  ["oldest waiting", ({ oldestMs }) => positive(ms(oldestMs)), "ms", waits],
  ["accept wait p95", ({ waits: told }) => ms(told?.p95Ms), "ms", waits],
  ["accept wait p50", ({ waits: told }) => ms(told?.p50Ms), "ms", waits],
  ["peers gone before accept", ({ abandoned }) => positive(abandoned), "connections", "sock_diag CLOSE_WAIT, inode 0"],
  ["open files", ({ fds }) => (fds ? `${fds.open} of ${fds.limit}` : undefined), undefined, "/proc/PID/fd"],
];

/** At most 25 rows, the weightiest first. */
export const evidenceOf = (story: Story): readonly Evidence[] => {
  const out: Evidence[] = [];
  for (const [name, read, unit, source] of rows) {
    const value = read(story);
    if (value === undefined) continue;
    const from = typeof source === "string" ? source : source(story);
    out.push({ name, value, ...(unit === undefined ? {} : { unit }), source: from });
  }
  return out.slice(0, maxEvidence);
};
