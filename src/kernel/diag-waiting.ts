// Connections that no process holds yet: in an accept queue (handshake complete, not accepted) or half-open.
// In sock_diag(7) the former have inode 0 and the listener's port; an orphan has inode 0 too, but other states.
// A walk of the namespace's whole table (about 0.15 µs a socket in it): not for every tick.
import type { WaitingConnection, WaitingReading } from "../snapshot/snapshot.js";
import { stateMask } from "../snapshot/tcp-state.js";
import { portFilter } from "./diag-filter.js";
import { reasonOf } from "./netlink-rows.js";
import { InetDiagSocket } from "./inet-diag.js";
import { type Family, type InetQuery, inetRequests } from "./inet-request.js";
import { answerRoom, dumpAgain, type Link } from "./netlink.js";

const waitingStates = stateMask(["ESTAB", "CLOSE-WAIT"]);
const halfOpenStates = stateMask(["SYN-RECV"]);

// Each socket of these states with one of these local ports; returns whether some may be missing.
function each(link: Link, query: InetQuery, take: (socket: InetDiagSocket) => void): boolean {
  let partial = false;
  for (const request of inetRequests(query)) {
    const outcome = dumpAgain(link, request, answerRoom, () => (view, start, end) => {
      if (InetDiagSocket.fits(start, end)) take(new InetDiagSocket(view, start, end));
    });
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
    family: socket.family,
    ageMs,
    state: closed ? "CLOSE_WAIT" : "ESTAB",
    recvQBytes: Math.max(0, socket.rqueue - (closed ? 1 : 0)),
  };
}

/** Who waits in the accept queues behind `ports`, by port; every port asked for has an entry. */
export function diagWaiting(link: Link, ports: readonly number[], family?: Family): Map<number, WaitingReading> {
  const found = new Map(ports.map((port) => [port, new Map<bigint, WaitingConnection>()]));
  const query = { family, states: waitingStates, attributes: ["info"], bytecode: portFilter(ports) } as const;
  const partial =
    ports.length > 0 &&
    each(link, query, (socket) => {
      const connection = waitingConnection(socket);
      if (connection) found.get(socket.localPort)?.set(connection.cookie, connection);
    });
  return new Map([...found].map(([port, waiting]) => [port, { connections: [...waiting.values()], partial }]));
}

/** Half-open connections (SYN-RECV) by port; empty: they were not counted, the answer was cut short. */
export function diagSynRecv(link: Link, ports: readonly number[], family?: Family): Map<number, number> {
  const counts = new Map(ports.map((port) => [port, 0]));
  const seen = new Set<bigint>();
  const query = { family, states: halfOpenStates, attributes: [], bytecode: portFilter(ports) } as const;
  const partial =
    ports.length > 0 &&
    each(link, query, ({ cookie, localPort }) => {
      if (!seen.has(cookie)) counts.set(localPort, (counts.get(localPort) ?? 0) + 1);
      seen.add(cookie);
    });
  return partial ? new Map() : counts;
}
