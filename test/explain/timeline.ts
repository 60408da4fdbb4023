// Readable snapshot streams: a small accept queue is played forward, phase by phase, and looked at every few ms.
import { createExplainer, type Explainer, type ExplainerOptions } from "../../src/explain/explainer.js";
import { retrySchedule } from "../../src/explain/clients.js";
import type { Finding } from "../../src/explain/finding.js";
import {
  type CounterName,
  counterNames,
  type ListenerReading,
  type LoopReading,
  type Snapshot,
  type WaitingConnection,
} from "../../src/snapshot/snapshot.js";
import { healthy, type Phase, type Setting } from "./phases.js";

export interface Timeline {
  /** Plays `ms` forward; what the phase leaves out is a healthy, idle server. */
  play(ms: number, phase?: Phase): Timeline;
  readonly snapshots: readonly Snapshot[];
}

interface Resident {
  cookie: bigint;
  since: number;
  gone: boolean;
}

export const timeline = (setting: Setting = {}): Timeline => {
  const { limit = 16, source = "process", transport = "tcp", without = [] } = setting;
  const lacks = (what: NonNullable<Setting["without"]>[number]): boolean => without.includes(what);
  const snapshots: Snapshot[] = [];
  let seed = setting.noise?.seed ?? 1;
  /** 0..1, the same for the same seed (Lehmer). */
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  let at = 5000;
  let nextCookie = 100n;
  let queue: Resident[] = [];
  let drops = setting.drops ?? 0;
  let owed = { arrivals: 0, accepts: 0 };
  const sums = { idle: 0, turns: 0, cpu: 0, runqueue: 0, throttled: 0, steal: 0, owned: 0 };
  const counters: Partial<Record<CounterName, number>> = {
    ListenOverflows: 7,
    ListenDrops: 9,
    PassiveOpens: 100,
    OutRsts: 3,
    EmbryonicRsts: 0,
    SyncookiesSent: 0,
    SyncookiesRecv: 0,
    TCPReqQFullDoCookies: 0,
    TCPReqQFullDrop: 0,
  };

  const count = (name: CounterName, n: number): void => {
    counters[name] = (counters[name] ?? 0) + n;
  };
  let outside: { since: number; tries: number }[] = [];
  const retry = (): void => {
    const due = outside.filter(({ since, tries }) => at >= since + retrySchedule(4)[tries - 1]! * 1010);
    outside = outside.filter((client) => !due.includes(client));
    for (const { since, tries } of due) arrive(1, since, tries + 1);
  };
  const arrive = (n: number, since: number = at, tries = 1): void => {
    for (let i = 0; i < n; i += 1) {
      if (queue.length <= limit) {
        nextCookie += 1n;
        queue.push({ cookie: nextCookie, since: at, gone: false });
        count("PassiveOpens", 1);
      } else if (transport === "tcp") {
        if (setting.retrying) outside.push({ since, tries });
        drops = (drops + 1) >>> 0;
        count("ListenOverflows", 1);
        count("ListenDrops", 1);
      }
    }
  };
  const accept = (n: number): void => {
    const taken = Math.min(n, queue.length);
    queue = queue.slice(taken);
    sums.owned += taken;
  };

  const loopReading = (phase: Phase): LoopReading => ({
    id: 1,
    tid: 4242,
    main: true,
    ...(lacks("idle") || source === "outside" ? {} : { idleMs: sums.idle }),
    ...(lacks("iterations") || source === "outside" ? {} : { iterations: Math.floor(sums.turns) }),
    ...(lacks("task")
      ? {}
      : {
          task: {
            state: phase.state ?? healthy.state,
            cpuMs: sums.cpu,
            runqueueMs: sums.runqueue,
            ...(lacks("wchan") ? {} : { wchan: phase.wchan ?? healthy.wchan }),
          },
        }),
  });

  const waiting = (): readonly WaitingConnection[] =>
    queue.map(({ cookie, since, gone }) => ({
      cookie,
      ageMs: at - since,
      state: gone ? "CLOSE_WAIT" : "ESTAB",
      recvQBytes: 0,
    }));

  const listenerReading = (phase: Phase): ListenerReading => ({
    cookie: 1n,
    transport,
    ...(transport === "tcp"
      ? { family: "ipv4" as const, address: "0.0.0.0", port: 3000, drops }
      : { path: "/run/app.sock" }),
    pid: 77,
    fd: 21,
    length: queue.length,
    limit,
    ...(setting.listenBacklog === undefined ? {} : { listenBacklog: setting.listenBacklog }),
    ...(lacks("loops") ? {} : { loop: 1 }),
    ...(lacks("waiting") || transport === "unix" ? {} : { waiting: { connections: waiting(), partial: false } }),
    ...setting.listener,
    ...phase.listener,
  });

  const look = (phase: Phase, late: number, stall: Phase["stall"]): void => {
    snapshots.push({
      time: 1_700_000_000_000 + at,
      at,
      source,
      process: {
        pid: 77,
        fds: phase.fds ?? setting.fds ?? { open: 30, limit: 1024 },
        ...(lacks("quota") ? {} : { cpuQuota: { periods: 10, throttledPeriods: 0, throttledMs: sums.throttled } }),
        frozen: phase.frozen ?? false,
        observerLateMs: late,
      },
      host: { cpus: 2, stealMs: sums.steal },
      loops: lacks("loops") ? [] : [loopReading(phase)],
      listeners: [listenerReading(phase)],
      ...(lacks("counters") ? {} : { counters: { ...counters } }),
      ...(lacks("sysctl")
        ? {}
        : {
            sysctl: setting.sysctl ?? {
              somaxconn: 4096,
              tcp_syncookies: 1,
              tcp_abort_on_overflow: 0,
              tcp_syn_linear_timeouts: 4,
            },
          }),
      ...(stall ? { stalls: [{ loop: 1, sinceAt: at, frames: [], exact: true, ...stall }] } : {}),
    });
  };

  const spend = (ms: number, phase: Phase): void => {
    const share = { ...healthy, runqueue: 0, throttled: 0, steal: 0, ...phase };
    sums.idle += ms * share.idle;
    sums.turns += (ms / 1000) * share.turns;
    const waited = ms * (setting.noise?.runqueue ?? 0) * random() * share.cpu;
    sums.cpu += Math.max(0, ms * share.cpu - waited);
    sums.runqueue += ms * share.runqueue + waited;
    sums.throttled += ms * share.throttled;
    sums.steal += ms * share.steal;
    owed = {
      arrivals: owed.arrivals + ((phase.arrivals ?? 0) * ms) / 1000,
      accepts: owed.accepts + ((phase.accepts ?? 0) * ms) / 1000,
    };
    at += ms;
    retry();
    arrive(Math.floor(owed.arrivals));
    accept(phase.accepts === undefined ? queue.length : Math.floor(owed.accepts));
    owed = { arrivals: owed.arrivals % 1, accepts: owed.accepts % 1 };
  };

  const self: Timeline = {
    play: (ms, phase = {}) => {
      const every = phase.every ?? healthy.every;
      if (snapshots.length === 0) look(phase, 0, undefined);
      arrive(phase.burst ?? 0);
      drops = (drops + (phase.drops ?? 0)) >>> 0;
      for (const name of counterNames) count(name, phase.counters?.[name] ?? 0);
      for (const one of queue.slice(0, phase.gone ?? 0)) one.gone = true;
      let stall = phase.stall;
      let late = phase.late ?? 0;
      for (let spent = 0; spent < ms; ) {
        const uneven = setting.noise ? 1 + setting.noise.jitter * (2 * random() - 1) : 1;
        const part = late > 0 ? late : Math.min(Math.round(every * uneven), ms - spent);
        for (let rest = part; rest > 0; rest -= 20) spend(Math.min(20, rest), phase);
        spent += part;
        look(phase, late, stall);
        late = 0;
        stall = undefined;
      }
      return self;
    },
    snapshots,
  };
  return self;
};

/** Every finding that began, changed or ended, in order. */
export const explained = (snapshots: readonly Snapshot[], options: ExplainerOptions = {}): readonly Finding[] =>
  told(createExplainer(options), snapshots);

export const told = (explainer: Explainer, snapshots: readonly Snapshot[]): readonly Finding[] =>
  snapshots.flatMap((snapshot) => explainer.observe(snapshot));

/** `symptom/cause state` of each, in order. */
export const outline = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ symptom, cause, state }) => `${symptom}/${cause} ${state}`);

/** A figure of a finding's evidence. */
export const figure = (finding: Finding | undefined, name: string): Finding["evidence"][number]["value"] | undefined =>
  finding?.evidence.find((row) => row.name === name)?.value;
