// What a user calls a socket: `127.0.0.1:3000`, `[::1]:3000`, `:3000`, `3000`, a unix path; and whether one is meant.
import { isIPv4, isIPv6 } from "node:net";
import { ipv6Text, parseAddress } from "../../kernel/address.js";
import { UsageError } from "../command.js";

/** Absent means any. */
export interface Place {
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
}

const accepted = "127.0.0.1:3000, [::1]:3000, :3000, 3000, or a unix socket's path (/run/app.sock, @abstract)";

const refuse = (name: string, text: string, why: string): never => {
  throw new UsageError(`${name}: "${text}" ${why}; accepted: ${accepted}`);
};

/** One spelling: RFC 5952, and a v4-mapped address as the IPv4 one that it stands for. */
export const canonical = (address: string): string => {
  if (isIPv4(address)) return address;
  const { bytes } = parseAddress(address);
  const text = ipv6Text(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
  return text.startsWith("::ffff:") && text.includes(".") ? text.slice(7) : text;
};

const portOf = (name: string, text: string, digits: string): number => {
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : refuse(name, text, "has no port from 1 to 65535");
};

/** Throws `UsageError` that names the argument, the value and what is accepted. */
export const parsePlace = (name: string, text: string): Place => {
  if (text.startsWith("@") || text.includes("/")) return { path: text };
  const match = /^(?:(.*):)?(\d+)$/s.exec(text);
  if (!match) return refuse(name, text, "is no socket's address");
  const [, host, digits] = match;
  const port = portOf(name, text, digits!);
  if (host === undefined || host === "" || host === "*") return { port };
  const inside = /^\[(.*)\]$/s.exec(host)?.[1];
  if (inside !== undefined)
    return isIPv6(inside)
      ? { address: canonical(inside), port }
      : refuse(name, text, "has no IPv6 address in brackets");
  if (isIPv4(host)) return { address: host, port };
  return refuse(name, text, isIPv6(host) ? "needs brackets around its IPv6 address" : "has no numeric address");
};

const wildcards: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** Whether a socket that is connected, or a UDP one, has this end. */
export const isEnd = (place: Place, address: string | undefined, port: number | undefined): boolean => {
  if (place.port !== port || place.path !== undefined) return false;
  if (place.address === undefined || wildcards.has(place.address)) return true;
  return address !== undefined && canonical(address) === place.address;
};

/** How well a listener serves a place: 2 it is that very address, 1 it is bound to all, 0 it does not. */
export const servesAs = (place: Place, listener: Place): 0 | 1 | 2 => {
  if (place.path !== undefined || listener.path !== undefined) return place.path === listener.path ? 2 : 0;
  if (place.port !== listener.port) return 0;
  if (place.address === undefined) return 2;
  const address = listener.address === undefined ? "::" : canonical(listener.address);
  if (address === place.address) return 2;
  const covers = address === "::" || (address === "0.0.0.0" && isIPv4(place.address));
  return covers ? 1 : 0;
};
