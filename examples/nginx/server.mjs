// The application behind nginx: logs one line a request, with the status it sent.
import { createServer } from "node:http";
import { backlog, port, rebuildSearchIndex } from "../work.mjs";

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (url.pathname === "/rebuild") rebuildSearchIndex(Number(url.searchParams.get("ms") ?? 1000));
  response.on("finish", () => console.log(`${request.method} ${request.url} ${response.statusCode}`));
  response.end("ok\n");
});
server.listen({ port, host: "127.0.0.1", backlog });
