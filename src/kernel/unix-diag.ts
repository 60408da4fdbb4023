// struct unix_diag_req, struct unix_diag_msg and its attributes: include/uapi/linux/unix_diag.h, sock_diag(7).
import { AF_UNIX, unixPath } from "./address.js";
import { attributeAt, attributeBytes, type Request, SOCK_DIAG_BY_FAMILY } from "./netlink.js";

const messageBytes = 16;
const UNIX_DIAG_NAME = 0;
const UNIX_DIAG_RQLEN = 4;
const UDIAG_SHOW_NAME = 1;
const UDIAG_SHOW_RQLEN = 16;
const listening = 1 << 10;

/** A listening unix socket. */
export interface DiagUnixListener {
  readonly cookie: bigint;
  readonly inode: number;
  /** An abstract name begins with `@`; `undefined`: unbound (autobound by nobody). */
  readonly path?: string | undefined;
  /** Connections in the accept queue now. */
  readonly length: number;
  /** The limit as the kernel holds it; limit + 1 connections fit. */
  readonly limit: number;
}

/** A request for all listeners, or for the socket with this inode. */
export function encodeUnixRequest(inode?: number): Request {
  const payload = new Uint8Array(24);
  const view = new DataView(payload.buffer);
  view.setUint8(0, AF_UNIX);
  view.setUint32(4, listening, true);
  view.setUint32(8, inode ?? 0, true);
  view.setUint32(12, UDIAG_SHOW_NAME | UDIAG_SHOW_RQLEN, true);
  // INET_DIAG_NOCOOKIE: any socket with the inode.
  view.setUint32(16, 0xffffffff, true);
  view.setUint32(20, 0xffffffff, true);
  return { type: SOCK_DIAG_BY_FAMILY, payload };
}

/** Total: `undefined` for what is not a listener with its queue. */
export function parseUnixListener(view: DataView, start: number, end: number): DiagUnixListener | undefined {
  if (end - start < messageBytes || view.getUint8(start + 2) !== 10) return undefined;
  const queue = attributeAt(view, start + messageBytes, end, UNIX_DIAG_RQLEN);
  if (queue < 0 || attributeBytes(view, queue) < 8) return undefined;
  const name = attributeAt(view, start + messageBytes, end, UNIX_DIAG_NAME);
  return {
    cookie: view.getBigUint64(start + 8, true),
    inode: view.getUint32(start + 4, true),
    path: name < 0 ? undefined : unixPath(view, name, attributeBytes(view, name)),
    length: view.getUint32(queue, true),
    limit: view.getUint32(queue + 4, true),
  };
}
