// Which descriptor stands behind what users hold: net, tls, http, http2 and dgram objects, or a number.
import type { Socket as DatagramSocket } from "node:dgram";
import type { Http2Server, Http2Session } from "node:http2";
import type { Server, Socket } from "node:net";

/** A file descriptor, or an object of Node that owns one. */
export type Target = number | Socket | Server | DatagramSocket | Http2Session | Http2Server;

interface Handle {
  readonly fd?: unknown;
}

// Node 26 has no dgram `_handle`, and on older ones reading it warns: the state hangs under a symbol.
function datagramHandle(target: object): { handle: Handle | null } | undefined {
  const symbol = Object.getOwnPropertySymbols(target).find((key) => key.description === "state symbol");
  const state = symbol && (target as Record<symbol, unknown>)[symbol];
  return typeof state === "object" && state !== null && "handle" in state
    ? (state as { handle: Handle | null })
    : undefined;
}

function ownHandle(target: object): Handle | null | undefined {
  const { _handle: handle } = target as { _handle?: Handle | null };
  return handle;
}

function handleOf(target: object): Handle | null | undefined {
  if (Object.hasOwn(target, "_handle")) return ownHandle(target);
  const datagram = datagramHandle(target);
  if (datagram) return datagram.handle;
  // http2 sessions, http requests and responses lead to their socket; an http2 session's is a proxy
  // that answers reads but not `in`.
  const socket = "socket" in target ? target.socket : undefined;
  if (typeof socket === "object" && socket !== null) return handleOf(socket);
  return ownHandle(target);
}

const got = (target: unknown): string =>
  typeof target === "object" && target !== null ? (target.constructor?.name ?? "an object") : String(target);

/**
 * The descriptor of `target`; `undefined` while it has none (not listening yet, closed, a cluster worker's server
 * whose primary holds the socket). TypeError: none of the kinds that `Target` lists.
 */
export function fdOf(target: Target): number | undefined {
  if (typeof target === "number" && Number.isInteger(target) && target >= 0) return target;
  const isObject = typeof target === "object" && target !== null;
  const handle = isObject ? handleOf(target) : undefined;
  const fd = handle?.fd;
  if (typeof fd === "number" && fd >= 0) return fd;
  const isClosed = isObject && ("socket" in target || "destroyed" in target);
  if (handle === undefined && !isClosed)
    throw new TypeError(
      `target: a file descriptor or a net, tls, http, http2 or dgram socket or server is expected, not ${got(target)}`,
    );
  return undefined;
}
