// accept-wait by cluster-queue: a cluster primary (SCHED_RR) accepts at once and holds the connections in an array of
// its own until a worker takes them. The kernel's queue reads 0 meanwhile; the descriptors in the primary do not.
import type { AcceptPath } from "../accept-path.js";
import { count, duration, placeOf } from "../format.js";
import { ascending, percentile } from "../sample.js";
import { shorten } from "../wording.js";
import type { Beside, BesideSymptom } from "./beside.js";

interface Queue {
  readonly key: string;
  peak: number;
  p95Ms: number;
  longestMs: number;
}

const report = (queue: Queue, path: AcceptPath, beside: Beside): void => {
  const { thresholds, around, lifecycle } = beside;
  const { listener } = path.watch;
  const { key, peak, p95Ms, longestMs } = queue;
  const severity = peak >= thresholds.criticalClients ? "critical" : "warning";
  const subject = path.subject();
  const source = "own descriptors on which nothing was sent or read";
  lifecycle.report(
    key,
    {
      face: { symptom: "accept-wait", cause: "cluster-queue", severity, stack: false, toll: peak },
      compose: () => ({
        symptom: "accept-wait",
        cause: "cluster-queue",
        severity,
        confidence: 0.9,
        subject,
        summary: shorten(
          `${count(peak, "connection")} to ${placeOf(listener)} waited in the cluster primary for a worker, 95 % of them up to ${duration(p95Ms)}; the kernel's queue held ${listener.length} of ${listener.limit + 1}.`,
        ),
        evidence: [
          { name: "connections waiting in the primary", value: peak, unit: "connections", source },
          { name: "accept wait p95", value: Math.round(p95Ms), unit: "ms", source },
          { name: "oldest waiting", value: Math.round(longestMs), unit: "ms", source },
          { name: "limit", value: listener.limit, unit: "connections", source: "TCP_INFO tcpi_sacked" },
        ],
        ruledOut: [
          {
            cause: "backlog-too-small",
            because: `the kernel's queue held ${listener.length} of ${listener.limit + 1}`,
          },
        ],
        remedy: [
          "Find what holds up the workers: each takes the next connection only when its loop turns.",
          "Run more workers, or let them accept for themselves (cluster.schedulingPolicy = cluster.SCHED_NONE, or reusePort).",
        ],
      }),
      quietMs: thresholds.resolvePressureMs,
      subject,
      evidence: true,
    },
    around.at,
    around.time,
  );
};

export const createClusterQueue = (): BesideSymptom => {
  const queues = new Map<bigint, Queue>();
  return {
    observe: (beside) => {
      for (const { cookie, roundRobin, owned } of beside.snapshot.listeners) {
        const path = beside.paths.get(cookie);
        const waits = owned?.untouchedMs;
        if (!roundRobin || !waits || !path) continue;
        const { waitConnections, waitP95Ms } = beside.thresholds;
        const p95Ms = percentile(ascending(waits), 0.95) ?? 0;
        if (waits.length < waitConnections || p95Ms < waitP95Ms) continue;
        const known = queues.get(cookie);
        const queue =
          known && beside.lifecycle.has(known.key)
            ? known
            : { key: beside.lifecycle.newKey(), peak: 0, p95Ms: 0, longestMs: 0 };
        queues.set(cookie, queue);
        queue.peak = Math.max(queue.peak, waits.length);
        queue.p95Ms = Math.max(queue.p95Ms, p95Ms);
        queue.longestMs = Math.max(queue.longestMs, ...waits.slice(0, 4096));
        report(queue, path, beside);
      }
      for (const [cookie, { key }] of queues) if (!beside.lifecycle.has(key)) queues.delete(cookie);
    },
  };
};
