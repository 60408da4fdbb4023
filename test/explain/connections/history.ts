// Readable histories of sockets: gauges that a phase sets, counters that grow per second, a loop that turns or stands.
import { createExplainer, type ExplainerOptions } from "../../../src/explain/explainer.js";
import type { Finding } from "../../../src/explain/finding.js";
import type {
  ConnectionReading,
  ConnectionsReading,
  MemFigures,
  NodeSide,
  TcpFigures,
} from "../../../src/snapshot/connection.js";
import type { Counters, LoopReading, Snapshot } from "../../../src/snapshot/snapshot.js";

export interface Phase {
  /** Time between two looks, ms. */
  readonly every?: number;
  /** Everything about the socket but its tcp_info and SO_MEMINFO. */
  readonly row?: Partial<ConnectionReading>;
  /** Gauges of tcp_info, and figures of SO_MEMINFO, from this phase on. */
  readonly tcp?: TcpFigures;
  readonly mem?: MemFigures;
  /** Counters of tcp_info: how much they grow in a second. */
  readonly perSecond?: TcpFigures;
  /** Gauges that change from look to look. */
  readonly each?: (
    look: number,
    ms: number,
  ) => { tcp?: TcpFigures; mem?: MemFigures; row?: Partial<ConnectionReading> };
  /** What Node says of its side, at each look of this phase. */
  readonly node?: NodeSide;
  /** Loop: turning (as is when left out), standing on the CPU, or waiting for one. */
  readonly loop?: "turning" | "standing" | "starved" | "asleep";
  /** Counters of the network namespace: growth per second. */
  readonly counters?: Counters;
  readonly look?: Partial<ConnectionsReading>;
  /** The socket is not shown. */
  readonly hidden?: boolean;
}

export interface History {
  play(ms: number, phase?: Phase): History;
  readonly snapshots: readonly Snapshot[];
}

const healthyTcp: TcpFigures = {
  retransmits: 0,
  probes: 0,
  backoff: 0,
  rtoMicros: 220_000,
  sndMssBytes: 1448,
  rcvMssBytes: 1448,
  unacked: 0,
  sacked: 0,
  lost: 0,
  retrans: 0,
  lastDataSentMs: 10,
  lastDataRecvMs: 10,
  lastAckRecvMs: 10,
  rttMicros: 20_400,
  minRttMicros: 20_000,
  cwnd: 10,
  totalRetrans: 0,
  bytesAcked: 5000,
  bytesReceived: 5000,
  notSentBytes: 0,
  dataSegsIn: 10,
  dataSegsOut: 10,
  busyMicros: 0,
  rwndLimitedMicros: 0,
  sndbufLimitedMicros: 0,
  dsackDups: 0,
  reordSeen: 0,
  rcvOoopack: 0,
  sndWndBytes: 6_600_000,
  rcvWndBytes: 65_536,
};
const healthyMem: MemFigures = { rmemAlloc: 0, rcvbuf: 131_072, wmemAlloc: 0, sndbuf: 87_040, wmemQueued: 0, drops: 0 };

export interface Setting {
  readonly cookie?: bigint;
  readonly source?: Snapshot["source"];
  readonly row?: Partial<ConnectionReading>;
  /** Readings that this host does not give. */
  readonly without?: readonly ("loops" | "tcp" | "mem" | keyof TcpFigures)[];
  /** This many sockets, all alike. */
  readonly times?: number;
}

const pids = { pid: 77 };

export const history = (setting: Setting = {}): History => {
  const { without = [], times = 1 } = setting;
  const snapshots: Snapshot[] = [];
  let at = 5000;
  let tcp: Record<string, number> = { ...healthyTcp };
  let mem: MemFigures = healthyMem;
  let row: Partial<ConnectionReading> = {};
  let node: NodeSide | undefined;
  const loop = { idleMs: 1000, iterations: 1000, cpuMs: 50, runqueueMs: 0, state: "S", wchan: "ep_poll" };
  const counters: Record<string, number> = { RcvPruned: 0, TCPRcvQDrop: 0, TCPMemoryPressures: 0 };

  const reading = (n: number): ConnectionReading => ({
    cookie: (setting.cookie ?? 1000n) + BigInt(n),
    transport: "tcp",
    family: "ipv4",
    fd: 30 + n,
    inode: 900 + n,
    pid: 77,
    state: "ESTAB",
    localAddress: "10.0.0.1",
    localPort: 3000,
    remoteAddress: "10.0.0.9",
    remotePort: 40_000 + n,
    role: "server",
    recvQBytes: 0,
    sendQBytes: 0,
    notSentBytes: tcp.notSentBytes,
    ...(without.includes("tcp")
      ? {}
      : { tcp: Object.fromEntries(Object.entries(tcp).filter(([name]) => !without.some((one) => one === name))) }),
    ...(without.includes("mem") ? {} : { mem }),
    ...(node ? { node } : {}),
    ...setting.row,
    ...row,
  });

  const loopReading = (): LoopReading => ({
    id: 1,
    tid: 42,
    main: true,
    ...(setting.source === "outside" ? {} : { idleMs: loop.idleMs, iterations: loop.iterations }),
    task: { state: loop.state, cpuMs: loop.cpuMs, runqueueMs: loop.runqueueMs, wchan: loop.wchan },
  });

  const look = (phase: Phase): void => {
    const rows = phase.hidden ? [] : Array.from({ length: times }, (_, n) => reading(n));
    snapshots.push({
      time: 1.7e12 + at,
      at,
      source: setting.source ?? "process",
      process: pids,
      loops: without.includes("loops") ? [] : [loopReading()],
      listeners: [],
      counters: { ...counters },
      connections: { rows, counts: { ESTAB: rows.length }, read: rows.length, total: rows.length, ...phase.look },
    });
  };

  const spend = (ms: number, { perSecond, loop: motion = "turning", counters: moved }: Phase): void => {
    at += ms;
    for (const [name, n] of Object.entries(perSecond ?? {})) tcp[name] = ((tcp[name] ?? 0) + (n * ms) / 1000) % 2 ** 53;
    for (const [name, n] of Object.entries(moved ?? {})) counters[name] = (counters[name] ?? 0) + (n * ms) / 1000;
    loop.idleMs += motion === "turning" || motion === "asleep" ? ms * 0.95 : 0;
    loop.iterations += motion === "turning" ? Math.max(1, Math.round(ms / 50)) : 0;
    loop.cpuMs += motion === "standing" ? ms : motion === "turning" ? ms * 0.05 : 0;
    loop.runqueueMs += motion === "starved" ? ms : 0;
    loop.state = motion === "standing" || motion === "starved" ? "R" : "S";
    loop.wchan = loop.state === "S" ? "ep_poll" : "0";
  };

  const self: History = {
    play: (ms, phase = {}) => {
      const begun = at;
      const every = phase.every ?? 1000;
      const apply = (n: number): void => {
        const more = phase.each?.(n, at - begun);
        tcp = { ...tcp, ...phase.tcp, ...more?.tcp };
        mem = { ...mem, ...phase.mem, ...more?.mem };
        row = { ...row, ...phase.row, ...more?.row };
        node = phase.node;
      };
      if (snapshots.length === 0) {
        apply(0);
        look(phase);
      }
      for (let spent = 0, n = 1; spent < ms; spent += every, n += 1) {
        spend(Math.min(every, ms - spent), phase);
        apply(n);
        look(phase);
      }
      return self;
    },
    snapshots,
  };
  return self;
};

/** Every finding that began, changed or ended, in order. */
export const told = (line: History, options: ExplainerOptions = {}): readonly Finding[] => {
  const explainer = createExplainer(options);
  return line.snapshots.flatMap((snapshot) => explainer.observe(snapshot));
};

/** The findings as they stand at the end. */
export const standing = (line: History, options: ExplainerOptions = {}): readonly Finding[] => {
  const explainer = createExplainer(options);
  for (const snapshot of line.snapshots) explainer.observe(snapshot);
  return explainer.active();
};

/** `symptom/cause severity` of each finding that stands. */
export const outline = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ symptom, cause, severity }) => `${symptom}/${cause} ${severity}`);

export const figure = (finding: Finding | undefined, name: string): Finding["evidence"][number]["value"] | undefined =>
  finding?.evidence.find((row) => row.name === name)?.value;
