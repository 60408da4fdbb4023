// Fastify; a readiness route that answers 503 while sockscope has an active warning:
//   BACKLOG=16 node examples/fastify.mjs
import Fastify from "fastify";
import { start } from "sockscope";
import { backlog, port, rebuildSearchIndex } from "./work.mjs";

const agent = start();
const app = Fastify();

app.get("/", async () => "ok\n");
app.get("/rebuild", async (request) => rebuildSearchIndex(Number(request.query.ms ?? 1000)));
app.get("/ready", async (_request, reply) => {
  const urgent = agent.findings().filter((finding) => finding.severity !== "info");
  reply.code(urgent.length > 0 ? 503 : 200);
  return { ready: urgent.length === 0, findings: urgent.map((finding) => finding.summary) };
});
app.addHook("onClose", async () => agent.stop());

const address = await app.listen({ port, host: "127.0.0.1", backlog });
console.log(`listening on ${address}`);
