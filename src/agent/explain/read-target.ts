// Everything that can be read now of the one socket behind a target: by its descriptor, from sock_diag, and from Node.
import type { Socket } from "node:net";
import { binding, bindingError } from "../../binding.js";
import { connectionOf, timerOf } from "../../kernel/connection-reading.js";
import { type Diag, openDiag } from "../../kernel/diag.js";
import { readOne } from "../../kernel/read-one.js";
import type { SocketReading } from "../../kernel/socket-reading.js";
import { readingMask } from "../../kernel/socket-row.js";
import { fdOf, type Target } from "../../kernel/target.js";
import type { ConnectionReading, NodeSide } from "../../snapshot/connection.js";
import type { ListenerReading } from "../../snapshot/snapshot.js";
import { nodeSideOf } from "../node-side/node-side-of.js";

export type TargetReading =
  | { readonly kind: "connection"; readonly reading: ConnectionReading }
  | { readonly kind: "listener"; readonly listener: ListenerReading }
  /** Nothing can be read: it is closed, or `isClosed` is false and something is missing here. */
  | { readonly kind: "absent"; readonly isClosed: boolean; readonly why: string };

const everything = readingMask([
  "cookieBefore",
  "tcpInfo",
  "memInfo",
  "recvQ",
  "sendQ",
  "listening",
  "type",
  "domain",
  "local",
  "remote",
  "inode",
  "cookie",
]);

const absent = (isClosed: boolean, why: string): TargetReading => ({ kind: "absent", isClosed, why });

/** A diag socket for one look: none is left open in the application. */
const withDiag = <T>(ask: (diag: Diag | undefined) => T): T => {
  const diag = openDiag();
  try {
    return ask(diag);
  } finally {
    diag?.close();
  }
};

const listenerOf = (row: SocketReading, cookie: bigint, diag: Diag | undefined): ListenerReading | undefined => {
  const { fd, inode, domain, local, tcpInfo, memInfo } = row;
  const same = { cookie, fd, inode, pid: process.pid };
  if (domain === "unix") {
    const queue = inode === undefined ? undefined : diag?.unixListener(inode);
    return queue && { ...same, transport: "unix", path: local?.path, length: queue.length, limit: queue.limit };
  }
  const { unacked: length, sacked: limit } = tcpInfo ?? {};
  if (length === undefined || limit === undefined) return undefined;
  const { address, port } = local ?? {};
  const ports = port === undefined ? [] : [port];
  return {
    ...same,
    transport: "tcp",
    family: domain,
    address,
    port,
    length,
    limit,
    drops: memInfo?.drops,
    // A dual-stack listener's clients are ipv6; one of another family shares the port only.
    waiting: diag?.waiting(ports, domain).get(port ?? -1),
    synRecv: diag?.synRecv(ports, domain).get(port ?? -1),
  };
};

/** What sock_diag adds: the timer that runs, the congestion control, and whether a listener has this port. */
const fromDiag = (reading: ConnectionReading, diag: Diag): Partial<ConnectionReading> => {
  const { transport, localAddress, localPort, remoteAddress, remotePort, cookie } = reading;
  if (transport !== "tcp" || localAddress === undefined || localPort === undefined || !remoteAddress) return {};
  const told = diag.get({ localAddress, localPort, remoteAddress, remotePort, cookie });
  const isServed = diag.listeners().rows.some(({ port }) => port === localPort);
  return { congestion: told?.congestion, timer: told && timerOf(told), role: isServed ? "server" : "client" };
};

/** `find`: the application's object behind a descriptor, where the target is a number. TypeError: not a target. */
export const readTarget = (target: Target, find: (fd: number) => Socket | undefined): TargetReading => {
  const fd = fdOf(target);
  if (!binding) return absent(false, bindingError ?? "the addon is not loaded");
  if (fd === undefined) return absent(true, "it is closed or not open yet: it has no descriptor");
  const row = readOne(fd, everything);
  const error = row?.error("cookie");
  if (!row || error === "EBADF") return absent(true, `it is closed: there is no descriptor ${fd}`);
  if (error !== undefined)
    return absent(false, error === "ENOTSOCK" ? `descriptor ${fd} is no socket` : `descriptor ${fd}: ${error}`);
  return withDiag((diag) => {
    if (row.listening && row.cookie !== undefined) {
      const listener = listenerOf(row, row.cookie, diag);
      return listener ? { kind: "listener", listener } : absent(false, "its queue cannot be read");
    }
    const reading = connectionOf(row);
    if (!reading) return absent(false, "a socket of this kind is not looked at");
    const known: NodeSide = nodeSideOf(typeof target === "number" ? find(fd) : target);
    const node = Object.values(known).some((value) => value !== undefined) ? known : undefined;
    return { kind: "connection", reading: { ...reading, ...(diag && fromDiag(reading, diag)), node } };
  });
};
