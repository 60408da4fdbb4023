// A Node process: libuv's loop turns, accepts so many per iteration, serves, stalls (libuv src/unix/stream.c,
// uv__server_io: one accept4 per iteration since 1.45).
import { type Engine, nanosPerMs, priority, toNanos } from "../engine.js";
import { createHandOut, type HandOut } from "./cluster-primary.js";
import type { Listener } from "./listener.js";
import type { EventLoopSpec, Pause } from "./scenario.js";
import { createThread, type Thread } from "./thread.js";

/** Cumulative figures of the loop and its thread up to now, ms. */
export interface LoopUse {
  readonly idleMs: number;
  readonly iterations: number;
  readonly cpuMs: number;
  readonly runqueueMs: number;
  /** How long the running iteration has taken so far; 0 when idle. */
  readonly busyMs: number;
  readonly state: "R" | "S" | "T";
  readonly wchan: string | undefined;
}

export interface EventLoop {
  readonly spec: EventLoopSpec;
  use(): LoopUse;
  readonly thread: Thread;
  /** Connections it holds, has taken for itself, has turned away because of maxConnections, has shed at EMFILE. */
  readonly connections: { open: number; taken: number; refused: number; shed: number };
  openFds(): number;
  /** Of a cluster's primary: how long each that it holds for a worker has waited, ms. */
  handOutWaitsMs(): readonly number[] | undefined;
}

/** What an iteration costs besides the application: epoll_wait, accept4, the handle's set-up. */
const iterationCost = 0.05 * nanosPerMs;
/** A stopped thread is not runnable; all others that are paused wait in a run queue or lose time to the host. */
const runnable: readonly Pause["kind"][] = ["throttled", "starved"];

interface Turn {
  readonly from: number;
  readonly until: number;
  readonly onCpu: boolean;
}

interface Loop {
  readonly engine: Engine;
  readonly listener: Listener;
  readonly spec: EventLoopSpec;
  readonly thread: Thread;
  readonly connections: EventLoop["connections"];
  readonly handOut?: HandOut | undefined;
  readonly stalls: { readonly work: number; readonly onCpu: boolean }[];
  turn?: Turn | undefined;
  wokenAt?: number | undefined;
  idleSince: number;
  idle: number;
  cpu: number;
  runqueue: number;
  iterations: number;
  hasTicked: boolean;
}

const baseFds = 20;
const fdsOf = ({ spec, connections }: Loop): number => (spec.fds?.open ?? baseFds) + connections.open;

const isAccepting = ({ spec, engine }: Loop): boolean =>
  !spec.notAccepting?.some(({ from, until }) => toNanos(from) <= engine.now() && engine.now() < toNanos(until));

/** uv__emfile_trick: the whole queue is accepted and closed. */
const shed = ({ listener, connections }: Loop): void => {
  while (listener.accept()) connections.shed += 1;
};

/** Takes what this iteration takes; returns the connections that the application will serve. */
const takeConnections = (loop: Loop): number => {
  const { listener, spec, connections } = loop;
  const most = spec.acceptsPerIteration === "all" ? Number.POSITIVE_INFINITY : spec.acceptsPerIteration;
  let served = 0;
  for (let taken = 0; taken < most; taken += 1) {
    if (listener.acceptQueue.length() === 0) break;
    if (spec.fds && fdsOf(loop) >= spec.fds.limit) {
      shed(loop);
      break;
    }
    listener.accept();
    if (connections.open >= (spec.maxConnections ?? Number.POSITIVE_INFINITY)) connections.refused += 1;
    else {
      connections.open += 1;
      connections.taken += 1;
      served += 1;
    }
  }
  return served;
};

const serviceTimeAt = ({ serviceTime = 0, paces = [] }: EventLoopSpec, now: number): number =>
  paces.find(({ from, until }) => toNanos(from) <= now && now < toNanos(until))?.serviceTime ?? serviceTime;

/** Books a span of a turn: on a CPU, or runnable and waiting for one. */
const spend = (loop: Loop, turn: Turn, until: number): { cpu: number; runqueue: number } => {
  const all: readonly Pause["kind"][] = ["stopped", "throttled", "starved", "stolen"];
  if (!turn.onCpu) return { cpu: 0, runqueue: 0 };
  return {
    cpu: until - turn.from - loop.thread.paused(turn.from, until, all),
    runqueue: loop.thread.paused(turn.from, until, runnable),
  };
};

const endTurn = (loop: Loop, turn: Turn, served: number): void => {
  const { engine, spec, connections } = loop;
  const { cpu, runqueue } = spend(loop, turn, turn.until);
  loop.cpu += cpu;
  loop.runqueue += runqueue;
  loop.turn = undefined;
  loop.idleSince = engine.now();
  const release = (): void => {
    connections.open -= served;
  };
  if (loop.handOut) {
    for (let one = 0; one < served; one += 1)
      loop.handOut.add(() => {
        connections.open -= 1;
      });
  } else if (served > 0) engine.at(engine.now() + toNanos(spec.holdTime ?? 0), priority.client, release);
  wake(loop);
};

const beginTurn = (loop: Loop): void => {
  const { engine, thread, spec } = loop;
  const now = engine.now();
  loop.runqueue += thread.paused(loop.wokenAt ?? now, now, runnable);
  loop.wokenAt = undefined;
  loop.idle += now - loop.idleSince;
  loop.iterations += 1;
  loop.hasTicked = false;
  const stall = loop.stalls.shift();
  const served = stall || !isAccepting(loop) ? 0 : takeConnections(loop);
  const work = stall?.work ?? iterationCost + served * toNanos(serviceTimeAt(spec, now));
  const onCpu = stall?.onCpu ?? true;
  const until = onCpu ? thread.finish(now, work) : thread.runsAt(now + work);
  const turn: Turn = { from: now, until, onCpu };
  loop.turn = turn;
  engine.at(until, priority.server, () => endTurn(loop, turn, served));
};

/** Something may be ready: the loop turns as soon as its thread runs. */
const wake = (loop: Loop): void => {
  const { engine, listener } = loop;
  if (loop.turn || loop.wokenAt !== undefined) return;
  const isReady = loop.stalls.length > 0 || loop.hasTicked || (isAccepting(loop) && listener.acceptQueue.length() > 0);
  if (!isReady) return;
  loop.wokenAt = engine.now();
  engine.at(loop.thread.runsAt(engine.now()), priority.server, () => beginTurn(loop));
};

const scheduleFaults = (loop: Loop): void => {
  const { engine, spec, stalls } = loop;
  for (const { at, duration, onCpu } of spec.stalls ?? [])
    engine.at(toNanos(at), priority.client, () => {
      stalls.push({ work: toNanos(duration), onCpu: onCpu ?? true });
      wake(loop);
    });
  for (const { until } of spec.notAccepting ?? []) engine.at(toNanos(until), priority.client, () => wake(loop));
  const tick = (): void => {
    loop.hasTicked = true;
    wake(loop);
    engine.at(engine.now() + toNanos(spec.tick!), priority.client, tick);
  };
  if (spec.tick) engine.at(toNanos(spec.tick), priority.client, tick);
};

const useOf = (loop: Loop): LoopUse => {
  const now = loop.engine.now();
  const { turn, thread } = loop;
  const running = turn ? spend(loop, turn, now) : { cpu: 0, runqueue: 0 };
  const waited = loop.wokenAt === undefined ? 0 : thread.paused(loop.wokenAt, now, runnable);
  const isAsleep = turn ? !turn.onCpu : loop.wokenAt === undefined;
  const isStopped = thread.pauseAt(now)?.kind === "stopped";
  return {
    idleMs: (loop.idle + (turn ? 0 : now - loop.idleSince)) / nanosPerMs,
    iterations: loop.iterations,
    cpuMs: (loop.cpu + running.cpu) / nanosPerMs,
    runqueueMs: (loop.runqueue + running.runqueue + waited) / nanosPerMs,
    busyMs: turn ? (now - turn.from) / nanosPerMs : 0,
    state: isStopped ? "T" : isAsleep ? "S" : "R",
    wchan: isStopped || !isAsleep ? undefined : turn ? "folio_wait_bit_common" : "ep_poll",
  };
};

export function runEventLoop(engine: Engine, listener: Listener, spec: EventLoopSpec): EventLoop {
  const loop: Loop = {
    engine,
    listener,
    spec,
    thread: createThread(spec.pauses ?? []),
    handOut: spec.handsOut && createHandOut(engine, spec.handsOut),
    connections: { open: 0, taken: 0, refused: 0, shed: 0 },
    stalls: [],
    idleSince: 0,
    idle: 0,
    cpu: 0,
    runqueue: 0,
    iterations: 0,
    hasTicked: false,
  };
  listener.watch(() => wake(loop));
  scheduleFaults(loop);
  const { thread, connections } = loop;
  return {
    spec,
    use: () => useOf(loop),
    thread,
    connections,
    openFds: () => fdsOf(loop),
    handOutWaitsMs: () => loop.handOut?.waitingMs(),
  };
}
