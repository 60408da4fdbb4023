// Two passes over the own sockets, a part at each look where there are too many for the time they may take: the scan
// for memory in use, which is to find trouble within an interval, and the slower census of states.
import { readSockets } from "../../kernel/sockets.js";
import { createColumns } from "../../kernel/socket-columns.js";
import { SocketTable } from "../../kernel/socket-table.js";
import type { CensusReading } from "../../snapshot/connection.js";
import { createHistogram, rttBounds } from "../../snapshot/histogram.js";
import { tcpStates } from "../../snapshot/tcp-state.js";
import type { OwnSocket } from "./own-sockets.js";
import { isInUse, isMoving, isOdd } from "./worth.js";

export interface Passes {
  /** Notes whose memory is in use, of `most` sockets. Returns how many were read: all but in a very large process. */
  scan(sockets: readonly OwnSocket[], most: number): number;
  /** How many of the last scan held nothing. */
  readonly empty: number;
  /**
   * Notes states; what is seldom seen, and some of what moves much, is shown until `shownUntil`. Those whose state is not
   * known yet come first. Returns how many sockets were read.
   */
  census(sockets: readonly OwnSocket[], most: number, shownUntil: number): number;
  /** What all of them told. */
  readonly told: CensusReading;
}

/** A table of this many rows is what the passes need of memory at most: 0.8 MB. */
const chunkSize = 1024;

/** Connections that only move bytes are shown as examples: so many at a pass. */
const movingAtMost = 32;

const counted = [
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
  const fds = new Int32Array(chunkSize);
  const memory = createColumns({ memInfo: ["rmemAlloc", "wmemQueued"] });
  const states = createColumns({ tcpInfo: counted });
  const rtt = createHistogram(rttBounds);
  let retransmits = 0;
  let empty = 0;
  const scanRound: Round = { next: 0 };
  const censusRound: Round = { next: 0 };
  let moving = 0;

  const load = (sockets: readonly OwnSocket[]): Int32Array => {
    for (let i = 0; i < sockets.length; i += 1) fds[i] = sockets[i]!.fd;
    return fds.subarray(0, sockets.length);
  };
  const scanChunk = (sockets: readonly OwnSocket[]): void => {
    readSockets(load(sockets), { readings: ["memInfo"], into: table });
    table.readColumns(memory);
    const columns = memory.memInfo;
    sockets.forEach((socket, i) => {
      socket.heldLooks = isInUse(columns, i) ? socket.heldLooks + 1 : 0;
      if (socket.heldLooks === 0) empty += 1;
    });
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
  const countChunk = (sockets: readonly OwnSocket[], shownUntil: number): void => {
    readSockets(load(sockets), { readings: ["tcpInfo"], into: table });
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
    });
  };
  /** Goes on round the sockets, in chunks, with at most so many. How many. */
  const goRound = (
    round: Round,
    sockets: readonly OwnSocket[],
    size: number,
    most: number,
    take: (chunk: readonly OwnSocket[]) => void,
  ): number => {
    const room = Math.min(sockets.length, most);
    let met = 0;
    while (met < room) {
      if (round.next >= sockets.length) round.next = 0;
      const chunk = sockets.slice(round.next, round.next + Math.min(size, room - met));
      take(chunk);
      met += chunk.length;
      round.next += chunk.length;
    }
    return met;
  };

  return {
    scan(sockets, most) {
      empty = 0;
      return goRound(scanRound, sockets, chunkSize, most, scanChunk);
    },
    get empty() {
      return empty;
    },
    get told() {
      return { rtt: rtt.read(), retransmits };
    },
    census(sockets, most, shownUntil) {
      moving = 0;
      const fresh = sockets.filter(({ state }) => state === undefined).slice(0, chunkSize);
      if (fresh.length > 0) countChunk(fresh, shownUntil);
      const met = goRound(censusRound, sockets, chunkSize, most, (chunk) => countChunk(chunk, shownUntil));
      return fresh.length + met;
    },
  };
};
