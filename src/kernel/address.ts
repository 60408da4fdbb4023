// Socket addresses: struct sockaddr_in, sockaddr_in6, sockaddr_un (ip(7), ipv6(7), unix(7)), and addresses as text.

/** Where a socket is bound or connected: address and port, or the path of a unix socket. */
export interface SocketAddress {
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  /** An abstract name begins with `@`, as in ss; `undefined` if the socket has no name. */
  readonly path?: string | undefined;
}

export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;

/** `127.0.0.1` from four bytes. */
export function ipv4Text(view: DataView, at: number): string {
  return `${view.getUint8(at)}.${view.getUint8(at + 1)}.${view.getUint8(at + 2)}.${view.getUint8(at + 3)}`;
}

/** RFC 5952 text of sixteen bytes; v4-mapped ones as `::ffff:127.0.0.1`. */
export function ipv6Text(view: DataView, at: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(at + 2 * i));
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0))
    return `::ffff:${ipv4Text(view, at + 12)}`;
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > best.length) best = { start: i, length: end - i };
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":");
  return best.start < 0 ? text(0, 8) : `${text(0, best.start)}::${text(best.start + best.length, 8)}`;
}

const utf8 = new TextDecoder();

/** A unix name of `length` bytes: a path ends at its first NUL; of an abstract one the padding is left out. */
export function unixPath(view: DataView, at: number, length: number): string | undefined {
  if (length <= 0) return undefined;
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  if (bytes[0] === 0) return `@${utf8.decode(bytes.subarray(1, bytes.findLastIndex((byte) => byte !== 0) + 1))}`;
  const end = bytes.indexOf(0);
  return utf8.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** A sockaddr of `length` bytes; `undefined` for one too short or of another family. */
export function parseSockaddr(view: DataView, at: number, length: number): SocketAddress | undefined {
  if (length < 2) return undefined;
  const family = view.getUint16(at, true);
  if (family === AF_INET && length >= 8) return { address: ipv4Text(view, at + 4), port: view.getUint16(at + 2) };
  if (family === AF_INET6 && length >= 24) return { address: ipv6Text(view, at + 8), port: view.getUint16(at + 2) };
  if (family === AF_UNIX) return { path: unixPath(view, at + 2, length - 2) };
  return undefined;
}

const groupsOf = (part: string): number[] =>
  part.split(":").flatMap((group) => {
    if (group === "") return [];
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });

function ipv6Groups(text: string): number[] {
  const [head = "", tail = ""] = text.split("::");
  const [before, after] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}

/** Family and bytes (4 or 16) of an address as text, a zone (`%eth0`) left out. TypeError: it is none. */
export function parseAddress(text: string): { family: number; bytes: Uint8Array } {
  // Of node:net nothing else is needed here: it takes 0.4 MB.
  const { isIPv4, isIPv6 } = process.getBuiltinModule("node:net");
  const plain = text.split("%", 1)[0]!;
  if (isIPv4(plain)) return { family: AF_INET, bytes: Uint8Array.from(plain.split("."), Number) };
  if (!isIPv6(plain)) throw new TypeError(`an IP address is expected, not ${JSON.stringify(text)}`);
  return { family: AF_INET6, bytes: Uint8Array.from(ipv6Groups(plain).flatMap((group) => [group >> 8, group & 255])) };
}
