// Fastify with findings, readiness and the application's own log (fastify-plugin.mjs):
//   BACKLOG=16 node examples/fastify.mjs
import Fastify from "fastify";
import { sockscope } from "./fastify-plugin.mjs";
import { backlog, port, rebuildSearchIndex } from "./work.mjs";

const app = Fastify({ logger: true });
await app.register(sockscope);
app.get("/", async () => "ok\n");
app.get("/rebuild", async (request) => rebuildSearchIndex(Number(request.query.ms ?? 1000)));

await app.listen({ port, host: "127.0.0.1", backlog });
