// Two passes over the own sockets, a part at each look where there are too many for the time they may take: the scan
// for memory in use, which is to find trouble within an interval, and the slower census of states.
import { readSockets } from "../../kernel/sockets.js";
import { SocketTable } from "../../kernel/socket-table.js";
import { tcpStates } from "../../snapshot/tcp-state.js";
import type { OwnSocket } from "./own-sockets.js";
import { isInUse, isOdd } from "./worth.js";

export interface Passes {
  /** Notes whose memory is in use. Returns how many sockets were read within `ms`; all but in a very large process. */
  scan(sockets: readonly OwnSocket[], ms: number): number;
  /**
   * Notes states; what is seldom seen is shown until `shownUntil`. Those whose state is not known yet come first.
   * Returns how many sockets were read.
   */
  census(sockets: readonly OwnSocket[], ms: number, shownUntil: number): number;
}

/** A table of this many rows is what the passes need of memory: 0.8 MB. */
const chunkSize = 1024;
/** SO_MEMINFO takes 0.5 µs, TCP_INFO takes 1 µs: half a millisecond between two looks at the clock. */
const censusChunk = 256;

/** NaN: a kernel that does not tell it. */
const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);

export const createPasses = (now: () => number): Passes => {
  const table = new SocketTable(chunkSize);
  const fds = new Int32Array(chunkSize);
  const columns = {
    rmemAlloc: new Float64Array(chunkSize),
    wmemQueued: new Float64Array(chunkSize),
    state: new Float64Array(chunkSize),
    probes: new Float64Array(chunkSize),
    backoff: new Float64Array(chunkSize),
    dataSegsIn: new Float64Array(chunkSize),
    bytesReceived: new Float64Array(chunkSize),
  };
  let scannedTo = 0;
  let countedTo = 0;

  const load = (sockets: readonly OwnSocket[]): Int32Array => {
    for (let i = 0; i < sockets.length; i += 1) fds[i] = sockets[i]!.fd;
    return fds.subarray(0, sockets.length);
  };
  const scanChunk = (sockets: readonly OwnSocket[]): void => {
    readSockets(load(sockets), { readings: ["memInfo"], into: table });
    table.memInfoColumn("rmemAlloc", columns.rmemAlloc);
    table.memInfoColumn("wmemQueued", columns.wmemQueued);
    sockets.forEach((socket, i) => {
      socket.heldLooks = isInUse(columns, i) ? socket.heldLooks + 1 : 0;
    });
  };
  const countChunk = (sockets: readonly OwnSocket[], shownUntil: number): void => {
    readSockets(load(sockets), { readings: ["tcpInfo"], into: table });
    table.tcpInfoColumn("state", columns.state);
    table.tcpInfoColumn("probes", columns.probes);
    table.tcpInfoColumn("backoff", columns.backoff);
    table.tcpInfoColumn("dataSegsIn", columns.dataSegsIn);
    table.tcpInfoColumn("bytesReceived", columns.bytesReceived);
    sockets.forEach((socket, i) => {
      const number = columns.state[i]!;
      if (Number.isNaN(number)) return;
      socket.state = tcpStates[number];
      socket.dataSegsIn = known(columns.dataSegsIn[i]!);
      socket.bytesReceived = known(columns.bytesReceived[i]!);
      if (isOdd(socket.state, columns.probes[i]!, columns.backoff[i]!)) socket.shownUntil = shownUntil;
    });
  };
  /** Goes round in chunks from `from` until all were met or the time is used up; at least one chunk. Where it stopped. */
  const round = (
    sockets: readonly OwnSocket[],
    from: number,
    size: number,
    ms: number,
    take: (chunk: readonly OwnSocket[]) => void,
  ): { readonly next: number; readonly met: number } => {
    const end = now() + ms;
    let next = from < sockets.length ? from : 0;
    let met = 0;
    while (met < sockets.length && (met === 0 || now() < end)) {
      const chunk = sockets.slice(next, Math.min(next + size, next + sockets.length - met));
      take(chunk);
      met += chunk.length;
      next = next + chunk.length >= sockets.length ? 0 : next + chunk.length;
    }
    return { next, met };
  };

  return {
    scan(sockets, ms) {
      const { next, met } = round(sockets, scannedTo, chunkSize, ms, scanChunk);
      scannedTo = next;
      return met;
    },
    census(sockets, ms, shownUntil) {
      const fresh = sockets.filter(({ state }) => state === undefined).slice(0, chunkSize);
      if (fresh.length > 0) countChunk(fresh, shownUntil);
      const { next, met } = round(sockets, countedTo, censusChunk, ms, (chunk) => countChunk(chunk, shownUntil));
      countedTo = next;
      return fresh.length + met;
    },
  };
};
