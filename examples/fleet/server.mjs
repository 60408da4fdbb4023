// One server of the fleet. GET /rebuild makes the mistake: a synchronous driver on the event loop.
//   PORT=3000 node --import sockscope/register examples/fleet/server.mjs
import { createServer } from "node:http";

const database = new Int32Array(new SharedArrayBuffer(4));
const rowMs = 10;

/** What such a driver does: the thread waits until the row is here, and nothing else runs meanwhile. */
function rebuildSearchIndex(milliseconds) {
  const until = performance.now() + milliseconds;
  while (performance.now() < until) Atomics.wait(database, 0, 0, rowMs);
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (url.pathname === "/rebuild") rebuildSearchIndex(Number(url.searchParams.get("ms") ?? 1000));
  response.end("ok\n");
});
server.listen({
  port: Number(process.env.PORT ?? 3000),
  host: "127.0.0.1",
  backlog: Number(process.env.BACKLOG ?? 64),
});
