// A connection set up as a scenario asks for it.
import { createEngine, type Engine, toNanos } from "../engine.js";
import { createTimerWheel } from "../timer-wheel.js";
import type { TransferCounters } from "./counter-names.js";
import { connect, type EndOptions } from "./endpoint.js";
import type { Buffer } from "./handshake.js";
import { keepAlive } from "./keep-alive.js";
import { setLowat } from "./lowat.js";
import type { Path } from "./path.js";
import { createPath } from "./path/create.js";
import type { EndpointSpec, Side, TransferScenario } from "./scenario.js";
import { sharePath } from "./shared-path.js";
import { createSoftirq } from "./softirq.js";
import { createMemory } from "./socket-memory.js";
import type { Host, Tcp } from "./tcp.js";

/** Linux's defaults (since 6.16 tcp_rmem goes up to 32 MiB). */
const defaultRmem = [4096, 131_072, 33_554_432] as const;
const defaultWmem = [4096, 16_384, 4_194_304] as const;
const defaultRetries2 = 15;

/** Below this a link counts as none: what is sent arrives within the system call that sends it. */
const noticeableRtt = 0.0005;
/** What a round trip costs then, ns. */
const leastRtt = 40_000;

const bufferOf = (size: number | "auto" | undefined, automatic: number): Buffer =>
  size === undefined || size === "auto" ? { bytes: automatic, isLocked: false } : { bytes: size, isLocked: true };

const optionsOf = (spec: EndpointSpec, rmem: number, wmem: number): EndOptions => ({
  sndbuf: bufferOf(spec.sndbuf, wmem),
  rcvbuf: bufferOf(spec.rcvbuf, rmem),
  congestion: spec.congestion ?? "cubic",
  isNodelay: spec.nodelay ?? false,
  notsentLowat: spec.notsentLowat ?? Number.POSITIVE_INFINITY,
  userTimeout: spec.userTimeout ?? 0,
});

export type Note = (connection: number, side: Side, event: string, bytes?: number) => void;

export interface TransferWorld {
  readonly engine: Engine;
  /** Of the first connection. */
  readonly ends: Readonly<Record<Side, Tcp>>;
  readonly connections: readonly Readonly<Record<Side, Tcp>>[];
  readonly counters: TransferCounters;
  readonly hosts: Readonly<Record<Side, Host>>;
  readonly path: Path;
  /** What is sent arrives within the system call that sends it. */
  readonly isInstant: boolean;
}

/** @param watch may stand between a connection's ends and what lies between them, to see what passes. */
export function createTransferWorld(
  scenario: TransferScenario,
  note: Note,
  watch: (path: Path, connection: number) => Path = (path) => path,
): TransferWorld {
  const engine = createEngine(scenario.seed ?? 1);
  const softirq = createSoftirq();
  const spec = scenario.path ?? { device: "loopback" };
  const rtt = spec.rtt ?? 0;
  const path = createPath(engine, softirq, { ...spec, rtt: rtt < noticeableRtt ? 0 : rtt });
  const counters: TransferCounters = new Map();
  const { tcp_rmem: rmem = defaultRmem, tcp_wmem: wmem = defaultWmem, tcp_retries2: retries2 } = scenario.sysctl ?? {};
  const { tcp_mem: limits, tcp_max_orphans: mostOrphans = Number.POSITIVE_INFINITY } = scenario.sysctl ?? {};
  const hostOf = ({ memoryLimit }: EndpointSpec): Host => ({
    memory: createMemory(limits, memoryLimit),
    orphans: new Set(),
    mostOrphans,
  });
  const hosts = { sender: hostOf(scenario.sender), receiver: hostOf(scenario.receiver) };
  const share = sharePath(path, counters, scenario.seed ?? 1);
  const shared = {
    engine,
    softirq,
    counters,
    hosts,
    wheel: createTimerWheel(engine),
    pages: { page: 0, offset: 0 },
    rmemMax: rmem[2],
    wmemMax: wmem[2],
    retries2: retries2 ?? defaultRetries2,
    leastRtt: Math.max(leastRtt, toNanos(rtt)),
  };
  const options = {
    sender: optionsOf(scenario.sender, rmem[1], wmem[1]),
    receiver: optionsOf(scenario.receiver, rmem[1], wmem[1]),
  };
  const connections = Array.from({ length: scenario.connections ?? 1 }, (_one, number) => {
    const world = {
      ...shared,
      path: watch(share(number), number),
      note: (side: Side, event: string, bytes?: number) => note(number, side, event, bytes),
    };
    const ends = connect(world, options);
    for (const side of ["sender", "receiver"] as const) {
      const { lowat, keepAlive: asked } = scenario[side];
      if (lowat !== undefined) setLowat(ends[side], lowat);
      if (asked) keepAlive(ends[side], asked);
    }
    return ends;
  });
  return { engine, ends: connections[0]!, connections, counters, hosts, path, isInstant: rtt < noticeableRtt };
}
