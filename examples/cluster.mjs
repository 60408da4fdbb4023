// A cluster. By default the primary accepts and hands out connections itself, so the kernel's queue stays empty while
// clients wait in the primary: sockscope in the primary sees them there (accept-wait, cluster-queue).
//   node --import sockscope/register examples/cluster.mjs
//   NODE_CLUSTER_SCHED_POLICY=none node --import sockscope/register examples/cluster.mjs     (workers accept)
import cluster from "node:cluster";
import { createServer } from "node:http";
import { backlog, port, rebuildSearchIndex } from "./work.mjs";

if (cluster.isPrimary) {
  for (let index = 0; index < 2; index += 1) cluster.fork();
  let listening = 0;
  cluster.on("listening", (_worker, address) => {
    listening += 1;
    if (listening === 2) console.log(`listening on http://127.0.0.1:${address.port}`);
  });
} else {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname === "/rebuild") rebuildSearchIndex(Number(url.searchParams.get("ms") ?? 1000));
    response.end("ok\n");
  });
  server.listen({ port, backlog });
}
