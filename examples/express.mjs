// Express; the agent is loaded with --import and express knows nothing of it:
//   BACKLOG=16 node --import sockscope/register examples/express.mjs
import { createServer } from "node:http";
import express from "express";
import { backlog, port, rebuildSearchIndex } from "./work.mjs";

const app = express();
app.get("/", (_request, response) => void response.send("ok\n"));
app.get(
  "/rebuild",
  (request, response) => void response.send(`${rebuildSearchIndex(Number(request.query.ms ?? 1000))}\n`),
);

const server = createServer(app);
server.listen({ port, backlog }, () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
