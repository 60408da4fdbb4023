// The process's own connections as one reading: how many there are by state, and rows of those worth a closer look.
//
// The trade. SO_MEMINFO of every socket is read at every interval (0.5 µs each), so that whatever holds bytes shows
// within an interval, with 15,000 connections too; states are read in turn (1 µs each) and may be some seconds old
// where there are thousands: nothing that only a state tells is urgent. With more sockets than the time allows, the
// scan goes round in parts, and `read` is less than `total`. An object is made only of what is worth one (some 10 µs
// each with its explanation): of more than `rowsAtMost`, those that have held bytes for longest.
import type { Diag } from "../../kernel/diag.js";
import { readSockets } from "../../kernel/sockets.js";
import { SocketTable } from "../../kernel/socket-table.js";
import { readSysctl } from "../../kernel/sysctl.js";
import type { SocketWalk } from "../../kernel/walk.js";
import type { ConnectionReading, ConnectionsReading } from "../../snapshot/connection.js";
import type { Counters, ListenerReading, LoopReading } from "../../snapshot/snapshot.js";
import type { NodeAnswer } from "../messages.js";
import { createCloses } from "./closes.js";
import { createDestinations } from "../outgoing/destinations.js";
import { readPeers } from "../outgoing/peers.js";
import { createNodeAnswers } from "./node-answers.js";
import { createOtherSockets } from "./other-sockets.js";
import { createOwnSockets, type OwnSocket } from "./own-sockets.js";
import { createPasses } from "./passes.js";
import { placesOf } from "./place.js";
import { closeReadings, connectionOf, type Place } from "./reading.js";

export interface ConnectionLooks {
  /** Takes over what a walk of the descriptors found at this moment. */
  found(walk: SocketWalk, at: number): void;
  /** All of them, at the reporting interval; `undefined` before the first walk. */
  look(
    at: number,
    listeners: readonly ListenerReading[],
    loops: readonly LoopReading[],
    counters: Counters | undefined,
  ): ConnectionsReading | undefined;
  /** What the main thread said of some of them; goes into the rows of the next look. */
  answered(answers: readonly NodeAnswer[], at: number): void;
  close(): void;
}

const rowsAtMost = 1024;
/** Of those whose bytes were not there at the look before: nearly all are merely on their way. */
const newRowsAtMost = 256;
/** Trouble is shown for this long after it has ended. */
const shownMs = 3000;
/** How much of an interval the passes may take. */
const scanShare = 0.01;
const censusShare = 0.002;
const settingsMs = 10_000;

export const createConnectionLooks = (
  diag: Diag | undefined,
  intervalMs: number,
  now: () => number,
): ConnectionLooks => {
  const own = createOwnSockets();
  const others = createOtherSockets();
  const fillDestinations = createDestinations(diag, now);
  const passes = createPasses(now);
  const answers = createNodeAnswers();
  const closes = createCloses(diag);
  const table = new SocketTable(64);
  let walked = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let settingsAt = Number.NEGATIVE_INFINITY;
  let tcpRetries2: number | undefined;

  const read = (chosen: readonly OwnSocket[], at: number, placeOf: (socket: OwnSocket) => Place) => {
    const readings = readSockets(
      Int32Array.from(chosen, ({ fd }) => fd),
      { readings: closeReadings, into: table },
    );
    const rows: ConnectionReading[] = [];
    for (const [i, socket] of chosen.entries()) {
      const reading = i < readings.length ? connectionOf(socket, readings.row(i), placeOf(socket)) : undefined;
      if (!reading) {
        own.forget(socket);
        continue;
      }
      socket.state = reading.state;
      if (socket.heldLooks > 1) socket.shownUntil = at + shownMs;
      const node = answers.take(socket.cookie, at);
      rows.push(node ? { ...reading, node } : reading);
    }
    return rows;
  };

  return {
    answered: answers.add,
    found(walk, at) {
      walked = true;
      own.found(walk, at);
      others.found(walk);
    },
    close: closes.close,
    look(at, listeners, loops, counters) {
      // The last readings of those that closed are from before this look's passes.
      const closed = closes.look(at, listeners, counters, own.find);
      if (!walked) return undefined;
      if (at - settingsAt >= settingsMs) {
        tcpRetries2 = readSysctl("net.ipv4.tcp_retries2")?.[0];
        settingsAt = at;
      }
      const tcp = own.all.length;
      const scanned = passes.scan(own.all, scanShare * intervalMs);
      passes.census(own.all, censusShare * intervalMs, at + shownMs);
      const callers = own.all.filter(({ state }) => state === "SYN-SENT");
      fillDestinations(callers, at);
      const placeOf = placesOf(listeners, loops);
      const rows = read(choose(own.all, at), at, placeOf);
      const peers = callers.length > 0 ? readPeers(callers, own.all, lookedAt, diag) : undefined;
      lookedAt = at;
      const other = others.look(at, placeOf);
      return {
        rows: [...rows, ...other.rows],
        counts: { ...countsOf(own.all), udp: other.udp, unix: other.unix },
        read: scanned + other.read,
        total: tcp + other.udp + other.unix,
        tcpRetries2,
        peers,
        closed,
      };
    },
  };
};

/** Those in trouble lately and those that hold bytes, the longest first. */
export const choose = (sockets: readonly OwnSocket[], at: number): readonly OwnSocket[] => {
  const shown = sockets.filter(({ shownUntil, heldLooks }) => shownUntil > at || heldLooks > 1);
  const fresh = sockets.filter(({ shownUntil, heldLooks }) => shownUntil <= at && heldLooks === 1);
  const chosen = [...shown, ...fresh.slice(0, newRowsAtMost)];
  if (chosen.length <= rowsAtMost) return chosen;
  return chosen.toSorted((a, b) => b.heldLooks - a.heldLooks).slice(0, rowsAtMost);
};

/** By state as last read; those not read yet are counted as such. */
const countsOf = (sockets: readonly OwnSocket[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { state = "unread" } of sockets) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
};
