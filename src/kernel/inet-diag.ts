// struct inet_diag_msg and its attributes: include/uapi/linux/inet_diag.h, sock_diag(7).
import { type TcpState, tcpStates } from "../snapshot/tcp-state.js";
import { AF_INET6, ipv4Text, ipv6Text } from "./address.js";
import { type MemInfo, memInfoOf } from "./mem-info.js";
import { attribute } from "./netlink.js";
import { type TcpInfo, tcpInfoOf } from "./tcp-info.js";

const messageBytes = 72;
export const INET_DIAG_INFO = 2;
export const INET_DIAG_CONG = 4;
export const INET_DIAG_SKMEMINFO = 7;
const INET_DIAG_SHUTDOWN = 8;
const INET_DIAG_SKV6ONLY = 11;
const INET_DIAG_MARK = 15;

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
  get cookieLow(): number {
    return this.#u32(44);
  }
  get cookieHigh(): number {
    return this.#u32(48);
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
