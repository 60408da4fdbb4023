// The model as a source of snapshots: what an observer thread inside the modelled process would have read, at the
// moments at which it would have looked.
import type {
  ListenerReading,
  LoopReading,
  OwnedReading,
  ProcessReading,
  Snapshot,
  WaitingReading,
} from "../../snapshot/snapshot.js";
import { type AcceptWorld, createAcceptWorld } from "./accept-world.js";
import { nanosPerMs, toNanos } from "../engine.js";
import type { EventLoop } from "./event-loop.js";
import type { AcceptScenario } from "./scenario.js";

export interface SourceOptions {
  /** Between two looks when all is quiet, ms. */
  readonly sampleMs?: number | undefined;
  /** … and while somebody waits or the loop is late. */
  readonly fastMs?: number | undefined;
  /** Counters are read once an interval, ms, and at every look while there is trouble. */
  readonly intervalMs?: number | undefined;
  /** Wall clock at the start of the run, epoch ms. */
  readonly startTime?: number | undefined;
}

/** A loop that has not turned for so long is late. */
const lateMs = 50;
/** Residents are dumped and descriptors walked at most so often: that costs a real observer more than a look. */
const dumpMs = 100;
const walkMs = 500;

const startOf2026 = 1_767_225_600_000;
const pid = 4242;
const listenerCookie = 1n;
const address = { transport: "tcp", family: "ipv4", address: "127.0.0.1", port: 3000 } as const;

const loopReading = (loop: EventLoop): LoopReading => {
  const { idleMs, iterations, state, cpuMs, runqueueMs, wchan } = loop.use();
  return { id: 1, tid: pid, main: true, idleMs, iterations, task: { state, cpuMs, runqueueMs, wchan } };
};

const processReading = ({ loop, engine }: AcceptWorld, scenario: AcceptScenario, lateNanos: number): ProcessReading => {
  const { accepts } = scenario;
  const spec = accepts && "acceptsPerIteration" in accepts ? accepts : undefined;
  const isThrottled = spec?.pauses?.some(({ kind }) => kind === "throttled");
  const throttledMs = (loop?.thread.paused(0, engine.now(), ["throttled"]) ?? 0) / nanosPerMs;
  const periods = loop?.thread.periods(engine.now());
  return {
    pid,
    fds: loop && { open: loop.openFds(), limit: spec?.fds?.limit ?? 1024 },
    cpuQuota:
      isThrottled && periods ? { periods: periods.all, throttledPeriods: periods.throttled, throttledMs } : undefined,
    frozen: false,
    observerLateMs: lateNanos / nanosPerMs,
    observer: { state: "R", cpuMs: 0, runqueueMs: throttledMs },
  };
};

const waitingReading = ({ listener, engine }: AcceptWorld): WaitingReading => ({
  partial: false,
  connections: listener.acceptQueue.residents().map(({ serial, queuedAt, peerClosed, receivedBytes }) => ({
    cookie: listenerCookie + BigInt(serial),
    ageMs: Math.floor((engine.now() - queuedAt) / nanosPerMs),
    state: peerClosed ? "CLOSE_WAIT" : "ESTAB",
    recvQBytes: receivedBytes,
  })),
});

interface Due {
  readonly dump: boolean;
  readonly walk: boolean;
}

const ownedReading = ({ open, taken }: EventLoop["connections"]): OwnedReading => ({ count: open, accepted: taken });

const listenerReading = (world: AcceptWorld, scenario: AcceptScenario, due: Due): ListenerReading => {
  const { listener, loop } = world;
  const { accepts } = scenario;
  return {
    ...address,
    cookie: listenerCookie,
    fd: 21,
    pid,
    loop: loop && 1,
    length: listener.acceptQueue.length(),
    limit: listener.limit,
    drops: listener.stats.drops,
    listenBacklog: scenario.listener.backlog,
    synRecv: due.dump ? listener.synQueueLength() : undefined,
    waiting: due.dump && listener.acceptQueue.length() > 0 ? waitingReading(world) : undefined,
    owned: due.walk && loop ? ownedReading(loop.connections) : undefined,
    maxConnections: accepts && "maxConnections" in accepts ? accepts.maxConnections : undefined,
    refused: loop?.connections.refused,
  };
};

const isBusy = ({ listener, loop }: AcceptWorld): boolean =>
  listener.acceptQueue.length() > 0 || (loop?.use().busyMs ?? 0) >= lateMs;

/** The observer is stopped and throttled with the process; for a CPU it waits on its own account. */
const wakeUp = ({ loop }: AcceptWorld, due: number): number => {
  let at = due;
  for (let pause = loop?.thread.pauseAt(at); pause; pause = loop?.thread.pauseAt(at)) {
    if (pause.kind !== "stopped" && pause.kind !== "throttled") break;
    at = pause.until;
  }
  return at;
};

/** Runs a scenario (well formed) and yields what was to be seen, until its end. */
export function* observeModel(scenario: AcceptScenario, options: SourceOptions = {}): Generator<Snapshot> {
  const { sampleMs = 100, fastMs = 20, intervalMs = 1000, startTime = startOf2026 } = options;
  const ignore = (): void => {};
  const world = createAcceptWorld(scenario, { onStart: ignore, onRetry: ignore, onConnected: ignore, onEnd: ignore });
  const end = toNanos(scenario.until ?? 10);
  const never = Number.NEGATIVE_INFINITY;
  const last = { dump: never, walk: never, counters: never };
  for (let due = 0; due <= end; ) {
    const now = wakeUp(world, due);
    if (now > end) return;
    world.engine.runUntil(now);
    const at = now / nanosPerMs;
    const takes = { dump: at - last.dump >= dumpMs, walk: at - last.walk >= walkMs };
    if (takes.dump) last.dump = at;
    if (takes.walk) last.walk = at;
    const readsCounters = isBusy(world) || at - last.counters >= intervalMs;
    if (readsCounters) last.counters = at;
    yield {
      time: startTime + at,
      at,
      source: "model",
      process: processReading(world, scenario, now - due),
      host: { cpus: 2, stealMs: (world.loop?.thread.paused(0, now, ["stolen"]) ?? 0) / nanosPerMs },
      loops: world.loop ? [loopReading(world.loop)] : [],
      listeners: world.listener.isClosed() ? [] : [listenerReading(world, scenario, takes)],
      counters: readsCounters ? { ...world.listener.stats.counters } : undefined,
      sysctl: world.sysctl,
    };
    due = now + (isBusy(world) ? fastMs : sampleMs) * nanosPerMs;
  }
}
