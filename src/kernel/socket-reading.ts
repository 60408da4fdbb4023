// Lazy view of one row of readings; what was not asked for or could not be read is `undefined`.
import { errnoName } from "../errors.js";
import { memInfoFields } from "../snapshot/fields/mem-info.js";
import { tcpInfoFields } from "../snapshot/fields/tcp-info.js";
import { type TcpState, tcpStates } from "../snapshot/tcp-state.js";
import { AF_INET, AF_INET6, AF_UNIX, parseSockaddr, type SocketAddress } from "./address.js";
import { type MemInfo, memInfoOf } from "./mem-info.js";
import { gettersOf, type Plain, showAs } from "./plain.js";
import { readingBits, type ReadingName, readingNames, rowLayout as layout } from "./socket-row.js";
import { type TcpInfo, tcpInfoOf } from "./tcp-info.js";

const domains: Readonly<Record<number, "ipv4" | "ipv6" | "unix">> = {
  [AF_INET]: "ipv4",
  [AF_INET6]: "ipv6",
  [AF_UNIX]: "unix",
};
const types: Readonly<Record<number, "stream" | "dgram" | "raw" | "seqpacket">> = {
  1: "stream",
  2: "dgram",
  3: "raw",
  5: "seqpacket",
};

/** A listener's accept queue at one moment. */
export interface ListenerQueue {
  /** Connections in the accept queue now. */
  readonly length: number;
  /** The limit as the kernel holds it, after somaxconn; limit + 1 connections fit. */
  readonly limit: number;
  /** Segments dropped at this listener since it exists; 32 bits that wrap. `undefined` for unix. */
  readonly drops?: number | undefined;
}

const [[, unacked], [, sacked], [, drops]] = [tcpInfoFields.unacked, tcpInfoFields.sacked, memInfoFields.drops];

/** One socket of a `SocketTable`: decodes on access, from memory that the table's next read overwrites. */
export class SocketReading {
  /** What is there, as plain data; a bigint above 2^53 as a decimal string. */
  declare readonly toJSON: () => Plain;
  readonly #view: DataView;
  readonly #at: number;

  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
  }

  #u32(offset: number): number {
    return this.#view.getUint32(this.#at + offset, true);
  }
  #i32(reading: ReadingName, offset: number): number | undefined {
    return this.has(reading) ? this.#view.getInt32(this.#at + offset, true) : undefined;
  }
  /** Whether this reading was taken and succeeded. */
  has(reading: ReadingName): boolean {
    return (this.#u32(layout.got) & readingBits[reading]) !== 0;
  }
  /** Why a reading that was asked for is absent: `EINVAL`. `undefined`: it is there, or was not asked for. */
  error(reading: ReadingName): string | undefined {
    if (this.has(reading) || (this.#u32(layout.asked) & readingBits[reading]) === 0) return undefined;
    return errnoName(this.#view.getUint16(this.#at + layout.error + 2 * readingNames.indexOf(reading), true));
  }
  get fd(): number {
    return this.#view.getInt32(this.#at + layout.fd, true);
  }
  /** SO_COOKIE: the socket's identity, never used twice; sock_diag shows the same. */
  get cookie(): bigint | undefined {
    return this.has("cookie") ? this.#view.getBigUint64(this.#at + layout.cookie, true) : undefined;
  }
  /** False: the descriptor was closed, or reused while the row was read: its readings may be of two sockets. */
  get valid(): boolean {
    if (!this.has("cookie")) return false;
    if ((this.#u32(layout.asked) & readingBits.cookieBefore) === 0) return true;
    return this.has("cookieBefore") && this.#view.getBigUint64(this.#at + layout.cookie_before, true) === this.cookie;
  }
  get inode(): number | undefined {
    return this.has("inode") ? Number(this.#view.getBigUint64(this.#at + layout.inode, true)) : undefined;
  }
  /** `undefined` also for a family that is none of these. */
  get domain(): "ipv4" | "ipv6" | "unix" | undefined {
    return domains[this.#i32("domain", layout.domain) ?? -1];
  }
  get type(): "stream" | "dgram" | "raw" | "seqpacket" | undefined {
    return types[this.#i32("type", layout.type) ?? -1];
  }
  /** 6 TCP, 17 UDP, 262 MPTCP, 0 for unix. */
  get protocol(): number | undefined {
    return this.#i32("protocol", layout.protocol);
  }
  get listening(): boolean | undefined {
    const value = this.#i32("listening", layout.accept_conn);
    return value === undefined ? undefined : value !== 0;
  }
  /** TCP state, where TCP_INFO was read. */
  get state(): TcpState | undefined {
    return this.tcpInfo?.state;
  }
  /** SIOCINQ: arrived in order, not yet read; of a UDP socket the next datagram. */
  get recvQBytes(): number | undefined {
    return this.#i32("recvQ", layout.inq);
  }
  /** SIOCOUTQ: written, not yet acknowledged. */
  get sendQBytes(): number | undefined {
    return this.#i32("sendQ", layout.outq);
  }
  /** SIOCOUTQNSD, or the same figure of TCP_INFO: written, not yet sent. */
  get notSentBytes(): number | undefined {
    return this.#i32("notSent", layout.outq_nsd) ?? this.tcpInfo?.notSentBytes;
  }
  /** CPU that handled the last packet. */
  get incomingCpu(): number | undefined {
    const cpu = this.#i32("incomingCpu", layout.incoming_cpu);
    return cpu === undefined || cpu < 0 ? undefined : cpu;
  }
  /** NAPI instance of the last packet; 0 on loopback and other devices without one. */
  get incomingNapiId(): number | undefined {
    return this.#i32("incomingNapiId", layout.incoming_napi_id);
  }
  get local(): SocketAddress | undefined {
    if (!this.has("local")) return undefined;
    return parseSockaddr(this.#view, this.#at + layout.local, this.#u32(layout.local_length));
  }
  get remote(): SocketAddress | undefined {
    if (!this.has("remote")) return undefined;
    return parseSockaddr(this.#view, this.#at + layout.remote, this.#u32(layout.remote_length));
  }
  /** The accept queue of a listening TCP socket whose TCP_INFO was read, decoded without a view; `undefined`: it is none. */
  acceptQueue(): ListenerQueue | undefined {
    const info = this.#at + layout.tcp_info;
    if (!this.has("tcpInfo") || this.#u32(layout.tcp_info_length) < sacked + 4) return undefined;
    if (tcpStates[this.#view.getUint8(info)] !== "LISTEN") return undefined;
    const counted = this.has("memInfo") && this.#u32(layout.mem_info_length) >= drops + 4;
    return {
      length: this.#view.getUint32(info + unacked, true),
      limit: this.#view.getUint32(info + sacked, true),
      drops: counted ? this.#u32(layout.mem_info + drops) : undefined,
    };
  }
  get tcpInfo(): TcpInfo | undefined {
    if (!this.has("tcpInfo")) return undefined;
    return tcpInfoOf(this.#view, this.#at + layout.tcp_info, this.#u32(layout.tcp_info_length));
  }
  get memInfo(): MemInfo | undefined {
    if (!this.has("memInfo")) return undefined;
    return memInfoOf(this.#view, this.#at + layout.mem_info, this.#u32(layout.mem_info_length));
  }
}
showAs(SocketReading.prototype, gettersOf(SocketReading.prototype));
