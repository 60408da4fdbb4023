// One own socket as the explainer sees it: what getsockopt(2) and ioctl(2) told now, and what is known of it.
import type { SocketReading } from "../../kernel/socket-reading.js";
import type { ConnectionReading, MemFigures, TcpFigures } from "../../snapshot/connection.js";
import { memInfoFields } from "../../snapshot/fields/mem-info.js";
import { tcpInfoFields } from "../../snapshot/fields/tcp-info.js";
import type { OwnSocket } from "./own-sockets.js";

/** What a socket worth a look is read for. */
export const closeReadings = ["cookieBefore", "tcpInfo", "memInfo", "recvQ", "sendQ", "remote", "cookie"] as const;

type NumberField = keyof TcpFigures;
const tcpNames = Object.keys(tcpInfoFields).filter(
  (name): name is NumberField => name !== "state" && name !== "caState" && name !== "appLimited",
);
const memNames = Object.keys(memInfoFields) as readonly (keyof MemFigures)[];

/** The fields the kernel has, as numbers: counters above 2^53 bytes (9 PB on one connection) lose their last bits. */
const figuresOf = <Name extends string>(
  view: { readonly [Key in Name]: number | bigint | undefined },
  names: readonly Name[],
): Partial<Record<Name, number>> => {
  const figures: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const value = view[name];
    if (value !== undefined) figures[name] = Number(value);
  }
  return figures;
};

/** Where a socket stands in the process. */
export interface Place {
  readonly role: "server" | "client";
  readonly loop?: number | undefined;
}

/** `undefined`: the socket has gone, or its descriptor has become another's while it was read. */
export const connectionOf = (socket: OwnSocket, row: SocketReading, place: Place): ConnectionReading | undefined => {
  if (!row.valid || row.cookie !== socket.cookie) return undefined;
  const { tcpInfo, memInfo } = row;
  if (socket.remoteAddress === undefined) {
    const { remote } = row;
    socket.remoteAddress = remote?.address;
    socket.remotePort = remote?.port;
  }
  return {
    cookie: socket.cookie,
    transport: socket.transport,
    family: socket.family,
    fd: socket.fd,
    inode: socket.inode,
    pid: process.pid,
    state: tcpInfo?.state,
    localAddress: socket.localAddress,
    localPort: socket.localPort,
    remoteAddress: socket.remoteAddress,
    remotePort: socket.remotePort,
    role: place.role,
    loop: place.loop,
    recvQBytes: row.recvQBytes,
    sendQBytes: row.sendQBytes,
    notSentBytes: row.notSentBytes,
    tcp: tcpInfo && figuresOf(tcpInfo, tcpNames),
    caState: tcpInfo?.caState,
    appLimited: tcpInfo?.appLimited,
    mem: memInfo && figuresOf(memInfo, memNames),
  };
};
