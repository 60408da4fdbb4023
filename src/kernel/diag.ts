// sock_diag(7): what descriptors cannot show, of the own or another process's network namespace.
// All calls are synchronous: big dumps belong into a worker thread.
import type { NetlinkSocket } from "../binding.js";
import type { WaitingReading } from "../snapshot/snapshot.js";
import { diagDump, diagEach, diagGet, diagParts, type DumpFilter } from "./diag-dump.js";
import { type DiagListener, diagListeners, diagUnixListener, diagUnixListeners } from "./diag-listeners.js";
import type { Rows } from "./netlink-rows.js";
import { diagSynRecv, diagWaiting } from "./diag-waiting.js";
import type { InetDiagSocket } from "./inet-diag.js";
import type { Family, SocketId } from "./inet-request.js";
import { NETLINK_SOCK_DIAG, openNetlink } from "./netlink-socket.js";
import type { SocketDump } from "./socket-dump.js";
import type { SocketPart } from "./socket-part.js";
import type { DiagUnixListener } from "./unix-diag.js";

export interface OpenDiagOptions {
  /** Look into the network namespace of this process (needs CAP_SYS_ADMIN there). Default: the own. */
  readonly pid?: number | undefined;
}

/** An open sock_diag socket. Nothing throws but a wrong address; answers that are not whole are `partial`. */
export interface Diag {
  /** All TCP listeners, both families, each SO_REUSEPORT member; cost does not depend on connections. */
  listeners(): Rows<DiagListener>;
  unixListeners(): Rows<DiagUnixListener>;
  /** The listening unix socket with this inode. */
  unixListener(inode: number): DiagUnixListener | undefined;
  /** Who waits in the accept queues behind these ports: not accepted yet, with age and state. */
  waiting(ports: readonly number[], family?: Family): Map<number, WaitingReading>;
  /** Half-open connections (SYN-RECV) by port; empty if the answer was cut short. */
  synRecv(ports: readonly number[], family?: Family): Map<number, number>;
  /** Any sockets, raw in memory, decoded on access, each cookie once. */
  dump(filter?: DumpFilter): SocketDump;
  /**
   * The same, one by one in constant memory; a view is good until `take` returns, and `take` must not ask this Diag.
   * Returns why the answer is not whole; `undefined`: it is.
   */
  each(filter: DumpFilter, take: (socket: InetDiagSocket) => void): string | undefined;
  /**
   * The same, part by part: about 70 sockets at once, as columns or views that are good until `take` returns. The
   * quickest way through many sockets: nothing is allocated for one.
   */
  parts(filter: DumpFilter, take: (part: SocketPart) => void): string | undefined;
  /** One TCP socket by its addresses (no remote one: a listener), 2 to 4 µs. */
  get(id: SocketId): InetDiagSocket | undefined;
  close(): void;
}

function diagOver(link: NetlinkSocket): Diag {
  return {
    listeners: () => diagListeners(link),
    unixListeners: () => diagUnixListeners(link),
    unixListener: (inode) => diagUnixListener(link, inode),
    waiting: (ports, family) => diagWaiting(link, ports, family),
    synRecv: (ports, family) => diagSynRecv(link, ports, family),
    dump: (filter) => diagDump(link, filter),
    each: (filter, take) => diagEach(link, filter, take),
    parts: (filter, take) => diagParts(link, filter, take),
    get: (id) => diagGet(link, id),
    close: () => link.close(),
  };
}

/** Like `openDiag`, with the reason where it fails: a value, not thrown. */
export function connectDiag(options: OpenDiagOptions = {}): Diag | Error {
  const link = openNetlink(NETLINK_SOCK_DIAG, options.pid);
  return link instanceof Error ? link : diagOver(link);
}

/** Opens a sock_diag socket; `undefined` where there is none (`connectDiag` says why). Close it when done. */
export function openDiag(options: OpenDiagOptions = {}): Diag | undefined {
  const diag = connectDiag(options);
  return diag instanceof Error ? undefined : diag;
}

let shared: Diag | undefined;
/** One for all calls of this thread that need none of their own; stays open. */
export function sharedDiag(): Diag | undefined {
  shared ??= openDiag();
  return shared;
}

/** Sockets of the own network namespace. `undefined`: sock_diag cannot be reached (`support()` says why). */
export function dumpSockets(filter: DumpFilter = {}): SocketDump | undefined {
  return sharedDiag()?.dump(filter);
}
