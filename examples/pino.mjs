// Programmatic use: findings go through the application's own pino logger and to a function of yours.
//   BACKLOG=16 node examples/pino.mjs
import { createServer } from "node:http";
import pino from "pino";
import { start } from "sockscope";
import { backlog, port, rebuildSearchIndex } from "./work.mjs";

const logger = pino();
const agent = start({ log: "off", logger });

agent.on("finding", (finding) => {
  if (finding.state === "active" && finding.stack) logger.info({ frame: finding.stack[0] }, "blocked by");
});

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (url.pathname === "/rebuild") rebuildSearchIndex(Number(url.searchParams.get("ms") ?? 1000));
  response.end("ok\n");
});
server.listen({ port, backlog }, () => logger.info(`listening on http://127.0.0.1:${server.address().port}`));

process.once("SIGTERM", () => {
  void agent.stop();
  server.close();
});
