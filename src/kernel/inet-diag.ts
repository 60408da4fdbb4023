// struct inet_diag_msg and its attributes: include/uapi/linux/inet_diag.h, sock_diag(7).
import { type TcpState, tcpStates } from "../snapshot/tcp-state.js";
import { AF_INET6, ipv4Text, ipv6Text } from "./address.js";
import type { CookieSet } from "./cookie-set.js";
import { type MemInfo, memInfoOf } from "./mem-info.js";
import { attributeAt, attributeBytes } from "./netlink.js";
import { gettersOf, type Plain, showAs } from "./plain.js";
import { type TcpInfo, tcpInfoOf } from "./tcp-info.js";

export const messageBytes = 72;
export const INET_DIAG_INFO = 2;
export const INET_DIAG_CONG = 4;
export const INET_DIAG_SKMEMINFO = 7;
const INET_DIAG_SHUTDOWN = 8;
const INET_DIAG_SKV6ONLY = 11;
const INET_DIAG_MARK = 15;

const nothing = new DataView(new ArrayBuffer(messageBytes));

/** A socket as sock_diag told it: decodes on access; attributes that did not come are `undefined`. */
export class InetDiagSocket {
  /** What is there, as plain data; a bigint above 2^53 as a decimal string. */
  declare readonly toJSON: () => Plain;
  #view: DataView;
  #at: number;
  #end: number;

  constructor(view: DataView = nothing, start = 0, end = 0) {
    this.#view = view;
    this.#at = start;
    this.#end = end;
  }
  /** Shows another message from now on: for those who look at many and keep none. */
  moveTo(view: DataView, start: number, end: number): void {
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
  // Payload of an attribute, -1: it did not come, or is shorter than `least` bytes.
  #attribute(type: number, least = 1): number {
    const at = attributeAt(this.#view, this.#at + messageBytes, this.#end, type);
    return at >= 0 && attributeBytes(this.#view, at) >= least ? at : -1;
  }
  #byte(type: number): number | undefined {
    const at = this.#attribute(type);
    return at < 0 ? undefined : this.#view.getUint8(at);
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
  /** Puts its cookie into `seen`; false: it was there. */
  addTo(seen: CookieSet): boolean {
    return seen.add(this.#u32(44), this.#u32(48));
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
    const at = this.#attribute(INET_DIAG_INFO);
    return at < 0 ? undefined : tcpInfoOf(this.#view, at, attributeBytes(this.#view, at));
  }
  get memInfo(): MemInfo | undefined {
    const at = this.#attribute(INET_DIAG_SKMEMINFO);
    return at < 0 ? undefined : memInfoOf(this.#view, at, attributeBytes(this.#view, at));
  }
  /** `cubic`, `bbr`. */
  get congestion(): string | undefined {
    const at = this.#attribute(INET_DIAG_CONG);
    if (at < 0) return undefined;
    const bytes = new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, attributeBytes(this.#view, at));
    const end = bytes.indexOf(0);
    return String.fromCharCode(...bytes.subarray(0, end < 0 ? undefined : end));
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
    const at = this.#attribute(INET_DIAG_MARK, 4);
    return at < 0 ? undefined : this.#view.getUint32(at, true);
  }
}
showAs(InetDiagSocket.prototype, gettersOf(InetDiagSocket.prototype));
