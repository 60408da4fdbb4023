// The application under test: an ordinary server that knows nothing of the agent. It does what the lab tells it:
// blocks, computes, stops, closes. Its specification is JSON in argv; orders and answers are IPC messages.
import http from "node:http";
import net from "node:net";
import { holdFor, spinFor } from "./spin.js";

export interface ListenerSpec {
  readonly kind: "tcp" | "http";
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  readonly backlog?: number | undefined;
  /** An inherited listening descriptor (socket activation) instead of an address. */
  readonly fd?: number | undefined;
  /** CPU time that every connection (tcp) or request (http) costs before it is answered. */
  readonly costMs?: number | undefined;
  /** tcp: say one byte and close as soon as the connection is served. */
  readonly reply?: boolean | undefined;
  readonly maxConnections?: number | undefined;
}

type Served = net.Server | http.Server;

const handleConnection = (costMs: number): void => holdFor(costMs);

const tcp = ({ costMs = 0, reply = false }: ListenerSpec): net.Server =>
  net.createServer((socket) => {
    socket.on("error", () => {});
    if (costMs > 0) handleConnection(costMs);
    if (reply) socket.end("x");
    else socket.resume();
  });

const chunk = Buffer.alloc(65_536, "x");
const download = (response: http.ServerResponse, chunks: number): void => {
  let left = chunks;
  const more = (): void => {
    while (left > 0) {
      left -= 1;
      if (!response.write(chunk)) return void response.once("drain", more);
    }
    response.end();
  };
  more();
};

const routes: Readonly<Record<string, (response: http.ServerResponse) => unknown>> = {
  "/": (response) => response.end("ok"),
  "/poll": (response) => setTimeout(() => response.end("news"), 1500),
  "/big": (response) => download(response, 400),
};

const web = ({ costMs = 0 }: ListenerSpec): http.Server =>
  http.createServer((request, response) => {
    if (costMs > 0) handleConnection(costMs);
    (routes[request.url ?? "/"] ?? routes["/"]!)(response);
  });

const open = (spec: ListenerSpec): Promise<Served> =>
  new Promise((resolve, reject) => {
    const server = spec.kind === "http" ? web(spec) : tcp(spec);
    const { fd, path, host = "127.0.0.1", port = 3000, backlog = 511 } = spec;
    const where = fd !== undefined ? { fd } : path !== undefined ? { path, backlog } : { host, port, backlog };
    server.once("error", reject);
    if (spec.maxConnections !== undefined) server.maxConnections = spec.maxConnections;
    server.listen(where, () => resolve(server));
  });

// in its own frame: its name is what the stack must give; otherwise as holdFor
const rebuildSearchIndex = (ms: number): void => {
  const row = new Int32Array(new SharedArrayBuffer(8));
  const end = performance.now() + ms;
  while (performance.now() < end) {
    for (let word = 0; word < 10_000; word += 1) row[1] = word;
    Atomics.wait(row, 0, 0, 5);
  }
};
const summarizeOrders = (ms: number): void => spinFor(ms);
const waitForLock = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

interface Order {
  readonly kind: string;
  readonly ms?: number | undefined;
  readonly listener?: ListenerSpec | undefined;
}

/** Runs the server of this thread or process; `say` tells the lab what happened. */
export const serve = async (
  specs: readonly ListenerSpec[],
  say: (message: object) => void,
): Promise<(order: Order) => void> => {
  const servers: Served[] = [];
  for (const spec of specs) servers.push(await open(spec));
  const orders: Readonly<Record<string, (order: Order) => unknown>> = {
    block: ({ ms = 0 }) => rebuildSearchIndex(ms),
    compute: ({ ms = 0 }) => summarizeOrders(ms),
    wait: ({ ms = 0 }) => waitForLock(ms),
    "block-and-close": ({ ms = 0 }) => {
      rebuildSearchIndex(ms);
      for (const server of servers) server.close();
    },
    listen: async ({ listener }) => listener !== undefined && servers.push(await open(listener)),
  };
  return (order) => {
    // written at once (libuv tries the write before it queues it), so the lab hears it although the loop is then held
    say({ kind: `${order.kind}:begun` });
    const done = (): void => say({ kind: `${order.kind}:done`, at: Date.now() });
    void Promise.resolve(orders[order.kind]?.(order)).then(done);
  };
};

/** The specification is on the command line. */
export const specification = (): readonly ListenerSpec[] => JSON.parse(process.argv[2] ?? "[]");

const say = (message: object): void => void process.send?.(message);

const main = async (): Promise<void> => {
  const obey = await serve(specification(), say);
  process.on("message", obey);
  say({ kind: "ready" });
};

if (require.main === module) void main();
