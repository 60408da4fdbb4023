// An ordinary HTTP server: downloads of any size, uploads, small answers. Streams as one should.
import http from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { holdFor } from "../../spin.js";
import { obey, specification } from "./steer.js";

export interface WebSpec {
  readonly host: string;
  readonly port?: number | undefined;
}

const chunk = Buffer.alloc(65_536, "x");

function* body(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= chunk.length) yield left < chunk.length ? chunk.subarray(0, left) : chunk;
}

type Handler = (url: URL, request: http.IncomingMessage, response: http.ServerResponse) => unknown;

const routes: Readonly<Record<string, Handler>> = {
  "/": (_url, _request, response) => response.end("ok"),
  "/download": (url, _request, response) =>
    pipeline(Readable.from(body(Number(url.searchParams.get("bytes") ?? 1e9))), response).catch(() => {}),
  "/upload": async (_url, request, response) => {
    let bytes = 0;
    for await (const part of request) bytes += (part as Buffer).length;
    response.end(String(bytes));
  },
};

const { host, port = 3000 } = specification() as WebSpec;
const server = http.createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://server");
  void Promise.resolve((routes[url.pathname] ?? routes["/"]!)(url, request, response)).catch(() => {});
});
server.listen(port, host, () => obey({ block: ({ ms }) => holdFor(Number(ms)) }));
