// What there is to be asked for: a table of paths. Nothing else leads anywhere, and no path is ever one of files.
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Finding } from "../../explain/finding.js";
import { jsonOf } from "../json.js";
import { pathOf } from "./access.js";
import type { Events } from "./events.js";
import type { Page } from "./page.js";
import { beginReply, reply } from "./reply.js";

/** What one socket is about, in plain words. */
export interface Explained {
  readonly finding?: Finding | undefined;
  readonly text: readonly string[];
}

/** Which socket: a connection by its cookie in decimal, a listener by its place, as frames name them. */
export type ExplainQuery = { readonly connection: string } | { readonly listener: string };

/** Where answers come from; called for each request. */
export interface Sources {
  readonly page: () => Page | undefined;
  /** Prometheus text. */
  readonly metrics: () => string;
  readonly findings: () => readonly Finding[];
  /** `undefined`: it is not known. */
  readonly explain: (query: ExplainQuery) => Explained | undefined;
  /** What the flight recorder holds, line by line without newlines; `undefined`: there is none. */
  readonly record?: (() => Iterable<string> | undefined) | undefined;
  /** What `/healthz` says beside "running". */
  readonly health: () => Readonly<Record<string, unknown>>;
}

type Route = (response: ServerResponse, query: URLSearchParams) => void;

const noPage = "the page is not part of this installation; /metrics, /findings and /events are served\n";

/** The page without its data: it says what it needs. */
export const sendPage = (response: ServerResponse, page: Page | undefined, status: 200 | 401 = 200): void => {
  if (!page) {
    reply(response, 503, "text", noPage);
    return;
  }
  const asks = status === 401 ? { "WWW-Authenticate": 'Bearer realm="sockscope"' } : {};
  reply(response, status, "html", page.html, { "Content-Security-Policy": page.policy, ...asks });
};

const sendJson = (response: ServerResponse, value: unknown, status = 200): void =>
  reply(response, status, "json", `${jsonOf(value)}\n`);

const explainQueryOf = (query: URLSearchParams): ExplainQuery | undefined => {
  const connection = query.get("connection");
  const listener = query.get("listener");
  if (connection !== null && /^\d{1,20}$/.test(connection)) return { connection };
  return listener === null || listener === "" ? undefined : { listener };
};

const lines = function* (record: Iterable<string>): Generator<string> {
  for (const line of record) yield `${line}\n`;
};

const sendRecord = (response: ServerResponse, record: Iterable<string> | undefined): void => {
  if (!record) {
    reply(response, 404, "text", "nothing is recorded\n");
    return;
  }
  beginReply(response, 200, "ndjson");
  // Whoever leaves in the middle ends it.
  pipeline(Readable.from(response.req.method === "HEAD" ? [] : lines(record)), response).catch(() =>
    response.destroy(),
  );
};

/** Answers what was let in. */
export const createRoutes = (sources: Sources, events: Events): ((response: ServerResponse) => void) => {
  const explain: Route = (response, query) => {
    const of = explainQueryOf(query);
    if (!of) return reply(response, 400, "text", "expected: ?connection=COOKIE or ?listener=ADDRESS:PORT\n");
    const explained = sources.explain(of);
    if (explained) return sendJson(response, explained);
    reply(response, 404, "text", "not among the sockets of the last look: it may have gone, or be quiet\n");
  };
  const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
    ["/", (response) => sendPage(response, sources.page())],
    ["/metrics", (response) => reply(response, 200, "metrics", sources.metrics())],
    ["/findings", (response) => sendJson(response, { findings: sources.findings() })],
    ["/events", (response) => events.join(response)],
    ["/healthz", (response) => sendJson(response, { state: "running", ...sources.health() })],
    ["/record", (response) => sendRecord(response, sources.record?.())],
    ["/explain", explain],
  ]);
  return (response) => {
    const { url = "/" } = response.req;
    const path = pathOf(url);
    const route = routes.get(path);
    if (!route) return reply(response, 404, "text", `there are: ${[...routes.keys()].join(" ")}\n`);
    route(response, new URLSearchParams(url.slice(path.length + 1)));
  };
};
