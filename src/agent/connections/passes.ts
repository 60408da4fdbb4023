// Two passes over the own sockets, a part at each look where there are too many for the time they may take: the scan
// for memory in use, which is to find trouble within an interval, and the slower census of states.
import { findInUse, readSockets } from "../../kernel/sockets.js";
import { createColumns } from "../../kernel/socket-columns.js";
import { SocketTable } from "../../kernel/socket-table.js";
import type { CensusReading } from "../../snapshot/connection.js";
import { createHistogram, rttBounds } from "../../snapshot/histogram.js";
import { tcpStates } from "../../snapshot/tcp-state.js";
import type { OwnSocket } from "./own-sockets.js";
import { isMoving, isOdd } from "./worth.js";

/** Sockets and, in the same order, the descriptors that lead to them. */
export interface SocketList {
  readonly sockets: readonly OwnSocket[];
  readonly fds: Int32Array;
}

export const listOf = (sockets: readonly OwnSocket[]): SocketList => ({
  sockets,
  fds: Int32Array.from(sockets, ({ fd }) => fd),
});

export interface Passes {
  /** Notes whose memory is in use, of `most` sockets. Returns how many were read: all but in a very large process. */
  scan(list: SocketList, most: number): number;
  /** How many of the last scan held nothing. */
  readonly empty: number;
  /**
   * Notes states; what is seldom seen, and some of what moves much, is shown until `shownUntil`. Those whose state is not
   * known yet come first; while none is like that, so many that all are met within some looks. Returns how many sockets
   * were read.
   */
  census(list: SocketList, most: number, shownUntil: number): number;
  /** States read one after the other, so far. */
  readonly counted: number;
  /** What all of them told. */
  readonly told: CensusReading;
}

/** A table of this many rows is what the passes need of memory at most: 0.8 MB. */
const chunkSize = 1024;

/** Where all connections are quiet, all are counted within so many looks, unless there are few of them. */
const calmLooks = 4;
const calmAtLeast = 256;

/** Connections that only move bytes are shown as examples: so many at a pass. */
const movingAtMost = 32;

const columnsCounted = [
  "state",
  "probes",
  "backoff",
  "dataSegsIn",
  "bytesReceived",
  "bytesAcked",
  "rttMicros",
  "totalRetrans",
] as const;

/** NaN: a kernel that does not tell it. */
const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);

/** How far a pass has come. */
interface Round {
  next: number;
}

export const createPasses = (): Passes => {
  const table = new SocketTable(0);
  const inUse = new Int32Array(chunkSize);
  const states = createColumns({ tcpInfo: columnsCounted });
  const rtt = createHistogram(rttBounds);
  let retransmits = 0;
  let empty = 0;
  const scanRound: Round = { next: 0 };
  const censusRound: Round = { next: 0 };
  let counted = 0;
  let moving = 0;
  /** The last census met only quiet ones. */
  let isCalm = true;

  const scanChunk = ({ sockets, fds }: SocketList): void => {
    const found = findInUse(fds, inUse);
    let next = 0;
    for (let i = 0; i < sockets.length; i += 1) {
      const isHeld = next < found && inUse[next] === i;
      if (isHeld) next += 1;
      sockets[i]!.heldLooks = isHeld ? sockets[i]!.heldLooks + 1 : 0;
    }
    empty += sockets.length - found;
  };
  const tell = (socket: OwnSocket, rttMicros: number, totalRetrans: number | undefined): void => {
    // 0: nothing was measured yet.
    if (socket.state === "ESTAB" && rttMicros > 0) rtt.add(rttMicros / 1e6);
    if (totalRetrans === undefined) return;
    // What was there before the observer counts from then on.
    const before = socket.retransmits ?? (socket.foundAt === undefined ? totalRetrans : 0);
    retransmits += Math.max(0, totalRetrans - before);
    socket.retransmits = totalRetrans;
  };
  const countChunk = ({ sockets, fds }: SocketList, shownUntil: number): void => {
    readSockets(fds, { readings: ["tcpInfo"], into: table });
    table.readColumns(states);
    const columns = states.tcpInfo;
    sockets.forEach((socket, i) => {
      const number = columns.state[i]!;
      if (Number.isNaN(number)) return;
      socket.state = tcpStates[number];
      tell(socket, columns.rttMicros[i]!, known(columns.totalRetrans[i]!));
      // With nothing in its queues, what was received has been read.
      const [dataSegsIn, bytesReceived] = [known(columns.dataSegsIn[i]!), known(columns.bytesReceived[i]!)];
      if (socket.heldLooks === 0 && dataSegsIn !== socket.arrived?.dataSegsIn)
        socket.arrived = { dataSegsIn, bytesReceived };
      const moved =
        columns.bytesReceived[i]! - (socket.bytesReceived ?? 0) + columns.bytesAcked[i]! - (socket.bytesAcked ?? 0);
      socket.bytesReceived = bytesReceived;
      socket.bytesAcked = known(columns.bytesAcked[i]!);
      if (isMoving(moved) && moving < movingAtMost) {
        moving += 1;
        socket.shownUntil = shownUntil;
      }
      if (isOdd(socket.state, columns.probes[i]!, columns.backoff[i]!)) socket.shownUntil = shownUntil;
      if (socket.shownUntil === shownUntil) isCalm = false;
    });
  };
  /** Goes on round the sockets, in chunks, with at most so many. How many. */
  const goRound = (
    round: Round,
    { sockets, fds }: SocketList,
    most: number,
    take: (chunk: SocketList) => void,
  ): number => {
    const room = Math.min(sockets.length, most);
    let met = 0;
    while (met < room) {
      if (round.next >= sockets.length) round.next = 0;
      const end = Math.min(sockets.length, round.next + Math.min(chunkSize, room - met));
      take({ sockets: sockets.slice(round.next, end), fds: fds.subarray(round.next, end) });
      met += end - round.next;
      round.next = end;
    }
    return met;
  };

  return {
    scan(list, most) {
      empty = 0;
      return goRound(scanRound, list, most, scanChunk);
    },
    get empty() {
      return empty;
    },
    get counted() {
      return counted;
    },
    get told() {
      return { rtt: rtt.read(), retransmits };
    },
    census(list, most, shownUntil) {
      const { length } = list.sockets;
      const room = isCalm ? Math.min(most, Math.max(calmAtLeast, Math.ceil(length / calmLooks))) : most;
      moving = 0;
      isCalm = true;
      const fresh = list.sockets.filter(({ state }) => state === undefined).slice(0, chunkSize);
      if (fresh.length > 0) countChunk(listOf(fresh), shownUntil);
      const met = goRound(censusRound, list, room, (chunk) => countChunk(chunk, shownUntil));
      counted += met;
      return fresh.length + met;
    },
  };
};
