// Clients of a service, each again and again until they are told to end: whole requests, uploads, aborted downloads,
// health checks, over HTTP, HTTP/2 or TLS.
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import tls from "node:tls";
import { presharedKey } from "./preshared-key.js";
import { obey, say, specification } from "./steer.js";

export interface VisitorSpec {
  readonly kind: keyof typeof visits;
  readonly host: string;
  readonly port?: number | undefined;
  /** How many at a time; 1. */
  readonly count?: number | undefined;
  readonly path?: string | undefined;
  readonly method?: string | undefined;
  /** To be sent, or after which a download is aborted. */
  readonly bytes?: number | undefined;
  /** Between two visits. */
  readonly pauseMs?: number | undefined;
}

type Visit = (spec: VisitorSpec) => Promise<unknown>;

const totals: Record<string, number> = { visits: 0, failed: 0, read: 0 };
const add = (name: string, n: number): void => {
  totals[name] = (totals[name] ?? 0) + n;
};

const chunk = Buffer.alloc(65_536, "u");
function* body(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= chunk.length) yield left < chunk.length ? chunk.subarray(0, left) : chunk;
}

const agent = new http.Agent({ keepAlive: true });
const placeOf = ({ host, port = 3000 }: VisitorSpec): { host: string; port: number } => ({ host, port });

const drain = async (stream: Readable): Promise<void> => {
  for await (const part of stream) add("read", (part as Buffer).length);
};

const answerTo = async (request: http.ClientRequest): Promise<http.IncomingMessage> => {
  const [response] = await once(request, "response");
  return response as http.IncomingMessage;
};

/** A request of its kind, the whole answer read; the connection is kept. */
const request: Visit = async (spec) => {
  const { path = "/", method = "GET", bytes } = spec;
  const sent = http.request({ ...placeOf(spec), path, method, agent });
  const answered = answerTo(sent);
  await (bytes === undefined ? sent.end() : pipeline(Readable.from(body(bytes)), sent));
  await drain(await answered);
};

/** Reads a part of the answer and hangs up. */
const abort: Visit = async (spec) => {
  const sent = http.get({ ...placeOf(spec), path: spec.path ?? "/", agent: false });
  const response = await answerTo(sent);
  let left = spec.bytes ?? 0;
  for await (const part of response) {
    left -= (part as Buffer).length;
    if (left <= 0) break;
  }
  sent.destroy();
};

/** Connects and hangs up, as a load balancer's health check does. */
const check: Visit = async (spec) => {
  const socket = net.connect(placeOf(spec));
  await once(socket, "connect");
  socket.destroy();
};

/** Sends, ends its own half at once, and reads what comes until the other ends too. */
const halfClose: Visit = async (spec) => {
  const socket = net.connect({ ...placeOf(spec), allowHalfOpen: true });
  socket.end("question");
  await drain(socket);
};

let session: http2.ClientHttp2Session | undefined;
/** One stream of one session that all share. */
const stream: Visit = async (spec) => {
  const { host, port } = placeOf(spec);
  session ??= http2.connect(`http://${host}:${port}`);
  const { bytes, path = "/" } = spec;
  const opened = session.request({ ":path": path, ":method": bytes === undefined ? "GET" : "POST" });
  if (bytes === undefined) opened.end();
  else void pipeline(Readable.from(body(bytes)), opened).catch(() => {});
  await drain(opened);
};

/** A TLS connection that asks for a download, and then uploads as much. */
const secure: Visit = async (spec) => {
  const pskCallback = () => ({ psk: presharedKey.key, identity: presharedKey.identity });
  const socket = tls.connect({
    ...placeOf(spec),
    ...presharedKey.options,
    pskCallback,
    checkServerIdentity: () => undefined,
  });
  await once(socket, "secureConnect");
  if (spec.path === undefined) await pipeline(Readable.from(body(spec.bytes ?? 0)), socket);
  else {
    socket.write(spec.path);
    await drain(socket);
  }
};

const visits = { request, abort, check, halfClose, stream, secure } as const;

const spec = specification() as VisitorSpec;
const over = new AbortController();

const visitor = async (): Promise<void> => {
  while (!over.signal.aborted) {
    await visits[spec.kind](spec).then(
      () => add("visits", 1),
      () => add("failed", 1),
    );
    await delay(spec.pauseMs ?? 0);
  }
};

obey({
  tally: () => say({ kind: "tally", ...totals }),
  close: () => over.abort(),
});
for (let n = 0; n < (spec.count ?? 1); n += 1) void visitor();
