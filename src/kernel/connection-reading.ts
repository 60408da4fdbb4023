// A socket's raw readings as the shared vocabulary's ConnectionReading: from getsockopt and ioctl by descriptor, or from
// sock_diag(7) (include/uapi/linux/inet_diag.h idiag_timer).
import type { ConnectionReading, MemFigures, TcpFigures, TimerKind } from "../snapshot/connection.js";
import { memInfoFields } from "../snapshot/fields/mem-info.js";
import { tcpInfoFields } from "../snapshot/fields/tcp-info.js";
import { figuresOf } from "./figures.js";
import type { InetDiagSocket } from "./inet-diag.js";
import type { MemInfo } from "./mem-info.js";
import type { SocketReading } from "./socket-reading.js";
import type { TcpInfo } from "./tcp-info.js";

const noFigures: ReadonlySet<string> = new Set(["state", "caState", "appLimited"]);
const tcpNames = Object.keys(tcpInfoFields).filter((name) => !noFigures.has(name)) as (keyof TcpFigures)[];
const memNames = Object.keys(memInfoFields) as (keyof MemFigures)[];

const tcpFiguresOf = figuresOf(tcpNames);

/** SO_MEMINFO as plain numbers. */
export const memFiguresOf: (mem: MemInfo) => MemFigures = figuresOf(memNames);

/** Of a socket's tcp_info and SO_MEMINFO, what a ConnectionReading holds. */
export const infoOf = (
  tcp: TcpInfo | undefined,
  mem: MemInfo | undefined,
): Pick<ConnectionReading, "tcp" | "caState" | "appLimited" | "mem"> => ({
  tcp: tcp && tcpFiguresOf(tcp),
  caState: tcp?.caState,
  appLimited: tcp?.appLimited,
  mem: mem && memFiguresOf(mem),
});

const inet: Readonly<Record<string, "tcp" | "udp">> = { stream: "tcp", dgram: "udp" };

const transportOf = ({ domain, type }: SocketReading): ConnectionReading["transport"] | undefined =>
  domain === "unix" ? "unix" : domain && inet[type ?? ""];

/**
 * An own socket, not a listener. `undefined`: closed or reused while it was read, or of a kind that is not looked at.
 * Addresses, family and transport need `domain`, `type`, `local` and `remote` among the readings.
 */
export function connectionOf(row: SocketReading): ConnectionReading | undefined {
  const { cookie, fd, inode, domain, local, remote, recvQBytes, sendQBytes, notSentBytes } = row;
  const transport = transportOf(row);
  if (cookie === undefined || !row.valid || !transport) return undefined;
  const tcp = transport === "tcp" ? row.tcpInfo : undefined;
  return {
    cookie,
    transport,
    family: domain === "unix" ? undefined : domain,
    fd,
    inode,
    pid: process.pid,
    state: tcp?.state,
    localAddress: local?.address,
    localPort: local?.port,
    remoteAddress: remote?.address,
    remotePort: remote?.port,
    path: local?.path || remote?.path || undefined,
    recvQBytes,
    sendQBytes,
    notSentBytes,
    ...infoOf(tcp, row.memInfo),
  };
}

const timers: Readonly<Record<number, TimerKind>> = {
  1: "retransmit",
  2: "keepalive",
  3: "time-wait",
  4: "zero-window-probe",
};

/** The timer of a socket that runs, with how often it fired in a row. */
export function timerOf({ timer, expiresMs, retransmits }: InetDiagSocket): ConnectionReading["timer"] {
  const kind = timers[timer];
  return kind && { kind, expiresMs, retransmits };
}

/** After the peer's FIN it counts one byte in rqueue until the application has read to the end (tcp_inq leaves it out). */
const afterFin: ReadonlySet<string> = new Set(["CLOSE-WAIT", "LAST-ACK", "CLOSING", "TIME-WAIT"]);

/** A socket as sock_diag told it, of any process; whose it is has to be found by its inode. */
export function connectionOfDiag(socket: InetDiagSocket, transport: "tcp" | "udp" = "tcp"): ConnectionReading {
  const { cookie, family, inode, state, localAddress, localPort, remoteAddress, remotePort, congestion } = socket;
  return {
    cookie,
    transport,
    family,
    inode,
    state,
    localAddress,
    localPort,
    remoteAddress: remotePort === 0 ? undefined : remoteAddress,
    remotePort: remotePort === 0 ? undefined : remotePort,
    recvQBytes: Math.max(0, socket.rqueue - (transport === "tcp" && afterFin.has(state) ? 1 : 0)),
    sendQBytes: socket.wqueue,
    ...infoOf(transport === "tcp" ? socket.tcpInfo : undefined, socket.memInfo),
    congestion,
    timer: timerOf(socket),
  };
}
