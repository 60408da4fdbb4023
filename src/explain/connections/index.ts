// From looks at sockets to findings about connections: what is remembered of each socket, the rules, the groups.
import type { ConnectionReading, ConnectionsReading } from "../../snapshot/connection.js";
import type { Counters } from "../../snapshot/snapshot.js";
import { type MemoryState, memoryStateOf } from "../network/memory-short.js";
import type { Beside, BesideSymptom } from "../symptoms/beside.js";
import type { Thresholds } from "../thresholds.js";
import { type Noticed, nothingWanted, type SocketsWanted, wantedOf } from "./attention.js";
import { createConnectFailures } from "./connect-failures.js";
import { createGroups, type Judged } from "./groups.js";
import { createLoops } from "./loops.js";
import { createPeers } from "./peers.js";
import { createRecentCounters } from "./recent-counters.js";
import { type AroundSocket, type Followed, judge } from "./judge.js";
import type { SocketRule } from "./rule.js";
import { connectLate } from "./rules/connect-late.js";
import { connectUnanswered } from "./rules/connect-unanswered.js";
import { connectionsLeaking } from "./rules/connections-leaking.js";
import { dataPruned } from "./rules/data-pruned.js";
import { datagramsDropped } from "./rules/datagrams-dropped.js";
import { readStalled } from "./rules/read-stalled.js";
import { createRequestsReset } from "./rules/requests-reset.js";
import { throughputLimited } from "./rules/throughput-limited.js";
import { writeBuffered } from "./rules/write-buffered.js";
import { writeStalled } from "./rules/write-stalled.js";
import { readBytesOf } from "./socket-step.js";
import { beginWatch, foldWatch, type SocketWatch } from "./socket-watch.js";

export const socketRules: readonly SocketRule[] = [
  writeStalled,
  writeBuffered,
  readStalled,
  throughputLimited,
  dataPruned,
  datagramsDropped,
  connectionsLeaking,
  connectUnanswered,
  connectLate,
];

/** Sockets followed at a time: those worth a look; memory stays bounded. */
const maxSockets = 4096;
/** A socket not shown for this long is forgotten: closed, or no longer worth a look. */
const forgetMs = 10_000;

const isServer = ({ role, localPort }: ConnectionReading, ports: ReadonlySet<number | undefined>): boolean =>
  role === undefined ? ports.has(localPort) : role === "server";

const peerOf = ({ remoteAddress, remotePort }: ConnectionReading) => ({ address: remoteAddress, port: remotePort });

/** Where looks are rare: two of them, and some delay, have to show nothing more before something is over. */
const patienceOf = (pauseMs: number): number => 2.5 * pauseMs;
const patient = (thresholds: Thresholds, { pauseMs = 0 }: ConnectionsReading): Thresholds => ({
  ...thresholds,
  connectionQuietMs: Math.max(thresholds.connectionQuietMs, patienceOf(pauseMs)),
});

export const createConnections = (): BesideSymptom => {
  const sockets = new Map<bigint, Noticed & Followed>();
  const loops = createLoops();
  const groups = createGroups();
  const counters = createRecentCounters();
  const failures = createConnectFailures();
  const requestsReset = createRequestsReset();
  const peers = createPeers();
  let startedAt: number | undefined;
  let dropped = false;
  /** When all sockets were last looked at, and the time before. */
  let allAt = Number.NEGATIVE_INFINITY;
  let earlierAt = Number.NEGATIVE_INFINITY;
  let wanted: SocketsWanted = nothingWanted;
  let memory: MemoryState | undefined;

  const follow = (reading: ConnectionReading, at: number): (Noticed & Followed) | undefined => {
    const known = sockets.get(reading.cookie);
    if (!known) {
      if (sockets.size >= maxSockets) return undefined;
      const first = { watch: beginWatch(reading, at), held: new Map<string, number>(), verdicts: [], isServer: false };
      sockets.set(reading.cookie, first);
      return first;
    }
    // The map keeps the order of the last look: the front is what was not seen for longest.
    sockets.delete(reading.cookie);
    sockets.set(reading.cookie, known);
    known.watch = foldWatch(known.watch, reading, at);
    return known;
  };

  /** Some connection was read from since the look before. */
  const isServed = (look: ConnectionsReading | undefined): boolean =>
    look?.rows.some((reading) => {
      const known = sockets.get(reading.cookie);
      return known !== undefined && (readBytesOf(known.watch.last, reading) ?? 0) > 0;
    }) === true;

  const forget = (at: number, pauseMs: number): void => {
    for (const [cookie, { watch }] of sockets) {
      if (at - watch.lastAt < Math.max(forgetMs, patienceOf(pauseMs))) return;
      sockets.delete(cookie);
    }
  };

  const aroundOf = (watch: SocketWatch, look: ConnectionsReading, moved: Counters, beside: Beside): AroundSocket => ({
    look,
    listeners: beside.snapshot.listeners,
    peer: peers.of(peerOf(watch.last)),
    loop: loops.of(watch.last.loop),
    moved,
    memory,
    outside: beside.around.outside,
    watchedMs: watch.lastAt - (startedAt ?? watch.lastAt),
    thresholds: beside.thresholds,
  });

  return {
    observe: (beside) => {
      const { snapshot, before, around, thresholds, lifecycle } = beside;
      startedAt ??= snapshot.at;
      loops.observe(before, snapshot, around, around.outside && isServed(snapshot.connections));
      counters.add(beside.moved, snapshot.at);
      if (snapshot.network) memory = memoryStateOf(snapshot.network, thresholds);
      const look = snapshot.connections;
      if (!look) return;
      dropped = false;
      if (!look.followedOnly) [earlierAt, allAt] = [allAt, snapshot.at];
      // A dump may miss a socket that is there: from outside, gone is what two in a row have not shown.
      const presentSince = around.outside ? earlierAt : allAt;
      const ports = new Set(snapshot.listeners.map(({ port }) => port));
      forget(snapshot.at, look.pauseMs ?? 0);
      peers.add(look, snapshot.at);
      const moved = counters.sum();
      // A look at few says nothing about the others: for them the last look at all holds.
      if (!look.followedOnly)
        for (const followed of sockets.values()) if (followed.watch.lastAt < presentSince) followed.verdicts = [];
      const late: ConnectionReading[] = [];
      for (const reading of look.rows) {
        const followed = follow(reading, snapshot.at);
        if (!followed) continue;
        if (followed.watch.step?.synRepeats !== undefined) late.push(reading);
        if (reading.state === "SYN-SENT" && (reading.tcp?.retransmits ?? 0) > 0)
          peers.repeated(peerOf(reading), snapshot.at);
        dropped ||= reading.transport === "tcp" && (followed.watch.step?.drops ?? 0) > 0;
        followed.isServer = isServer(reading, ports);
        followed.verdicts = judge(followed, aroundOf(followed.watch, look, moved, beside), socketRules);
      }
      // Only now: a connection that came about says nothing about itself.
      for (const reading of late) peers.opened(peerOf(reading), snapshot.at);
      const judged: Judged[] = [
        ...failures(look, peers, snapshot.at, thresholds),
        ...requestsReset.judge(snapshot, moved, thresholds),
      ];
      const noticed = [...sockets.values()].filter(({ watch }) => watch.lastAt >= presentSince);
      for (const { watch, verdicts, isServer: side } of noticed)
        for (const verdict of verdicts)
          if (!verdict.isYoung) judged.push({ verdict, reading: watch.last, isServer: side });
      groups.report(judged, around, patient(thresholds, look), lifecycle);
      wanted = wantedOf(noticed, new Set(wanted.sockets), snapshot.at);
    },
    // A socket's own drops mean nothing without the counters that say why.
    wants: () => ({ counters: dropped, ...wanted }),
  };
};
