// Connections that no process holds yet: in an accept queue (handshake complete, not accepted) or half-open.
// In sock_diag(7) the former have inode 0 and the listener's port; an orphan has inode 0 too, but other states.
// Each family is a walk of the namespace's whole table (about 0.15 µs a socket in it): not for every tick.
import type { WaitingConnection, WaitingReading } from "../snapshot/snapshot.js";
import { stateMask, type TcpState } from "../snapshot/tcp-state.js";
import { portFilter } from "./diag-filter.js";
import { bothFamilies, type Family, familyNumbers, reasonOf } from "./diag-rows.js";
import { type DiagAttribute, encodeInetRequest, InetDiagSocket, IPPROTO_TCP } from "./inet-diag.js";
import { dumpAgain, type Link, readBytes } from "./netlink.js";

const buffer = new Uint8Array(readBytes);

// Each socket of these states with one of these local ports, once; returns whether some may be missing.
function each(
  link: Link,
  query: { ports: readonly number[]; families: readonly Family[]; states: readonly TcpState[]; info: boolean },
  take: (socket: InetDiagSocket) => void,
): boolean {
  const attributes: DiagAttribute[] = query.info ? ["info"] : [];
  let partial = false;
  for (const family of query.families) {
    const request = encodeInetRequest({
      family: familyNumbers[family],
      protocol: IPPROTO_TCP,
      states: stateMask(query.states),
      attributes,
      bytecode: portFilter(query.ports),
    });
    const outcome = dumpAgain(
      link,
      request,
      () => buffer,
      () => (view, start, end) => {
        if (InetDiagSocket.fits(start, end)) take(new InetDiagSocket(view, start, end));
      },
    );
    partial ||= reasonOf(outcome) !== undefined;
  }
  return partial;
}

// `tcpi_last_data_sent` of a socket that has sent nothing counts from its creation (tcp_create_openreq_child).
// A FIN counts as a byte of rqueue.
function waitingConnection(socket: InetDiagSocket): WaitingConnection | undefined {
  const { state, inode } = socket;
  const ageMs = socket.tcpInfo?.lastDataSentMs;
  if (inode !== 0 || ageMs === undefined || (state !== "ESTAB" && state !== "CLOSE-WAIT")) return undefined;
  const closed = state === "CLOSE-WAIT";
  return {
    cookie: socket.cookie,
    ageMs,
    state: closed ? "CLOSE_WAIT" : "ESTAB",
    recvQBytes: Math.max(0, socket.rqueue - (closed ? 1 : 0)),
  };
}

/** Who waits in the accept queues behind `ports`, by port; every port asked for has an entry. */
export function diagWaiting(
  link: Link,
  ports: readonly number[],
  families: readonly Family[] = bothFamilies,
): Map<number, WaitingReading> {
  const found = new Map(ports.map((port) => [port, new Map<bigint, WaitingConnection>()]));
  const partial =
    ports.length > 0 &&
    each(link, { ports, families, states: ["ESTAB", "CLOSE-WAIT"], info: true }, (socket) => {
      const connection = waitingConnection(socket);
      if (connection) found.get(socket.localPort)?.set(connection.cookie, connection);
    });
  return new Map([...found].map(([port, waiting]) => [port, { connections: [...waiting.values()], partial }]));
}

/** Half-open connections (SYN-RECV) by port; a port that is missing was not counted: the answer was cut short. */
export function diagSynRecv(
  link: Link,
  ports: readonly number[],
  families: readonly Family[] = bothFamilies,
): Map<number, number> {
  const counts = new Map(ports.map((port) => [port, 0]));
  if (ports.length === 0) return counts;
  const seen = new Set<bigint>();
  const partial = each(link, { ports, families, states: ["SYN-RECV"], info: false }, (socket) => {
    if (seen.has(socket.cookie)) return;
    seen.add(socket.cookie);
    counts.set(socket.localPort, (counts.get(socket.localPort) ?? 0) + 1);
  });
  return partial ? new Map() : counts;
}
