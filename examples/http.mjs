// A plain HTTP server; the agent is loaded beside it and the server stays as it was:
//   BACKLOG=16 node --import sockscope/register examples/http.mjs
//   node examples/storm.mjs 3000 60        (in another terminal)
import { createServer } from "node:http";
import { backlog, port, rebuildSearchIndex } from "./work.mjs";

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (url.pathname === "/rebuild") rebuildSearchIndex(Number(url.searchParams.get("ms") ?? 1000));
  response.end("ok\n");
});

server.listen({ port, backlog }, () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
