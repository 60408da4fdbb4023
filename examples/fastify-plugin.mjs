// A fastify plugin: GET /ready for the load balancer, GET /findings for whoever wants to know why; findings of this process go
// into the application's own log. `app.register(sockscope)`.
import { start } from "sockscope";
import { findingsJson, readiness } from "./readiness.mjs";

/** `options`: those of start(). Joins the agent that `--import sockscope/register` has started, if it has. */
export const sockscope = async (app, options) => {
  const agent = start({ logger: app.log, ...options });
  app.get("/ready", async (_request, reply) => {
    const { status, body } = readiness(agent);
    return reply.code(status).header("cache-control", "no-store").send(body);
  });
  app.get("/findings", async (_request, reply) => reply.type("application/json").send(findingsJson(agent)));
  app.addHook("onClose", () => agent.stop());
};
