// A server on a unix socket, as behind a local proxy. The kernel keeps no drop counter for these: what can be seen is
// the queue standing full, and connect(2) answering EAGAIN to the client.
//   BACKLOG=16 SOCKET=/tmp/app.sock node --import sockscope/register examples/unix-socket.mjs
//   node examples/storm.mjs /tmp/app.sock 60
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { backlog, rebuildSearchIndex } from "./work.mjs";

const path = process.env.SOCKET ?? "/tmp/sockscope-example.sock";
rmSync(path, { force: true });

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (url.pathname === "/rebuild") rebuildSearchIndex(Number(url.searchParams.get("ms") ?? 1000));
  response.end("ok\n");
});
server.listen({ path, backlog }, () => console.log(`listening on ${path}`));
