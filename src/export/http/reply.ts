// How answers go out: the same headers on every one, nothing kept by caches, nothing shown inside other pages.
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { metricsContentType } from "../metrics/text.js";

const headers: OutgoingHttpHeaders = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

export type ContentType = "text" | "json" | "html" | "ndjson" | "metrics" | "events";

const contentTypes: Readonly<Record<ContentType, string>> = {
  text: "text/plain; charset=utf-8",
  json: "application/json; charset=utf-8",
  html: "text/html; charset=utf-8",
  ndjson: "application/x-ndjson; charset=utf-8",
  metrics: metricsContentType,
  events: "text/event-stream; charset=utf-8",
};

/** Begins an answer whose body follows. */
export const beginReply = (
  response: ServerResponse,
  status: number,
  type: ContentType,
  more: OutgoingHttpHeaders = {},
): void => void response.writeHead(status, { ...headers, "Content-Type": contentTypes[type], ...more });

/** A whole answer; to HEAD without its body. */
export const reply = (
  response: ServerResponse,
  status: number,
  type: ContentType,
  body: string,
  more: OutgoingHttpHeaders = {},
): void => {
  const bytes = Buffer.from(body);
  beginReply(response, status, type, { "Content-Length": bytes.length, ...more });
  response.end(response.req.method === "HEAD" ? undefined : bytes);
};

/** A body is read for so long, and so far, before the answer: a connection closed on unread bytes is reset, answer and all. */
const lingerMs = 500;
const lingerBytes = 262_144;

/** An answer after which this connection is closed, whatever else it sends. */
export const replyAndClose = (
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  why: string,
  more: OutgoingHttpHeaders = {},
): void => {
  let read = 0;
  const answer = (): void => {
    clearTimeout(limit);
    if (!response.headersSent) reply(response, status, "text", `${why}\n`, { Connection: "close", ...more });
  };
  const limit = setTimeout(answer, lingerMs).unref();
  request.on("data", (chunk: Buffer) => {
    read += chunk.length;
    if (read > lingerBytes) answer();
  });
  request.on("end", answer);
  request.on("error", answer);
};
