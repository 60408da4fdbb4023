// Readings below the sockets made by hand: a quiet host of two CPUs and one card, and what differs.
import { createExplainer, type Explainer } from "../../../src/explain/explainer.js";
import type { Finding } from "../../../src/explain/finding.js";
import type { NetworkInterface, NetworkReading, SoftnetCpu } from "../../../src/snapshot/network.js";
import type { ConnectionsReading } from "../../../src/snapshot/connection.js";
import type { Counters, Snapshot } from "../../../src/snapshot/snapshot.js";

export const softnet = (cpu: number, moved: Partial<SoftnetCpu> = {}): SoftnetCpu => ({
  cpu,
  processed: 1000,
  dropped: 0,
  timeSqueeze: 0,
  receivedRps: 0,
  flowLimitCount: 0,
  softnetBacklogLength: 0,
  inputQueueLength: 0,
  processQueueLength: 0,
  ...moved,
});

/** One second of a CPU: what softirqs took, the rest idle or in programs. */
export const time = (cpu: number, softirqMs = 0, idleMs = 1000 - softirqMs) => ({
  cpu,
  userMs: 1000 - softirqMs - idleMs,
  systemMs: 0,
  idleMs,
  iowaitMs: 0,
  irqMs: 0,
  softirqMs,
  stealMs: 0,
});
const noTime = (cpu: number) => ({ ...time(cpu), idleMs: 0 });

export const card = (more: Partial<NetworkInterface> = {}): NetworkInterface => ({
  name: "eth0",
  statistics: { rx_packets: 1000, tx_packets: 1000, rx_dropped: 0, rx_missed_errors: 0, rx_fifo_errors: 0 },
  qdiscs: [],
  ...more,
});

export const first: NetworkReading = {
  cpus: [0, 1].map((cpu) => ({ cpu, softnet: softnet(cpu), time: noTime(cpu) })),
  interruptCpus: [0, 1],
  nics: [card()],
  tcpMemory: {
    pages: 100,
    pageBytes: 4096,
    limits: { low: 1000, pressure: 2000, high: 3000 },
    orphans: 2,
    maxOrphans: 1000,
  },
  settings: { netdev_max_backlog: 1000, netdev_budget: 300, netdev_budget_usecs: 8000 },
};

/** A quiet second later; `more` replaces. */
export const second = (more: Partial<NetworkReading> = {}): NetworkReading => ({
  ...first,
  cpus: [0, 1].map((cpu) => ({ cpu, softnet: softnet(cpu, { processed: 101_000 }), time: time(cpu, 50) })),
  nics: [card({ statistics: { rx_packets: 101_000, tx_packets: 101_000, rx_dropped: 0 } })],
  ...more,
});

/** Both CPUs, with what softnet counted of each and the part of the second that softirqs took. */
export const cpus = (
  ...each: readonly { readonly softirqMs?: number; readonly idleMs?: number; readonly moved?: Partial<SoftnetCpu> }[]
): NetworkReading["cpus"] =>
  each.map(({ softirqMs = 50, idleMs, moved }, cpu) => ({
    cpu,
    softnet: softnet(cpu, { processed: 101_000, ...moved }),
    time: time(cpu, softirqMs, idleMs),
  }));

export interface Look {
  readonly network: NetworkReading;
  readonly counters?: Counters;
  readonly connections?: ConnectionsReading;
}

const snapshotOf = ({ network, counters, connections }: Look, at: number): Snapshot => ({
  time: 1_700_000_000_000 + at,
  at,
  source: "process",
  process: { pid: 7 },
  loops: [],
  listeners: [],
  network,
  counters,
  connections,
});

/** What is said when these looks come a second apart. */
export const said = (looks: readonly Look[], explainer: Explainer = createExplainer()): readonly Finding[] =>
  looks.flatMap((look, i) => explainer.observe(snapshotOf(look, i * 1000)));

/** Of two readings a second apart. */
export const between = (before: NetworkReading, after: NetworkReading): readonly Finding[] =>
  said([{ network: before }, { network: after }]);

export const outline = ({ symptom, cause, severity }: Finding): string => `${symptom}/${cause} ${severity}`;
