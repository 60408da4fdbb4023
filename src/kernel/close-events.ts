// What TCP sockets were when the kernel let go of them: the destroy multicast of sock_diag(7), kernel net/core/sock_diag.c
// sock_diag_broadcast_destroy, net/core/sock.c __sk_free, filled in by net/ipv4/inet_diag.c inet_diag_handler_get_info.
//
// Needs no capability (NL_CFG_F_NONROOT_RECV). It carries every close of the network namespace and costs the kernel about
// 10 µs each, whoever is interested: worth it only where connections live long. What an event says (6.18):
// - It comes when the last reference goes: with TIME-WAIT (an orderly close of ours: as the peer's ACK of our FIN comes;
//   the small timewait socket that stays has none), with the RST, or with close(2) of what was already over.
// - State is always UNCONN, inode 0, no memory figures; addresses, ports, cookie and tcp_info are whole.
// - `rqueue` is what had arrived and was never read, a FIN counting one. close(2) on that sends RST (TCPAbortOnClose).
// - `wqueue` is what the peer had not acknowledged, a FIN counting one.
// - Data that comes after our FIN is answered with RST (tcp_rcv_state_process, TCPAbortOnData): counted by tcpi_data_segs_in,
//   not by tcpi_bytes_received. Once our FIN was acknowledged it meets the timewait socket: RST, no event (tcp_timewait_state_process).
// - SO_LINGER 0 (tcp_disconnect), and a connect that was refused: remote port, addresses and figures are zeroed.
import { KernelError } from "../errors.js";
import { InetDiagSocket } from "./inet-diag.js";
import { readBytes, SOCK_DIAG_BY_FAMILY } from "./netlink.js";
import { NETLINK_SOCK_DIAG, openNetlink } from "./netlink-socket.js";

/** enum sknetlink_groups, include/uapi/linux/sock_diag.h */
const groups = [1 /* SKNLGRP_INET_TCP_DESTROY */, 3 /* SKNLGRP_INET6_TCP_DESTROY */];

/** The part of the addon's socket that is used; tests put a recorded one in its place. */
export interface EventLink {
  join(group: number): number;
  filter(program: Uint8Array): number;
  receive(into: Uint8Array): number;
  drops(): number;
  close(): void;
}

/** Closed sockets since it was opened. Nothing throws, nothing waits. */
export interface CloseEvents {
  /** From now on only sockets with one of these local ports; 2,000 ports at most. What went wrong, if anything did. */
  watch(ports: readonly number[]): KernelError | undefined;
  /** Hands on the next events, `most` of them at most; a view is good until `take` returns. How many there were. */
  read(take: (socket: InetDiagSocket) => void, most: number): number;
  /** Events that found no room (200 wait at most with the usual net.core.rmem_default), so far. */
  readonly lost: number;
  close(): void;
}

const [ldHalf, jumpEqual, ret] = [0x28, 0x15, 0x06];
const headerBytes = 16;
const sportAt = headerBytes + 4;

/** Classic BPF (linux/filter.h) that takes messages whose `idiag_sport` is one of `ports`, and no others. */
export function closeFilter(ports: readonly number[]): Uint8Array {
  const program: readonly (readonly [code: number, whenTrue: number, whenFalse: number, k: number])[] = [
    [ldHalf, 0, 0, sportAt],
    ...ports.flatMap((port) => [[jumpEqual, 0, 1, port] as const, [ret, 0, 0, 0xffffffff] as const]),
    [ret, 0, 0, 0],
  ];
  const view = new DataView(new ArrayBuffer(8 * program.length));
  program.forEach(([code, whenTrue, whenFalse, k], i) => {
    view.setUint16(8 * i, code, true);
    view.setUint8(8 * i + 2, whenTrue);
    view.setUint8(8 * i + 3, whenFalse);
    view.setUint32(8 * i + 4, k, true);
  });
  return new Uint8Array(view.buffer);
}

/** The socket that a datagram of `size` bytes tells of. Total: `undefined` for anything else. */
export function closedSocket(view: DataView, size: number): InetDiagSocket | undefined {
  const length = size >= headerBytes ? view.getUint32(0, true) : 0;
  if (length > size || !InetDiagSocket.fits(headerBytes, length)) return undefined;
  return view.getUint16(4, true) === SOCK_DIAG_BY_FAMILY ? new InetDiagSocket(view, headerBytes, length) : undefined;
}

/** Over an open socket of NETLINK_SOCK_DIAG; or why it cannot be had. */
export function closeEventsOver(link: EventLink, ports: readonly number[]): CloseEvents | KernelError {
  const bytes = new Uint8Array(readBytes);
  const view = new DataView(bytes.buffer);
  const watch = (wanted: readonly number[]): KernelError | undefined => {
    const done = link.filter(closeFilter(wanted));
    return done < 0 ? new KernelError(-done, "SO_ATTACH_FILTER") : undefined;
  };
  // The filter first: not one event of others is ever queued.
  const unfiltered = watch(ports);
  if (unfiltered) return unfiltered;
  for (const group of groups) {
    const joined = link.join(group);
    if (joined < 0) return new KernelError(-joined, "NETLINK_ADD_MEMBERSHIP");
  }
  return {
    watch,
    read(take, most) {
      for (let count = 0; count < most; count++) {
        const size = link.receive(bytes);
        if (size <= 0) return count;
        const socket = closedSocket(view, size);
        if (socket) take(socket);
      }
      return most;
    },
    get lost() {
      return Math.max(0, link.drops());
    },
    close: () => link.close(),
  };
}

/** Closes of TCP sockets with these local ports, of the own network namespace or that of `pid`; or why not. */
export function openCloseEvents(
  ports: readonly number[],
  options: { readonly pid?: number | undefined } = {},
): CloseEvents | Error {
  const link = openNetlink(NETLINK_SOCK_DIAG, options.pid);
  if (link instanceof Error) return link;
  const events = closeEventsOver(link, ports);
  if (events instanceof Error) link.close();
  return events;
}
