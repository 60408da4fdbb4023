// A transfer as a source of snapshots: what an observer in the process at one end of the connection would have read.
import type { CaState, TcpState } from "../../snapshot/tcp-state.js";
import type {
  ArrivedReading,
  ClosedReading,
  ClosesReading,
  ConnectionReading,
  NodeSide,
  TcpFigures,
} from "../../snapshot/connection.js";
import { counterNames, type ListenerReading, type LoopReading, type Snapshot } from "../../snapshot/snapshot.js";
import { nanosPerMs, toNanos } from "../engine.js";
import { view } from "./view.js";
import { createMeter, type Meter } from "./meter.js";
import { networkOf } from "./network-source.js";
import type { NodeEnd } from "./node-end.js";
import type { NodeSpec, Side, TransferScenario } from "./scenario.js";
import { type StartedEnds, startAll } from "./start-ends.js";
import type { Tcp } from "./tcp.js";
import { createTransferWorld } from "./world.js";
import { pid, startOf2026 } from "../observed.js";

export interface TransferSourceOptions {
  /** Whose process is observed: "sender" by default. */
  readonly side?: Side | undefined;
  /** Between two looks, ms; a socket in trouble is looked at five times a second. */
  readonly sampleMs?: number | undefined;
  /** Wall clock at the start of the run, epoch ms. */
  readonly startTime?: number | undefined;
}

const firstCookie = 1000n;
const serverPort = 3000;
/** What lies below the sockets is read once an interval. */
const networkMs = 1000;
/** The kernel tells times ago in its ticks. */
const tickMs = 4;

const caStates: Readonly<Record<Tcp["recovery"], CaState>> = {
  open: "Open",
  disorder: "Disorder",
  recovery: "Recovery",
  loss: "Loss",
};

const stateOf = ({ isEof, isWriteShut, sndUna, writeSeq }: Tcp): TcpState => {
  if (!isWriteShut) return isEof ? "CLOSE-WAIT" : "ESTAB";
  if (isEof) return "LAST-ACK";
  return sndUna < writeSeq ? "FIN-WAIT-1" : "FIN-WAIT-2";
};

const agoMs = (now: number, then: number | undefined): number =>
  Math.floor((now - (then ?? 0)) / nanosPerMs / tickMs) * tickMs;
const micros = (nanos: number): number => Math.round(nanos / 1000);

/** tcp_info. sndbuf_limited and the counts of reordering are not modelled: absent. */
const tcpOf = (tcp: Tcp, { figures }: Meter): TcpFigures => {
  const now = tcp.closedAt ?? tcp.world.engine.now();
  const end = view(tcp);
  const own = figures[tcp.side];
  return {
    retransmits: end.retransmits,
    probes: end.probes,
    backoff: end.backoff,
    rtoMicros: end.rtoMicros,
    sndMssBytes: end.sndMss,
    rcvMssBytes: end.rcvMss,
    unacked: end.unacked,
    sacked: end.sacked,
    lost: end.lost,
    retrans: end.retrans,
    lastDataSentMs: agoMs(now, tcp.lastSentAt),
    lastDataRecvMs: agoMs(now, own.dataReceivedAt),
    lastAckRecvMs: agoMs(now, own.ackReceivedAt),
    rcvSsthreshBytes: end.rcvSsthresh,
    rttMicros: end.srttMicros,
    rttvarMicros: end.rttvarMicros,
    ...(tcp.minRtt !== undefined && { minRttMicros: micros(tcp.minRtt) }),
    cwnd: end.cwnd,
    totalRetrans: own.totalRetrans,
    bytesSent: own.bytesSent,
    bytesAcked: tcp.sndUna,
    bytesReceived: tcp.rcvNxt,
    notSentBytes: end.notSent,
    dataSegsIn: own.dataSegsIn,
    dataSegsOut: own.dataSegsOut,
    busyMicros: micros(own.busy),
    rwndLimitedMicros: micros(own.windowLimited),
    rcvOoopack: own.rcvOoopack,
    sndWndBytes: end.sndWnd,
    rcvWndBytes: end.rcvWnd,
  };
};

/** What the main thread answers; nothing while its loop does not turn. */
const nodeOf = ({ nodes, log }: StartedEnds, spec: NodeSpec | undefined, tcp: Tcp): NodeSide | undefined => {
  const end = nodes[tcp.side];
  if (!end || end.loop()?.waitsSince === undefined) return undefined;
  const { highWaterMark = 65_536, pauses = [] } = spec ?? {};
  const { writableLength, readableLength } = end.figures();
  const now = tcp.world.engine.now();
  return {
    writableLength,
    writableHighWaterMark: highWaterMark,
    writableNeedDrain: writableLength >= highWaterMark,
    readableLength,
    readableHighWaterMark: highWaterMark,
    readableFlowing: !pauses.some(({ from, until }) => toNanos(from) <= now && now < toNanos(until)),
    readBytes: log.read(tcp.side),
    takenBytes: log.written(tcp.side),
    noDelay: tcp.isNodelay,
  };
};

/** Each connection has a process of its own. */
const loopOf = (end: NodeEnd | undefined, now: number, index: number): readonly LoopReading[] => {
  const use = end?.loop();
  if (!use) return [];
  const { idle, iterations, waitsSince } = use;
  const idleMs = (idle + (waitsSince === undefined ? 0 : now - waitsSince)) / nanosPerMs;
  const isWaiting = waitsSince !== undefined;
  const cpuMs = now / nanosPerMs - idleMs;
  const task = { state: isWaiting ? "S" : "R", cpuMs, runqueueMs: 0, wchan: isWaiting ? "ep_poll" : "0" };
  return [{ id: index + 1, tid: pid + index, main: index === 0, idleMs, iterations, task }];
};

const countsOf = (rows: readonly ConnectionReading[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { state = "" } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
};

const readingOf = (tcp: Tcp, meter: Meter, node: NodeSide | undefined, index: number): ConnectionReading => {
  const end = view(tcp);
  return {
    cookie: firstCookie + BigInt(index),
    transport: "tcp",
    family: "ipv4",
    fd: 30 + index,
    pid,
    state: stateOf(tcp),
    localAddress: "10.0.0.1",
    localPort: tcp.side === "sender" ? 40_000 + index : serverPort,
    remoteAddress: "10.0.0.9",
    remotePort: tcp.side === "sender" ? serverPort : 40_000 + index,
    role: tcp.side === "sender" ? "client" : "server",
    recvQBytes: end.recvQ,
    sendQBytes: end.sendQ,
    notSentBytes: end.notSent,
    tcp: tcpOf(tcp, meter),
    caState: caStates[tcp.recovery],
    mem: {
      rmemAlloc: end.rmem,
      rcvbuf: end.rcvbuf,
      wmemAlloc: end.wmemAlloc,
      sndbuf: end.sndbuf,
      wmemQueued: end.wmemQueued,
      drops: end.drops,
    },
    node,
    loop: index + 1,
  };
};

/** Where the end that was connected to listens: nobody waits there. */
const listenerOf = (node: NodeSpec | undefined): ListenerReading => ({
  cookie: 1n,
  transport: "tcp",
  family: "ipv4",
  address: "10.0.0.1",
  port: serverPort,
  fd: 20,
  pid,
  length: 0,
  limit: 511,
  keepAliveTimeoutMs: node?.keepAliveTimeout === undefined ? undefined : node.keepAliveTimeout * 1000,
});

/** Ends of connections that the kernel tells of, each once; with what was read of it when it was last seen idle. */
function createCloses(): (tcps: readonly Tcp[], reading: (index: number) => ConnectionReading) => ClosesReading {
  const told = new Set<number>();
  const before = new Map<number, ArrivedReading>();
  return (tcps, reading) => {
    const rows: ClosedReading[] = [];
    for (const [index, tcp] of tcps.entries()) {
      if (told.has(index)) continue;
      const row = reading(index);
      if (!tcp.isReadShut && row.recvQBytes === 0) before.set(index, row.tcp!);
      if (!tcp.isClosed) continue;
      told.add(index);
      rows.push({ ...row, before: before.get(index) });
    }
    return { rows, count: rows.length, lost: 0 };
  };
}

/** Runs a scenario (well formed) and yields what was to be seen at one end of it, until its end. */
export function* observeTransfer(scenario: TransferScenario, options: TransferSourceOptions = {}): Generator<Snapshot> {
  const { side = "sender", sampleMs = 200, startTime = startOf2026 } = options;
  const meters = Array.from({ length: scenario.connections ?? 1 }, createMeter);
  const world = createTransferWorld(
    scenario,
    () => {},
    (path, connection) => meters[connection]!.watch(path),
  );
  const { engine, connections, counters } = world;
  for (const [index, meter] of meters.entries()) meter.attach(engine, connections[index]!);
  const started = startAll(world, scenario);
  const note = (): void => {
    for (const meter of meters) meter.note();
  };
  const tcps = connections.map((ends) => ends[side]);
  const reading = (index: number): ConnectionReading => {
    const tcp = tcps[index]!;
    return readingOf(tcp, meters[index]!, nodeOf(started[index]!, scenario[side].node, tcp), index);
  };
  const closes = createCloses();
  const listeners = side === "receiver" ? [listenerOf(scenario[side].node)] : [];
  for (let at = 0; at <= (scenario.until ?? 10) * 1000; at += sampleMs) {
    engine.runUntil(at * nanosPerMs, note);
    note();
    const rows = tcps.flatMap((tcp, index) => (tcp.isClosed || tcp.isReadShut ? [] : [reading(index)]));
    const closed = closes(tcps, reading);
    yield {
      time: startTime + at,
      at,
      source: "model",
      process: { pid },
      loops: started.flatMap(({ nodes }, index) => loopOf(nodes[side], engine.now(), index)),
      listeners,
      network: at % networkMs === 0 ? networkOf(world, scenario, side) : undefined,
      counters: Object.fromEntries(
        counterNames.map((name) => [name, (counters as ReadonlyMap<string, number>).get(name) ?? 0]),
      ),
      connections: { rows, counts: countsOf(rows), read: rows.length, total: rows.length, closed },
    };
  }
}
