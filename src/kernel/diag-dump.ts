// Any sockets of a network namespace by sock_diag(7), filtered, each once; and one socket by its addresses.
import { stateMask, type TcpState } from "../snapshot/tcp-state.js";
import { CookieSet } from "./cookie-set.js";
import { anyPortFilter, portFilter } from "./diag-filter.js";
import { reasonOf } from "./netlink-rows.js";
import { InetDiagSocket } from "./inet-diag.js";
import { type DiagAttribute, type Family, getRequest, inetRequests, type SocketId } from "./inet-request.js";
import { dumpAgain, exchange, type Link, readBytes, type Request, type Sink } from "./netlink.js";
import { SocketDump } from "./socket-dump.js";
import { SocketPart } from "./socket-part.js";

/** Which sockets; what is left out does not restrict. */
export interface DumpFilter {
  readonly protocol?: "tcp" | "udp" | undefined;
  /** Default: both. */
  readonly family?: Family | undefined;
  /** Default: all but TIME-WAIT and SYN-RECV. */
  readonly states?: readonly TcpState[] | undefined;
  readonly localPorts?: readonly number[] | undefined;
  readonly remotePorts?: readonly number[] | undefined;
  /** Sockets with one of these local ports, or with one of these remote ports. Not together with the two above. */
  readonly anyPorts?: { readonly local: readonly number[]; readonly remote: readonly number[] } | undefined;
  readonly localAddress?: string | undefined;
  readonly remoteAddress?: string | undefined;
  readonly cookies?: ReadonlySet<bigint> | undefined;
  /** What to ask for beside the row itself. Default: `info` and `memInfo`. */
  readonly attributes?: readonly DiagAttribute[] | undefined;
}

const usualStates = 0xfff & ~stateMask(["UNKNOWN", "TIME-WAIT", "SYN-RECV"]);
const usualAttributes: readonly DiagAttribute[] = ["info", "memInfo"];
const everyAttribute: readonly DiagAttribute[] = [...usualAttributes, "congestion"];

// No restriction at all: asked so often that it is put into bytes only once.
const isEverything = (filter: DumpFilter): boolean => {
  for (const _ in filter) return false;
  return true;
};
const everything = encodeFilter({});
const requestsOf = (filter: DumpFilter): readonly Request[] =>
  isEverything(filter) ? everything : encodeFilter(filter);

// One list of ports goes to the kernel as a filter; all else is compared here.
function encodeFilter({ protocol, family, localPorts, remotePorts, anyPorts, ...filter }: DumpFilter): Request[] {
  const bytecode = anyPorts
    ? anyPortFilter(anyPorts.local, anyPorts.remote)
    : localPorts
      ? portFilter(localPorts, "local")
      : remotePorts && portFilter(remotePorts, "remote");
  const states = filter.states ? stateMask(filter.states) : usualStates;
  return inetRequests({ protocol, family, states, attributes: filter.attributes ?? usualAttributes, bytecode });
}

// `undefined`: what comes is wanted.
function matcher(filter: DumpFilter): ((socket: InetDiagSocket) => boolean) | undefined {
  if (isEverything(filter)) return undefined;
  const { localAddress, remoteAddress, cookies, anyPorts } = filter;
  const local = filter.localPorts && new Set(filter.localPorts);
  const remote = filter.remotePorts && new Set(filter.remotePorts);
  const tests: ((socket: InetDiagSocket) => boolean)[] = [];
  if (local) tests.push((socket) => local.has(socket.localPort));
  if (remote) tests.push((socket) => remote.has(socket.remotePort));
  if (anyPorts) {
    const [locals, remotes] = [new Set(anyPorts.local), new Set(anyPorts.remote)];
    tests.push(({ localPort, remotePort }) => locals.has(localPort) || remotes.has(remotePort));
  }
  if (localAddress !== undefined) tests.push((socket) => socket.localAddress === localAddress);
  if (remoteAddress !== undefined) tests.push((socket) => socket.remoteAddress === remoteAddress);
  if (cookies) tests.push((socket) => cookies.has(socket.cookie));
  return tests.length === 0 ? undefined : (socket) => tests.every((test) => test(socket));
}

/** The sockets that fit the filter, in memory. */
export function diagDump(link: Link, filter: DumpFilter = {}): SocketDump {
  const dump = new SocketDump();
  const sink = dump.sink(matcher(filter));
  for (const request of requestsOf(filter)) {
    const outcome = dumpAgain(
      link,
      request,
      () => dump.room(),
      () => sink,
    );
    dump.reason ??= reasonOf(outcome);
  }
  dump.partial = dump.reason !== undefined;
  return dump;
}

const buffer = new Uint8Array(readBytes);
const seen = new CookieSet();

/**
 * Hands each socket that fits the filter to `take`, once, in memory that does not grow with their number but for
 * their cookies. The view is good until `take` returns; `take` must not ask a Diag. Why it is not whole.
 */
export function diagEach(link: Link, filter: DumpFilter, take: (socket: InetDiagSocket) => void): string | undefined {
  const wanted = matcher(filter);
  const socket = new InetDiagSocket();
  const sink: Sink = (view, start, end) => {
    if (!InetDiagSocket.fits(start, end)) return;
    socket.moveTo(view, start, end);
    if ((!wanted || wanted(socket)) && socket.addTo(seen)) take(socket);
  };
  return stream(link, filter, () => buffer, sink);
}

const part = new SocketPart(readBytes);

/**
 * The same part by part, as many as the kernel hands out at once (about 70), for those who want columns. Nothing is
 * allocated per socket. A part is good until `take` returns.
 */
export function diagParts(link: Link, filter: DumpFilter, take: (part: SocketPart) => void): string | undefined {
  const wanted = matcher(filter);
  const socket = new InetDiagSocket();
  const sink: Sink = (view, start, end) => {
    if (!InetDiagSocket.fits(start, end)) return;
    socket.moveTo(view, start, end);
    if ((!wanted || wanted(socket)) && socket.addTo(seen)) part.add(start, end);
  };
  const flush = (): Uint8Array => {
    if (part.length > 0) take(part);
    part.clear();
    return part.bytes;
  };
  part.clear();
  const reason = stream(link, filter, flush, sink);
  flush();
  return reason;
}

function stream(link: Link, filter: DumpFilter, room: () => Uint8Array, sink: Sink): string | undefined {
  seen.clear();
  let reason: string | undefined;
  for (const request of requestsOf(filter)) reason ??= reasonOf(exchange(link, request, true, room, sink));
  return reason;
}

/** The socket with these addresses, in time that does not depend on how many there are. `undefined`: none. */
export function diagGet(link: Link, id: SocketId): InetDiagSocket | undefined {
  let found: InetDiagSocket | undefined;
  exchange(
    link,
    getRequest(id, everyAttribute),
    false,
    () => buffer,
    (view, start, end) => {
      if (!InetDiagSocket.fits(start, end)) return;
      const from = view.byteOffset + start;
      found = new InetDiagSocket(new DataView(view.buffer.slice(from, view.byteOffset + end)), 0, end - start);
    },
  );
  return found;
}
