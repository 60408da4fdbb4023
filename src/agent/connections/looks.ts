// The process's own connections as one reading: how many there are by state, and rows of those worth a closer look.
//
// The trade. SO_MEMINFO of every socket is read at every interval, so that whatever holds bytes shows within an
// interval, with 15,000 connections too: 0.5 µs each, 1 µs where so many share a cache and two cores with others, about
// 1 % of a core. Nothing that was tried is cheaper: SIOCINQ and SIOCOUTQ cost as much each and miss what stands behind a
// gap, TCP_INFO half as much again, a dump by sock_diag 1 µs for each socket of the namespace. With more than
// `scannedAtMost` sockets the scan goes round in parts, and `read` is less than `total`. States are read in turn and
// may be some seconds old where there are thousands: nothing that only a state tells is urgent. An object is made only of what is worth one (some 10 µs
// each with its explanation): of more than `rowsAtMost`, those that have held bytes for longest.
import type { Diag } from "../../kernel/diag.js";
import { threadCpuMs } from "../../kernel/loops.js";
import { readSockets } from "../../kernel/sockets.js";
import { SocketTable } from "../../kernel/socket-table.js";
import { readSysctl } from "../../kernel/sysctl.js";
import type { ConnectionReading, ConnectionsReading, NodeSide } from "../../snapshot/connection.js";
import type { Counters, ListenerReading, LoopReading, SelfReading } from "../../snapshot/snapshot.js";
import type { NodeAnswer } from "../messages.js";
import { createBudget } from "../pace.js";
import { createCloses } from "./closes.js";
import { choose } from "./choose.js";
import { isUnaccepted } from "../../explain/connections/figures.js";
import { createDestinations } from "../outgoing/destinations.js";
import { readPeers } from "../outgoing/peers.js";
import { createNodeAnswers } from "./node-answers.js";
import { createOtherSockets } from "./other-sockets.js";
import type { OwnSocket, OwnSockets } from "./own-sockets.js";
import { createPasses, listOf, type SocketList } from "./passes.js";
import { placesOf } from "./place.js";
import { closeReadings, connectionOf, type Place, withTimer } from "./reading.js";

export interface ConnectionLookRequest {
  /** Monotonic ms. */
  readonly at: number;
  readonly listeners: readonly ListenerReading[];
  readonly loops: readonly LoopReading[];
  /** Of this look, where they were read. */
  readonly counters: Counters | undefined;
  /** Cookies that the explainer wants followed. */
  readonly followed: readonly bigint[];
}

export interface ConnectionLooks {
  /** All of them, at the reporting interval. */
  look(request: ConnectionLookRequest): ConnectionsReading;
  /** Only the followed ones, between two intervals; `undefined`: none, or they cost too much to be read again now. */
  follow(request: ConnectionLookRequest): ConnectionsReading | undefined;
  /** What the main thread said of some of them; goes into the rows of the next look. */
  answered(answers: readonly NodeAnswer[], at: number): void;
  /** UDP sockets that take datagrams, as of the last look. */
  readonly datagramSockets: number;
  /** States of connections read one after the other, so far. */
  readonly counted: number;
  /** What all this has cost. */
  readonly cost: Omit<SelfReading, "answersMs">;
  close(): void;
}

/** Trouble is shown for this long after it has ended. */
const shownMs = 3000;
/** Sockets that a second's passes may read. */
const scannedAtMost = 16_384;
const countedAtMost = 1024;
const followShare = 0.005;
const settingsMs = 10_000;

export const createConnectionLooks = (own: OwnSockets, diag: Diag | undefined, intervalMs: number): ConnectionLooks => {
  const others = createOtherSockets();
  const fillDestinations = createDestinations(diag);
  const passes = createPasses();
  const part = Math.min(1, intervalMs / 1000);
  const answers = createNodeAnswers();
  const closes = createCloses(diag);
  const table = new SocketTable(64);
  const budget = createBudget(followShare);
  let lookedAt = Number.NEGATIVE_INFINITY;
  let last: Omit<ConnectionsReading, "rows"> | undefined;
  let settingsAt = Number.NEGATIVE_INFINITY;
  let tcpRetries2: number | undefined;
  let [connectionsMs, socketsRead] = [0, 0];
  let listed = { all: own.all, tcp: listOf([]) };

  /** Taken anew where one came or went. */
  const tcpNow = (): SocketList => {
    const { all } = own;
    if (listed.all !== all) listed = { all, tcp: listOf(all.filter(({ transport }) => transport === "tcp")) };
    return listed.tcp;
  };
  const nodeOf = ({ cookie }: OwnSocket, at: number): NodeSide | undefined => answers.take(cookie, at);
  const read = (
    chosen: readonly OwnSocket[],
    at: number,
    placeOf: (socket: OwnSocket) => Place,
  ): ConnectionReading[] => {
    const fds = Int32Array.from(chosen, ({ fd }) => fd);
    const readings = readSockets(fds, { readings: closeReadings, into: table });
    socketsRead += readings.length;
    const rows: ConnectionReading[] = [];
    for (const [i, socket] of chosen.entries()) {
      const reading = i < readings.length ? connectionOf(socket, readings.row(i), placeOf(socket)) : undefined;
      if (!reading) {
        own.forget(socket);
        continue;
      }
      socket.state = reading.state;
      if (socket.heldLooks > 1) socket.shownUntil = at + shownMs;
      const node = nodeOf(socket, at);
      rows.push(node ? { ...reading, node } : reading);
    }
    return rows;
  };
  const withTimers = (
    rows: readonly ConnectionReading[],
    followed: readonly bigint[],
  ): readonly ConnectionReading[] => {
    if (!diag || followed.length === 0) return rows;
    const wanted = new Set(followed);
    return rows.map((row) => (wanted.has(row.cookie) ? withTimer(row, diag) : row));
  };
  /** Adds up what it takes. */
  const measured = <Result>(run: () => Result): Result => {
    const began = threadCpuMs();
    try {
      return run();
    } finally {
      connectionsMs += threadCpuMs() - began;
    }
  };
  const lookAtAll = ({ at, listeners, loops, counters, followed }: ConnectionLookRequest): ConnectionsReading => {
    // The last readings of those that closed are from before this look's passes.
    const closed = closes.look(at, listeners, counters, own.find);
    if (at - settingsAt >= settingsMs) {
      tcpRetries2 = readSysctl("net.ipv4.tcp_retries2")?.[0];
      settingsAt = at;
    }
    const tcp = tcpNow();
    const { sockets } = tcp;
    const scanned = passes.scan(tcp, Math.ceil(scannedAtMost * part));
    socketsRead += scanned + passes.census(tcp, Math.ceil(countedAtMost * part), at + shownMs);
    const callers = sockets.filter(({ state }) => state === "SYN-SENT");
    fillDestinations(callers, at);
    const placeOf = placesOf(listeners, loops);
    const chosen = choose(sockets, at);
    const rows = withTimers(read(chosen, at, placeOf), followed);
    const waiting = [...callers, ...rows.flatMap((row) => (isUnaccepted(row) ? (own.get(row.cookie) ?? []) : []))];
    const peers = waiting.length > 0 ? readPeers(waiting, sockets, lookedAt, diag) : undefined;
    lookedAt = at;
    const other = others.look(own.all, at, placeOf, (socket) => nodeOf(socket, at));
    last = {
      counts: { ...countsOf(sockets, own.unread), udp: other.udp, unix: other.unix },
      read: scanned + other.read,
      total: own.all.length + own.unread,
      tcpRetries2,
    };
    const empty = Math.max(0, passes.empty - chosen.filter(({ heldLooks }) => heldLooks === 0).length);
    return { rows: [...rows, ...other.rows], ...last, peers, closed, empty, census: passes.told };
  };

  return {
    look: (request) => measured(() => lookAtAll(request)),
    follow: ({ at, listeners, loops, followed }) => {
      const known = last;
      const sockets = followed.flatMap((cookie) => own.get(cookie) ?? []);
      if (!known || sockets.length === 0 || !budget.isDue(at, 0)) return undefined;
      return budget.spend(at, () =>
        measured(() => {
          const placeOf = placesOf(listeners, loops);
          const tcp = sockets.filter(({ transport }) => transport === "tcp");
          const other = sockets.filter(({ transport }) => transport !== "tcp");
          const rows = [
            ...withTimers(read(tcp, at, placeOf), followed),
            ...others.read(other, placeOf, (socket) => nodeOf(socket, at)),
          ];
          return { ...known, followedOnly: true, rows, read: rows.length };
        }),
      );
    },
    answered: answers.add,
    close: closes.close,
    get datagramSockets() {
      return last?.counts.udp ?? 0;
    },
    get counted() {
      return passes.counted;
    },
    get cost() {
      return { connectionsMs: connectionsMs + own.walksMs, socketsRead };
    },
  };
};

/** By state as last read; what has not been read yet is counted as that. */
const countsOf = (sockets: readonly OwnSocket[], unread: number): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = unread > 0 ? { unread } : {};
  for (const { state = "unread" } of sockets) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
};
