// How connections at the process's listening ports ended: the kernel's destroy multicast, read when there is a look
// anyway. What ended in order is only counted.
//
// The trade. Each socket that closes anywhere in the network namespace costs the kernel about 10 µs for whoever listens, so
// nobody listens while many connections come and go: there a request lost now and then would be found at a price that
// every request pays. 250 a second make 0.25 % of a core; servers behind a proxy that keeps connections open are far below.
import type { Diag } from "../../kernel/diag.js";
import { type CloseEvents, openCloseEvents } from "../../kernel/close-events.js";
import { connectionOfDiag } from "../../kernel/connection-reading.js";
import type { InetDiagSocket } from "../../kernel/inet-diag.js";
import type { ArrivedReading, ClosedReading, ClosesReading } from "../../snapshot/connection.js";
import type { CounterName, Counters, ListenerReading } from "../../snapshot/snapshot.js";
import type { OwnSocket } from "./own-sockets.js";
import { createTimewaits } from "./timewaits.js";

export interface Closes {
  /** What ended since the look before; `undefined`: not known here, or not yet. `counters`: of this look. */
  look(
    at: number,
    listeners: readonly Pick<ListenerReading, "port">[],
    counters: Counters | undefined,
    find: (cookie: bigint) => Pick<OwnSocket, "arrived"> | undefined,
  ): ClosesReading | undefined;
  close(): void;
}

const eventsAtMost = 1024;
const rowsAtMost = 64;
/** Connections opened in the namespace, a second: from here nobody listens, below half of it again. */
const busyOpens = 250;
/** The kernel's filter holds so many. */
const portsAtMost = 1000;

const opensOf = ({ ActiveOpens = 0, PassiveOpens = 0 }: Counters): number => ActiveOpens + PassiveOpens;

/** Data segments that came since it was last read although nothing was taken from the peer: refused. */
const isRefusing = ({ tcpInfo }: InetDiagSocket, { dataSegsIn, bytesReceived }: ArrivedReading): boolean =>
  Number(tcpInfo?.bytesReceived) === bytesReceived && tcpInfo?.dataSegsIn !== dataSegsIn;

/** More than a FIN was never read, or data was refused. */
const isOdd = (socket: InetDiagSocket, before: ArrivedReading | undefined): boolean =>
  socket.rqueue > 1 || (before !== undefined && isRefusing(socket, before));

/** We closed, all was acknowledged with the FIN (one byte), and the peer had not closed. */
const isOurs = (socket: InetDiagSocket, before: ArrivedReading | undefined): boolean => {
  const { bytesReceived, bytesSent, bytesAcked } = socket.tcpInfo ?? {};
  return Number(bytesReceived) === before?.bytesReceived && bytesAcked === (bytesSent ?? 0n) + 1n;
};

const readingOf = (socket: InetDiagSocket, before: ArrivedReading | undefined, isUnknown: boolean): ClosedReading => ({
  ...connectionOfDiag(socket),
  pid: process.pid,
  role: "server",
  before,
  estimated: isUnknown || undefined,
});

interface Moved {
  readonly accepted: number;
  readonly resets: number;
}

export const createCloses = (
  diag: Pick<Diag, "get"> | undefined,
  open: typeof openCloseEvents = openCloseEvents,
): Closes => {
  const timewaits = diag && createTimewaits(diag);
  let events: CloseEvents | undefined;
  let isRefused = false;
  let watched = "";
  let lostBefore = 0;
  let counted: { readonly at: number; readonly counters: Counters } | undefined;
  let isBusy = false;

  const stop = (): void => {
    events?.close();
    events = undefined;
  };
  /** What moved in the namespace since the counters were last read; how busy it is. */
  const pace = (at: number, counters: Counters | undefined): Moved => {
    if (!counters) return { accepted: 0, resets: 0 };
    const { at: since, counters: last } = counted ?? { at, counters };
    counted = { at, counters };
    const perSecond = ((opensOf(counters) - opensOf(last)) / Math.max(1, at - since)) * 1000;
    isBusy = perSecond > (isBusy ? busyOpens / 2 : busyOpens);
    const movedBy = (name: CounterName): number => (counters[name] ?? 0) - (last[name] ?? 0);
    return { accepted: movedBy("PassiveOpens"), resets: movedBy("OutRsts") };
  };
  const listen = (ports: readonly number[]): void => {
    const opened = open(ports);
    isRefused = opened instanceof Error;
    if (opened instanceof Error) return;
    events = opened;
    lostBefore = 0;
  };
  const follow = (ports: readonly number[]): void => {
    const names = ports.join();
    const isNew = names !== watched;
    watched = names;
    if (!events && !isRefused) listen(ports);
    else if (isNew && events?.watch(ports)) stop();
  };

  return {
    close: stop,
    look(at, listeners, counters, find) {
      const { accepted, resets } = pace(at, counters);
      const ports = [...new Set(listeners.flatMap(({ port }) => port ?? []))].slice(0, portsAtMost);
      const wasThere = events !== undefined;
      if (ports.length === 0) stop();
      else if (!isBusy) follow(ports);
      if (!events) return isRefused || ports.length === 0 ? undefined : { rows: [], count: 0, lost: accepted };
      const rows: ClosedReading[] = [];
      const unmet: Record<string, number> = {};
      const count = events.read((socket) => {
        // A listener that closed, or one of which nothing is left to be told (SO_LINGER 0).
        if (socket.remotePort === 0) return;
        const own = find(socket.cookie);
        if (!own) unmet[socket.localPort] = (unmet[socket.localPort] ?? 0) + 1;
        if (rows.length >= rowsAtMost) return;
        const before = own?.arrived;
        const isOutOfOrder = isOdd(socket, before);
        if (!isOutOfOrder && !isOurs(socket, before)) return;
        const reading = readingOf(socket, before, own === undefined);
        if (isOutOfOrder) rows.push(reading);
        else timewaits?.add(reading, at);
      }, eventsAtMost);
      const lost = wasThere ? Math.max(0, events.lost - lostBefore) : accepted;
      lostBefore = events.lost;
      // What a rush begins with was heard anyway.
      if (isBusy) stop();
      return { rows: [...rows, ...(timewaits?.gone(at, resets) ?? [])], count, lost, unmet };
    },
  };
};
