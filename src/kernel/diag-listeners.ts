// Listening sockets of a network namespace by sock_diag(7). LISTEN alone in the mask spares the kernel the walk
// of all connections: about 20 µs whatever their number (net/ipv4/inet_diag.c inet_diag_dump_icsk).
import { stateMask } from "../snapshot/tcp-state.js";
import { reasonOf, type Rows } from "./netlink-rows.js";
import { InetDiagSocket } from "./inet-diag.js";
import { type Family, inetRequests } from "./inet-request.js";
import { answerRoom, dumpAgain, exchange, type Link, type Request } from "./netlink.js";
import { type DiagUnixListener, encodeUnixRequest, parseUnixListener } from "./unix-diag.js";

/** A TCP listener. SO_REUSEPORT members are rows of their own; a dual-stack listener is one ipv6 row. */
export interface DiagListener {
  readonly cookie: bigint;
  readonly inode: number;
  readonly uid: number;
  readonly family: Family;
  /** Of an ipv6 listener: takes no IPv4 connections. */
  readonly v6only?: boolean | undefined;
  readonly address: string;
  readonly port: number;
  /** Connections in the accept queue now. */
  readonly length: number;
  /** The limit as the kernel holds it; limit + 1 connections fit. */
  readonly limit: number;
  /** Segments dropped at this listener since it exists; 32 bits that wrap. */
  readonly drops?: number | undefined;
}

/** Total: `undefined` for what is no listener. */
export function parseDiagListener(view: DataView, start: number, end: number): DiagListener | undefined {
  if (!InetDiagSocket.fits(start, end)) return undefined;
  const socket = new InetDiagSocket(view, start, end);
  if (socket.state !== "LISTEN") return undefined;
  return {
    cookie: socket.cookie,
    inode: socket.inode,
    uid: socket.uid,
    family: socket.family,
    v6only: socket.family === "ipv6" ? socket.v6only : undefined,
    address: socket.localAddress,
    port: socket.localPort,
    length: socket.rqueue,
    limit: socket.wqueue,
    drops: socket.memInfo?.drops,
  };
}

function collect<Row extends { readonly cookie: bigint }>(
  link: Link,
  requests: readonly Request[],
  parse: (view: DataView, start: number, end: number) => Row | undefined,
): Rows<Row> {
  const found = new Map<bigint, Row>();
  let reason: string | undefined;
  for (const request of requests) {
    let part = new Map<bigint, Row>();
    const outcome = dumpAgain(link, request, answerRoom, () => {
      part = new Map();
      return (view, start, end) => {
        const row = parse(view, start, end);
        if (row) part.set(row.cookie, row);
      };
    });
    for (const [cookie, row] of part) found.set(cookie, row);
    reason ??= reasonOf(outcome);
  }
  return { rows: [...found.values()], partial: reason !== undefined, reason };
}

const listenerRequests = inetRequests({ states: stateMask(["LISTEN"]), attributes: ["memInfo"] });

/** All TCP listeners of the namespace, both families. */
export function diagListeners(link: Link): Rows<DiagListener> {
  return collect(link, listenerRequests, parseDiagListener);
}

/** All listening unix sockets of the namespace. The kernel counts no drops for them. */
export function diagUnixListeners(link: Link): Rows<DiagUnixListener> {
  return collect(link, [encodeUnixRequest()], parseUnixListener);
}

/** The listening unix socket with this inode; `undefined`: there is none. */
export function diagUnixListener(link: Link, inode: number): DiagUnixListener | undefined {
  let found: DiagUnixListener | undefined;
  exchange(link, encodeUnixRequest(inode), false, answerRoom, (view, start, end) => {
    found = parseUnixListener(view, start, end);
  });
  return found;
}
