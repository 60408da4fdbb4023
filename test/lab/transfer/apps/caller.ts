// A program that connects somewhere again and again, as clients do: raw sockets, http with or without keep-alive, fetch.
// It copes with failure: what does not come about is tried anew.
import http from "node:http";
import net from "node:net";
import { obey, say, specification } from "./steer.js";

export interface CallerSpec {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Of a unix socket, instead of host and port. */
  readonly path?: string | undefined;
  /** `socket`: connects and holds, or with `closes` ends at once; `http`: one request each; `fetch`: the same. */
  readonly by: "socket" | "http" | "fetch";
  /** A call so often. */
  readonly everyMs: number;
  /** Calls at a time; 1. */
  readonly atOnce?: number | undefined;
  /** So many calls in all; without it, without end. */
  readonly calls?: number | undefined;
  /** After a failure the next pause is twice as long. */
  readonly backsOff?: boolean | undefined;
  /** Gives a connection up that has not come about in this time. */
  readonly patienceMs?: number | undefined;
  readonly closes?: boolean | undefined;
  /** Of `http`: connections are used again. */
  readonly keepAlive?: boolean | undefined;
  /** Begins by itself; otherwise on the order `call`. */
  readonly atStart?: boolean | undefined;
}

const spec = specification() as CallerSpec;
const { host = "127.0.0.1", port = 3000, path, by } = spec;
const agent = new http.Agent({ keepAlive: spec.keepAlive ?? false, maxSockets: 64 });
const totals = { calls: 0, opened: 0, failed: 0 };
let pauseMs = spec.everyMs;

const succeeded = (): void => {
  totals.opened += 1;
  pauseMs = spec.everyMs;
};
const failed = (): void => {
  totals.failed += 1;
  if (spec.backsOff) pauseMs *= 2;
};

const bySocket = (): void => {
  // As database drivers do: made first, connected later.
  const socket = new net.Socket();
  let isOpen = false;
  socket.once("connect", () => {
    isOpen = true;
    succeeded();
    if (spec.closes) socket.end();
  });
  socket.once("error", failed);
  socket.resume();
  if (spec.patienceMs !== undefined) setTimeout(() => !isOpen && socket.destroy(), spec.patienceMs);
  if (path === undefined) socket.connect(port, host);
  else socket.connect(path);
};
const byHttp = (): void => {
  const request = http.get({ host, port, agent, socketPath: path }, (response) => {
    response.resume();
    response.once("end", succeeded);
  });
  request.once("error", failed);
};
const byFetch = (): void =>
  void fetch(`http://${host}:${port}/`).then(async (response) => {
    await response.arrayBuffer();
    succeeded();
  }, failed);

const ways = { socket: bySocket, http: byHttp, fetch: byFetch } as const;

const call = (): void => {
  for (let n = 0; n < (spec.atOnce ?? 1); n += 1) {
    if (totals.calls >= (spec.calls ?? Infinity)) return;
    totals.calls += 1;
    ways[by]();
  }
  setTimeout(call, pauseMs);
};

obey({ call, tally: () => say({ kind: "tally", ...totals }) });
if (spec.atStart) call();
