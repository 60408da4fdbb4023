// An rtnetlink(7) socket of the own or another process's network namespace: interfaces and their qdiscs.
import { dumpLinks, type NetLink } from "./links.js";
import type { Rows } from "./netlink-rows.js";
import { NETLINK_ROUTE, openNetlink } from "./netlink-socket.js";
import { dumpQdiscs, type Qdisc } from "./qdiscs.js";

/** Nothing throws; answers that are not whole are `partial`. */
export interface Rtnetlink {
  links(): Rows<NetLink>;
  qdiscs(): Rows<Qdisc>;
  close(): void;
}

/** Opens one in the network namespace of `pid` (needs CAP_SYS_ADMIN there), default the own; or why not. */
export function openRtnetlink(options: { readonly pid?: number | undefined } = {}): Rtnetlink | Error {
  const link = openNetlink(NETLINK_ROUTE, options.pid);
  if (link instanceof Error) return link;
  return { links: () => dumpLinks(link), qdiscs: () => dumpQdiscs(link), close: () => link.close() };
}

function readOnce<Row>(pid: number | undefined, ask: (socket: Rtnetlink) => Rows<Row>): Rows<Row> {
  const socket = openRtnetlink({ pid });
  if (socket instanceof Error) return { rows: [], partial: true, reason: socket.message };
  try {
    return ask(socket);
  } finally {
    socket.close();
  }
}

/** Interfaces of a network namespace. */
export function readLinks(options: { readonly pid?: number | undefined } = {}): Rows<NetLink> {
  return readOnce(options.pid, (socket) => socket.links());
}

/** Qdiscs of a network namespace. */
export function readQdiscs(options: { readonly pid?: number | undefined } = {}): Rows<Qdisc> {
  return readOnce(options.pid, (socket) => socket.qdiscs());
}
