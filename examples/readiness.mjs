// What a load balancer should know: whether this process takes connections as they come. Used by fastify-plugin.mjs and
// express-middleware.mjs.
//
// 503 only where sending connections elsewhere helps: they wait, or are turned away, at this process's own listeners, at
// warning or above, because this process does not get to accept them. A peer that does not read, a lossy path, a burst above
// the backlog that is over, or a flood of SYNs, which goes wherever the address goes, is no reason: every replica would
// leave at once. Never use it as a liveness probe: a restart loses the connections that wait.
const symptoms = new Set([
  "accept-queue-overflow",
  "accept-queue-pressure",
  "accept-wait",
  "abandoned-in-queue",
  "connections-shed",
]);
const causes = new Set([
  "process-stopped",
  "cpu-throttled",
  "cpu-starved",
  "fd-exhausted",
  "max-connections",
  "event-loop-blocked",
  "event-loop-saturated",
  "not-accepting",
  "cluster-queue",
  "unknown",
]);

/** The findings for which this process should get no new connections. */
export const unreadyFor = (findings) =>
  findings.filter(
    ({ state, severity, symptom, cause }) =>
      state === "active" && severity !== "info" && symptoms.has(symptom) && causes.has(cause),
  );

/** Status and body of a readiness route. */
export const readiness = (agent) => {
  const because = unreadyFor(agent.findings());
  return {
    status: because.length === 0 ? 200 : 503,
    body: {
      ready: because.length === 0,
      because: because.map(({ symptom, cause, summary, remedy }) => ({ symptom, cause, summary, remedy: remedy[0] })),
    },
  };
};

/** What JSON cannot hold in a finding: a counter beyond 2^53 becomes its decimal digits. */
export const findingsJson = (agent) =>
  JSON.stringify({ findings: agent.findings() }, (_key, value) => (typeof value === "bigint" ? String(value) : value));
