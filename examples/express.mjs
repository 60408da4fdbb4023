// Express with findings and readiness (express-middleware.mjs). The agent may be loaded before it; start() joins it:
//   BACKLOG=16 node --import sockscope/register examples/express.mjs
//   BACKLOG=16 node examples/express.mjs
import { createServer } from "node:http";
import express from "express";
import { start } from "sockscope";
import { sockscope } from "./express-middleware.mjs";
import { backlog, port, rebuildSearchIndex } from "./work.mjs";

const agent = start();
const app = express();
app.use(sockscope(agent));
app.get("/", (_request, response) => void response.send("ok\n"));
app.get(
  "/rebuild",
  (request, response) => void response.send(`${rebuildSearchIndex(Number(request.query.ms ?? 1000))}\n`),
);

const server = createServer(app);
server.listen({ port, backlog }, () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
