// An ordinary service with everything that keeps connections open without being a fault: long polls, event streams,
// uploads into something slow. `via` says over what: plain HTTP, HTTP/2 (h2c), TLS.
import http from "node:http";
import http2 from "node:http2";
import type { Socket } from "node:net";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import tls from "node:tls";
import { holdFor } from "../../spin.js";
import { presharedKey } from "./preshared-key.js";
import { obey, type Order, specification } from "./steer.js";

export interface ServiceSpec {
  readonly via: "http" | "http2" | "tls";
  readonly host: string;
  readonly port?: number | undefined;
}

const chunk = Buffer.alloc(65_536, "x");

function* body(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= chunk.length) yield left < chunk.length ? chunk.subarray(0, left) : chunk;
}

/** A disk or a database that takes a while for every part. */
const slowStore = (ms: number): Writable =>
  new Writable({ write: (_part, _encoding, done) => void setTimeout(done, ms), highWaterMark: 65_536 });

type Answer = http.ServerResponse | http2.Http2ServerResponse;
type Request = http.IncomingMessage | http2.Http2ServerRequest;
type Handler = (request: Request, response: Answer, amount: number) => unknown;

const end = (response: Answer, text: string): void => void response.end(text);

/** `/WHAT/AMOUNT`: bytes, or milliseconds. */
const routes: Readonly<Record<string, Handler>> = {
  download: (_request, response, bytes) => pipeline(Readable.from(body(bytes)), response),
  upload: async (request, response, ms) => {
    await pipeline(request, slowStore(ms));
    end(response, "stored");
  },
  poll: async (_request, response, ms) => {
    await delay(ms);
    end(response, "news");
  },
  events: (_request, response, ms) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    (response as http.ServerResponse).write("data: welcome\n\n");
    const timer = setInterval(() => (response as http.ServerResponse).write("data: news\n\n"), ms);
    response.on("close", () => clearInterval(timer));
  },
};

const handle = (request: Request, response: Answer): void => {
  const [, what = "", amount = "0"] = (request.url ?? "/").split("/");
  const answer = routes[what];
  if (answer === undefined) end(response, "ok");
  else void Promise.resolve(answer(request, response, Number(amount))).catch(() => {});
};

/** Over TLS: what is asked for in one line is sent; everything else is an upload. */
const secure = (socket: Socket): void => {
  socket.on("error", () => {});
  socket.once("data", (line: Buffer) => {
    const [, bytes] = /^download (\d+)/.exec(line.toString("latin1")) ?? [];
    if (bytes) void pipeline(Readable.from(body(Number(bytes))), socket).catch(() => {});
    else socket.resume();
  });
};

const spec = specification() as ServiceSpec;
const servers = {
  http: () => http.createServer(handle),
  http2: () => http2.createServer(handle),
  tls: () => tls.createServer({ ...presharedKey.options, pskCallback: () => presharedKey.key }, secure),
};
const server = servers[spec.via]();
server.listen(spec.port ?? 3000, spec.host, () =>
  obey({
    block: ({ ms }: Order) => holdFor(Number(ms)),
    close: () => void server.close(() => process.exit(0)),
  }),
);
