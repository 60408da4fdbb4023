// One own socket as the explainer sees it: what getsockopt(2) and ioctl(2) tell now, and what is known of it.
import { infoOf, timerOf } from "../../kernel/connection-reading.js";
import type { Diag } from "../../kernel/diag.js";
import type { SocketReading } from "../../kernel/socket-reading.js";
import type { ConnectionReading } from "../../snapshot/connection.js";
import type { OwnSocket } from "./own-sockets.js";

/** What a socket worth a look is read for. */
export const closeReadings = ["cookieBefore", "tcpInfo", "memInfo", "recvQ", "sendQ", "remote", "cookie"] as const;

/** Where a socket stands in the process. */
export interface Place {
  readonly role: "server" | "client";
  readonly loop?: number | undefined;
}

/** `undefined`: the socket has gone, or its descriptor has become another's while it was read. */
export const connectionOf = (socket: OwnSocket, row: SocketReading, place: Place): ConnectionReading | undefined => {
  if (!row.valid || row.cookie !== socket.cookie) return undefined;
  const { tcpInfo, memInfo, recvQBytes, sendQBytes, notSentBytes } = row;
  if (socket.remoteAddress === undefined) {
    const { remote } = row;
    socket.remoteAddress = remote?.address;
    socket.remotePort = remote?.port;
  }
  const { transport } = socket;
  if (transport === undefined) return undefined;
  const { cookie, family, fd, inode, localAddress, localPort, remoteAddress, remotePort } = socket;
  return {
    cookie,
    transport,
    family,
    fd,
    inode,
    pid: process.pid,
    state: tcpInfo?.state,
    localAddress,
    localPort,
    remoteAddress,
    remotePort,
    role: place.role,
    loop: place.loop,
    recvQBytes,
    sendQBytes,
    notSentBytes,
    ...infoOf(tcpInfo, memInfo),
  };
};

/**
 * The row with what no descriptor tells: timer and congestion control, by an exact sock_diag(7) get. It costs as much
 * as all other readings together, so it is asked only of the few that are followed.
 */
export const withTimer = (row: ConnectionReading, diag: Diag): ConnectionReading => {
  const { localAddress, localPort, remoteAddress, remotePort, cookie } = row;
  if (localAddress === undefined || localPort === undefined || remoteAddress === undefined) return row;
  const socket = diag.get({ localAddress, localPort, remoteAddress, remotePort, cookie });
  return socket?.cookie === cookie ? { ...row, congestion: socket.congestion, timer: timerOf(socket) } : row;
};
