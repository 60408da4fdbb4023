// Clients that keep a connection and come back on it after a given time, whether or not it has ended meanwhile.
import net from "node:net";
import tls from "node:tls";
import { presharedKey } from "./preshared-key.js";
import { obey, say, specification } from "./steer.js";

export interface RegularSpec {
  readonly host: string;
  readonly port?: number | undefined;
  readonly count: number;
  /** From the answer to the next request on the same connection. */
  readonly againMs: number;
  /** Does not look at the connection meanwhile, as a pool that checks nothing. */
  readonly isBlind?: boolean | undefined;
  readonly secure?: boolean | undefined;
  /** POSTs are not repeated by nginx, which does so with what meets a closed connection. */
  readonly method?: "GET" | "POST" | undefined;
}

const { host, port = 3000, count, againMs, isBlind = false, method = "GET", secure } = specification() as RegularSpec;
const body = method === "POST" ? "order=1" : "";
const request = `${method} /order HTTP/1.1\r\nHost: shop\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const lostMs = 1500;
const totals = { answered: 0, lost: 0, badGateway: 0 };

const connect = (): net.Socket => {
  const socket = net.connect({ host, port, allowHalfOpen: isBlind }).setNoDelay();
  if (!secure) return socket;
  const pskCallback = () => ({ psk: presharedKey.key, identity: presharedKey.identity });
  return tls.connect({ socket, ...presharedKey.options, pskCallback, checkServerIdentity: () => undefined });
};

const visit = (): void => {
  const socket = connect();
  socket.write(request);
  let isAsking = false;
  socket.on("data", (part: Buffer) => {
    isAsking = false;
    if (part.includes("HTTP/1.1 502")) totals.badGateway += 1;
    if (++totals.answered === count) say({ kind: "answered" });
    if (totals.answered > count) return;
    setTimeout(() => {
      if (!socket.writable) return;
      isAsking = true;
      socket.write(request);
      // What came to an end without an answer: seen as such at once, at the next write, or not at all.
      setTimeout(() => {
        if (isAsking) totals.lost += 1;
      }, lostMs);
    }, againMs);
  });
  socket.on("error", () => {});
};

obey({ tally: () => say({ kind: "tally", ...totals }) });
for (let n = 0; n < count; n += 1) visit();
