// The endpoint: the live page, metrics, findings, a stream of frames. Run by the observer's thread, so that it answers
// while the application's main thread is blocked. Whatever clients do, they are bounded: in number, in size, in time.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { isLoopback, pathOf, refusalOf } from "./access.js";
import { createEvents } from "./events.js";
import { listenAt, type Place } from "./place.js";
import { replyAndClose } from "./reply.js";
import { createRoutes, sendPage, type Sources } from "./routes.js";

export interface EndpointOptions {
  readonly at: Place;
  readonly token: string | undefined;
  readonly sources: Sources;
  /** Each socket of the endpoint, the listening one first: to be left out of what is reported. */
  readonly opened: (socket: Server | Socket) => void;
  /** It listens at this address, or does not, for this reason; told at each change. */
  readonly listening: (address: string) => void;
  readonly failed: (reason: string) => void;
}

export interface Endpoint {
  /** To all that watch: a frame as JSON on one line. */
  frame(json: string): void;
  finding(json: string): void;
  close(): void;
}

const connectionsAtMost = 200;
const limits = {
  /** Of a request's head, bytes. */
  maxHeaderSize: 16_384,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
} as const;
/** A connection on which nothing has moved for so long is ended; streams send something more often. */
const silentMs = 60_000;

const refuse = (request: IncomingMessage, response: ServerResponse, options: EndpointOptions): boolean => {
  const { at, token, sources } = options;
  const { method = "", url = "", headers, socket } = request;
  const isNear = "path" in at || isLoopback(socket.remoteAddress);
  const refusal = refusalOf({ method, url, headers, isNear }, token);
  if (!refusal) return false;
  const { status, why } = refusal;
  // A browser cannot send a token before it has the page that asks for it.
  const page = status === 401 && pathOf(url) === "/" && headers.authorization === undefined && sources.page();
  if (page) sendPage(response, page, 401);
  else if (status === 401)
    replyAndClose(request, response, status, why, { "WWW-Authenticate": 'Bearer realm="sockscope"' });
  else replyAndClose(request, response, status, why, status === 405 ? { Allow: "GET, HEAD" } : {});
  return true;
};

/** Opens it; never throws. */
export const openEndpoint = (options: EndpointOptions): Endpoint => {
  const events = createEvents();
  const answer = createRoutes(options.sources, events);
  const server = createServer(limits, (request, response) => {
    response.on("error", () => undefined);
    try {
      if (!refuse(request, response, options)) answer(response);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else replyAndClose(request, response, 500, `this could not be answered: ${String(error)}`);
    }
  });
  server.maxConnections = connectionsAtMost;
  server.setTimeout(silentMs, (socket) => socket.destroy());
  server.on("connection", options.opened);
  server.on("listening", () => options.opened(server));
  const place = listenAt(server, options.at, { opened: options.listening, failed: options.failed });
  return {
    frame: events.frame,
    finding: events.finding,
    close() {
      place.close();
      events.close();
      server.close();
      server.closeAllConnections();
    },
  };
};
