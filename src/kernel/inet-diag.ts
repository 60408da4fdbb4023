// struct inet_diag_req_v2, struct inet_diag_msg and its attributes: include/uapi/linux/inet_diag.h, sock_diag(7).
import { type TcpState, tcpStates } from "../snapshot/tcp-state.js";
import { AF_INET6, ipv4Text, ipv6Text, parseAddress } from "./address.js";
import { type MemInfo, memInfoOf } from "./mem-info.js";
import { attribute } from "./netlink.js";
import { type TcpInfo, tcpInfoOf } from "./tcp-info.js";

export const IPPROTO_TCP = 6;
export const IPPROTO_UDP = 17;
const messageBytes = 72;
const INET_DIAG_INFO = 2;
const INET_DIAG_CONG = 4;
const INET_DIAG_SKMEMINFO = 7;
const INET_DIAG_SHUTDOWN = 8;
const INET_DIAG_SKV6ONLY = 11;
const INET_DIAG_MARK = 15;
const INET_DIAG_REQ_BYTECODE = 1;

/** Which attributes to ask for; the rest comes unasked. */
export type DiagAttribute = "info" | "memInfo" | "congestion";
const extBit: Readonly<Record<DiagAttribute, number>> = {
  info: 1 << (INET_DIAG_INFO - 1),
  memInfo: 1 << (INET_DIAG_SKMEMINFO - 1),
  congestion: 1 << (INET_DIAG_CONG - 1),
};

export interface InetRequest {
  readonly family: number;
  readonly protocol: number;
  /** Mask of states. LISTEN alone spares the walk of all connections. */
  readonly states: number;
  readonly attributes: readonly DiagAttribute[];
  /** struct inet_diag_sockid, 48 bytes, of an exact get. */
  readonly id?: Uint8Array | undefined;
  /** Kernel filter, see diag-filter.ts. */
  readonly bytecode?: Uint8Array | undefined;
}

/** The payload of a SOCK_DIAG_BY_FAMILY request. */
export function encodeInetRequest(request: InetRequest): Uint8Array {
  const { bytecode } = request;
  const payload = new Uint8Array(56 + (bytecode ? 4 + bytecode.length : 0));
  const view = new DataView(payload.buffer);
  view.setUint8(0, request.family);
  view.setUint8(1, request.protocol);
  view.setUint8(
    2,
    request.attributes.reduce((mask, name) => mask | extBit[name], 0),
  );
  view.setUint32(4, request.states, true);
  if (request.id) payload.set(request.id, 8);
  if (bytecode) {
    view.setUint16(56, 4 + bytecode.length, true);
    view.setUint16(58, INET_DIAG_REQ_BYTECODE, true);
    payload.set(bytecode, 60);
  }
  return payload;
}

/** A socket as sock_diag told it: decodes on access; attributes that did not come are `undefined`. */
export class InetDiagSocket {
  readonly #view: DataView;
  readonly #at: number;
  readonly #end: number;

  constructor(view: DataView, start: number, end: number) {
    this.#view = view;
    this.#at = start;
    this.#end = end;
  }
  /** Whether `start` to `end` can be such a message at all. */
  static fits(start: number, end: number): boolean {
    return end - start >= messageBytes;
  }

  #u32(offset: number): number {
    return this.#view.getUint32(this.#at + offset, true);
  }
  #attribute(type: number): { start: number; end: number } | undefined {
    return attribute(this.#view, this.#at + messageBytes, this.#end, type);
  }
  #byte(type: number): number | undefined {
    const found = this.#attribute(type);
    return found && found.end > found.start ? this.#view.getUint8(found.start) : undefined;
  }
  #address(offset: number): string {
    const at = this.#at + offset;
    return this.family === "ipv4" ? ipv4Text(this.#view, at) : ipv6Text(this.#view, at);
  }
  get family(): "ipv4" | "ipv6" {
    return this.#view.getUint8(this.#at) === AF_INET6 ? "ipv6" : "ipv4";
  }
  get state(): TcpState {
    return tcpStates[this.#view.getUint8(this.#at + 1)] ?? "UNKNOWN";
  }
  /** 0 none, 1 retransmission, 2 keep-alive or SYN-ACK, 3 TIME-WAIT, 4 window probe. */
  get timer(): number {
    return this.#view.getUint8(this.#at + 2);
  }
  get retransmits(): number {
    return this.#view.getUint8(this.#at + 3);
  }
  get localPort(): number {
    return this.#view.getUint16(this.#at + 4);
  }
  get remotePort(): number {
    return this.#view.getUint16(this.#at + 6);
  }
  get localAddress(): string {
    return this.#address(8);
  }
  get remoteAddress(): string {
    return this.#address(24);
  }
  /** Index of the interface it is bound to, 0: any. */
  get interfaceIndex(): number {
    return this.#u32(40);
  }
  get cookie(): bigint {
    return this.#view.getBigUint64(this.#at + 44, true);
  }
  /** Until the timer fires. */
  get expiresMs(): number {
    return this.#u32(52);
  }
  /** LISTEN: connections in the accept queue; else bytes not yet read (a FIN counts one). */
  get rqueue(): number {
    return this.#u32(56);
  }
  /** LISTEN: the accept queue's limit; else bytes not yet acknowledged. */
  get wqueue(): number {
    return this.#u32(60);
  }
  get uid(): number {
    return this.#u32(64);
  }
  /** 0: no process holds it: in an accept queue, SYN-RECV, TIME-WAIT or an orphan. */
  get inode(): number {
    return this.#u32(68);
  }
  get tcpInfo(): TcpInfo | undefined {
    const found = this.#attribute(INET_DIAG_INFO);
    return found && tcpInfoOf(this.#view, found.start, found.end - found.start);
  }
  get memInfo(): MemInfo | undefined {
    const found = this.#attribute(INET_DIAG_SKMEMINFO);
    return found && memInfoOf(this.#view, found.start, found.end - found.start);
  }
  /** `cubic`, `bbr`. */
  get congestion(): string | undefined {
    const found = this.#attribute(INET_DIAG_CONG);
    if (!found) return undefined;
    let name = "";
    for (let at = found.start; at < found.end && this.#view.getUint8(at) !== 0; at++)
      name += String.fromCharCode(this.#view.getUint8(at));
    return name;
  }
  /** 1: no more reading, 2: no more writing, 3: both. */
  get shutdown(): number | undefined {
    return this.#byte(INET_DIAG_SHUTDOWN);
  }
  /** Of a LISTEN socket: takes no IPv4 connections (IPV6_V6ONLY). */
  get v6only(): boolean | undefined {
    const value = this.#byte(INET_DIAG_SKV6ONLY);
    return value === undefined ? undefined : value !== 0;
  }
  /** SO_MARK; told to CAP_NET_ADMIN only. */
  get mark(): number | undefined {
    const found = this.#attribute(INET_DIAG_MARK);
    return found && found.end - found.start >= 4 ? this.#view.getUint32(found.start, true) : undefined;
  }
}

/** Which socket an exact get means. */
export interface SocketId {
  readonly localAddress: string;
  readonly localPort: number;
  /** Both 0 or absent: a listener. */
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly cookie?: bigint | undefined;
}

/** struct inet_diag_sockid and the family it is of. TypeError: an address is none. */
export function encodeSocketId(id: SocketId): { family: number; bytes: Uint8Array } {
  const local = parseAddress(id.localAddress);
  const remote = id.remoteAddress === undefined ? undefined : parseAddress(id.remoteAddress);
  if (remote && remote.family !== local.family) throw new TypeError("remoteAddress is of another family");
  const bytes = new Uint8Array(48);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, id.localPort);
  view.setUint16(2, id.remotePort ?? 0);
  bytes.set(local.bytes, 4);
  if (remote) bytes.set(remote.bytes, 20);
  // INET_DIAG_NOCOOKIE is all ones: any socket with these addresses.
  view.setBigUint64(40, id.cookie ?? 0xffff_ffff_ffff_ffffn, true);
  return { family: local.family, bytes };
}
