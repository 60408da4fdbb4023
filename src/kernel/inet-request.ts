// Questions to sock_diag(7): struct inet_diag_req_v2, struct inet_diag_req (include/uapi/linux/inet_diag.h).
import { AF_INET, AF_INET6, parseAddress } from "./address.js";
import { INET_DIAG_CONG, INET_DIAG_INFO, INET_DIAG_SKMEMINFO } from "./inet-diag.js";
import { type Request, SOCK_DIAG_BY_FAMILY } from "./netlink.js";

const TCPDIAG_GETSOCK = 18;
const IPPROTO_TCP = 6;
const IPPROTO_UDP = 17;
const INET_DIAG_REQ_BYTECODE = 1;
const socketIdBytes = 48;

export type Family = "ipv4" | "ipv6";
/** What to ask for beside the row itself; the rest comes unasked. */
export type DiagAttribute = "info" | "memInfo" | "congestion";
const extBit: Readonly<Record<DiagAttribute, number>> = {
  info: 1 << (INET_DIAG_INFO - 1),
  memInfo: 1 << (INET_DIAG_SKMEMINFO - 1),
  congestion: 1 << (INET_DIAG_CONG - 1),
};

export interface InetQuery {
  readonly protocol?: "tcp" | "udp" | undefined;
  /** Default: both. */
  readonly family?: Family | undefined;
  /** Mask of states. LISTEN alone spares the walk of all connections. */
  readonly states: number;
  readonly attributes: readonly DiagAttribute[];
  /** Kernel filter, see diag-filter.ts. */
  readonly bytecode?: Uint8Array | undefined;
}

const ext = (attributes: readonly DiagAttribute[]): number => attributes.reduce((mask, name) => mask | extBit[name], 0);

function withBytecode(head: Uint8Array, bytecode: Uint8Array | undefined): Uint8Array {
  if (!bytecode) return head;
  const payload = new Uint8Array(head.length + 4 + bytecode.length);
  const view = new DataView(payload.buffer);
  payload.set(head);
  view.setUint16(head.length, 4 + bytecode.length, true);
  view.setUint16(head.length + 2, INET_DIAG_REQ_BYTECODE, true);
  payload.set(bytecode, head.length + 4);
  return payload;
}

// struct inet_diag_req_v2
function byFamily(query: InetQuery, family: number, id?: Uint8Array): Request {
  const head = new Uint8Array(8 + socketIdBytes);
  head.set([family, query.protocol === "udp" ? IPPROTO_UDP : IPPROTO_TCP, ext(query.attributes)]);
  new DataView(head.buffer).setUint32(4, query.states, true);
  if (id) head.set(id, 8);
  return { type: SOCK_DIAG_BY_FAMILY, payload: withBytecode(head, query.bytecode) };
}

// struct inet_diag_req: the older form names no family, so one walk of the kernel's table answers for both.
function anyFamily(query: InetQuery): Request {
  const head = new Uint8Array(12 + socketIdBytes);
  head[3] = ext(query.attributes);
  new DataView(head.buffer).setUint32(4 + socketIdBytes, query.states, true);
  return { type: TCPDIAG_GETSOCK, payload: withBytecode(head, query.bytecode) };
}

/** The dump requests that answer a query: one, or for both families of UDP two. */
export function inetRequests(query: InetQuery): Request[] {
  if (query.family) return [byFamily(query, query.family === "ipv6" ? AF_INET6 : AF_INET)];
  if (query.protocol !== "udp") return [anyFamily(query)];
  return [byFamily(query, AF_INET), byFamily(query, AF_INET6)];
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

/** The request for one TCP socket. TypeError: an address is none. */
export function getRequest(id: SocketId, attributes: readonly DiagAttribute[]): Request {
  const local = parseAddress(id.localAddress);
  const remote = id.remoteAddress === undefined ? undefined : parseAddress(id.remoteAddress);
  if (remote && remote.family !== local.family) throw new TypeError("remoteAddress is of another family");
  const bytes = new Uint8Array(socketIdBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, id.localPort);
  view.setUint16(2, id.remotePort ?? 0);
  bytes.set(local.bytes, 4);
  if (remote) bytes.set(remote.bytes, 20);
  // INET_DIAG_NOCOOKIE is all ones: any socket with these addresses.
  view.setBigUint64(40, id.cookie ?? 0xffff_ffff_ffff_ffffn, true);
  return byFamily({ states: 0xfff, attributes }, local.family, bytes);
}
