// An express middleware (or of anything with `(request, response, next)`): GET /ready for the load balancer, GET /findings for
// whoever wants to know why. `app.use(sockscope(agent))`, before what takes time.
import { findingsJson, readiness } from "./readiness.mjs";

export const sockscope = (agent) => (request, response, next) => {
  if (request.method !== "GET") return next();
  if (request.path === "/ready") {
    const { status, body } = readiness(agent);
    return response.status(status).set("cache-control", "no-store").json(body);
  }
  if (request.path === "/findings") return response.type("json").send(findingsJson(agent));
  return next();
};
