// SOCKSCOPE_HTTP: where the agent's own endpoint listens: `host:port`, a port (loopback), or a unix path.
import { isIPv6 } from "node:net";
import type { Accepted } from "./option-values.js";

export type HttpAddress = { readonly host: string; readonly port: number } | { readonly path: string };

const portOf = (text: string): number | undefined => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : undefined;
  return port !== undefined && port <= 65_535 ? port : undefined;
};

const parseHostPort = (value: string): HttpAddress | undefined => {
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([\w.-]+)):(\d{1,5})$/.exec(value);
  const [, ipv6, name, digits = ""] = match ?? [];
  const host = ipv6 ?? name;
  const port = portOf(digits);
  if (host === undefined || port === undefined || (ipv6 !== undefined && !isIPv6(ipv6))) return undefined;
  return { host, port };
};

/** `off`, or the address. Port 0 lets the kernel choose. */
export const httpAddress: Accepted<HttpAddress | "off"> = {
  accepts: "host:port, [ipv6]:port, a port (loopback), a unix path that contains a /, or off",
  parse: (value) => {
    const given = typeof value === "number" ? String(value) : value === false ? "off" : value;
    if (typeof given !== "string") return undefined;
    const word = given.trim();
    if (word === "off") return "off";
    if (word.includes("/")) return word.includes("\0") || word.includes("://") ? undefined : { path: word };
    const port = portOf(word);
    return port === undefined ? parseHostPort(word) : { host: "127.0.0.1", port };
  },
};

/** Addresses that only this machine reaches: those need no token. */
export const isLocalAddress = (address: HttpAddress): boolean =>
  "path" in address || /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(address.host);
