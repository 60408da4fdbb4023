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
import type { Listener } from "./listener.js";
import type { AcceptScenario } from "./scenario.js";
import { pid, startOf2026 } from "../observed.js";

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

/** Listeners are numbered from 1. */
const firstConnectionCookie = 1_000_000n;
const firstListenerFd = 21;
const address = { transport: "tcp", family: "ipv4", address: "127.0.0.1", port: 3000 } as const;

/** The first runs on the main thread; on it the process and its observer are judged. */
const loopReading = (loop: EventLoop, index: number): LoopReading => {
  const { idleMs, iterations, state, cpuMs, runqueueMs, wchan } = loop.use();
  return {
    id: 1 + index,
    tid: pid + index,
    main: index === 0,
    idleMs,
    iterations,
    task: { state, cpuMs, runqueueMs, wchan },
  };
};

const processReading = ({ loops, engine }: AcceptWorld, lateNanos: number): ProcessReading => {
  const [loop] = loops;
  const spec = loop?.spec;
  const isThrottled = spec?.pauses?.some(({ kind }) => kind === "throttled");
  const throttledMs = (loop?.thread.paused(0, engine.now(), ["throttled"]) ?? 0) / nanosPerMs;
  const periods = loop?.thread.periods(engine.now());
  return {
    pid,
    fds: loop && { open: loop.openFds(), limit: loop.spec.fds?.limit ?? 1024 },
    cpuQuota:
      isThrottled && periods ? { periods: periods.all, throttledPeriods: periods.throttled, throttledMs } : undefined,
    frozen: false,
    observerLateMs: lateNanos / nanosPerMs,
    observer: { state: "R", cpuMs: 0, runqueueMs: throttledMs },
  };
};

const waitingReading = ({ acceptQueue }: Listener, { engine }: AcceptWorld): WaitingReading => ({
  partial: false,
  connections: acceptQueue.residents().map(({ serial, queuedAt, peerClosed, receivedBytes }) => ({
    cookie: firstConnectionCookie + BigInt(serial),
    ageMs: Math.floor((engine.now() - queuedAt) / nanosPerMs),
    state: peerClosed ? "CLOSE_WAIT" : "ESTAB",
    recvQBytes: receivedBytes,
  })),
});

interface Due {
  readonly dump: boolean;
  readonly walk: boolean;
}

const ownedReading = (loops: readonly EventLoop[]): OwnedReading => ({
  count: loops.reduce((sum, { connections }) => sum + connections.open, 0),
  accepted: loops.reduce((sum, { connections }) => sum + connections.taken, 0),
  untouchedMs: loops.some(({ spec }) => spec.handsOut)
    ? loops.flatMap((loop) => loop.handOutWaitsMs() ?? [])
    : undefined,
});

const listenerReading = (world: AcceptWorld, member: number, scenario: AcceptScenario, due: Due): ListenerReading => {
  const listener = world.group.listeners[member]!;
  const first = world.loops.findIndex((loop) => loop.member === member);
  const loops = world.loops.filter((loop) => loop.member === member);
  return {
    ...address,
    cookie: BigInt(1 + member),
    fd: firstListenerFd + member,
    pid,
    loop: first < 0 ? undefined : 1 + first,
    length: listener.acceptQueue.length(),
    limit: listener.limit,
    drops: listener.stats.drops,
    listenBacklog: scenario.listener.backlog,
    synRecv: due.dump ? listener.synQueueLength() : undefined,
    waiting: due.dump && listener.acceptQueue.length() > 0 ? waitingReading(listener, world) : undefined,
    owned: due.walk && loops.length > 0 ? ownedReading(loops) : undefined,
    roundRobin: loops.some(({ spec }) => spec.handsOut) ? true : undefined,
    maxConnections: loops[0]?.spec.maxConnections,
    refused: loops.length > 0 ? loops.reduce((sum, { connections }) => sum + connections.refused, 0) : undefined,
  };
};

const isBusy = ({ group, loops }: AcceptWorld): boolean =>
  group.acceptQueue() > 0 || loops.some((loop) => loop.use().busyMs >= lateMs);

/** The observer is stopped and throttled with the process; for a CPU it waits on its own account. */
const wakeUp = ({ loops: [loop] }: AcceptWorld, due: number): number => {
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
      process: processReading(world, now - due),
      host: { cpus: 2, stealMs: (world.loops[0]?.thread.paused(0, now, ["stolen"]) ?? 0) / nanosPerMs },
      loops: world.loops.map(loopReading),
      listeners: world.group.listeners.flatMap((listener, member) =>
        listener.isClosed() ? [] : [listenerReading(world, member, scenario, takes)],
      ),
      counters: readsCounters ? { ...world.group.counters } : undefined,
      sysctl: world.sysctl,
    };
    due = now + (isBusy(world) ? fastMs : sampleMs) * nanosPerMs;
  }
}
