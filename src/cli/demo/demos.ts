// The demos: one row each, the mistake, the load that shows it, what sockscope has to say about it, and what then
// puts it right.
import type { Cause, Finding, Symptom } from "../../explain/finding.js";
import type { RunPlan } from "./run.js";

export interface Demo {
  readonly name: string;
  /** One line for --list. */
  readonly about: string;
  /** What is set up, before it runs. */
  readonly setup: string;
  readonly plan: RunPlan;
  /** What happens when, said as it happens. */
  readonly story: readonly { readonly atMs: number; readonly text: string }[];
  readonly expect: Expectation;
  /** The runs with the remedy applied, from the finding's own words where they hold a number. */
  again(finding: Finding): readonly Again[];
}

export interface Expectation {
  readonly symptom: Symptom;
  readonly cause: Cause;
  /** The JavaScript function that the stack has to name. */
  readonly inFunction?: string | undefined;
}

export interface Again {
  readonly title: string;
  /** The name under which the finding's prediction speaks of this run. */
  readonly predicted?: string | undefined;
  readonly plan: RunPlan;
}

/** The listenBacklog that a remedy asks for. */
export const backlogIn = (remedy: readonly string[]): number | undefined => {
  for (const line of remedy) {
    const match = /\bbacklog(?: to|:) (\d{1,6})\b/i.exec(line);
    if (match) return Number(match[1]);
  }
  return undefined;
};

const withBacklog = (plan: RunPlan, finding: Finding): readonly Again[] => {
  const listenBacklog = backlogIn(finding.remedy);
  if (listenBacklog === undefined || listenBacklog <= plan.server.listenBacklog) return [];
  const predicted = `with backlog ${listenBacklog}`;
  return [
    {
      title: `listenBacklog ${listenBacklog}`,
      predicted,
      plan: { ...plan, server: { ...plan.server, listenBacklog } },
    },
  ];
};

const stalled: RunPlan = {
  server: { listenBacklog: 16, reindexMs: 2500 },
  load: {
    durationMs: 4500,
    perSecond: 40,
    path: "/",
    bursts: [{ atMs: 1000, count: 1, path: "/reindex" }],
  },
};

const slow: RunPlan = {
  server: { listenBacklog: 16, reportMs: 40 },
  load: { durationMs: 4500, perSecond: 60, path: "/report", untilMs: 4000 },
};

const rushed: RunPlan = {
  server: { listenBacklog: 4 },
  load: {
    durationMs: 4000,
    perSecond: 10,
    path: "/",
    bursts: [1000, 2500].map((atMs) => ({ atMs, count: 150, path: "/" })),
  },
};

const clustered: RunPlan = {
  server: { listenBacklog: 511, workers: 1, reindexMs: 2500 },
  load: { ...stalled.load, perSecond: 20 },
};

const starved: RunPlan = {
  server: { listenBacklog: 511, openFiles: 64 },
  load: { durationMs: 4000, perSecond: 40, path: "/", untilMs: 3000, hold: true },
};

const capped: RunPlan = {
  server: { listenBacklog: 511, maxConnections: 20 },
  load: { durationMs: 4000, perSecond: 20, path: "/", untilMs: 3000, hold: true },
};

const frozen: RunPlan = {
  server: { listenBacklog: 16 },
  load: { durationMs: 4500, perSecond: 40, path: "/" },
  stop: { atMs: 1000, forMs: 2000 },
};

export const demos: readonly Demo[] = [
  {
    name: "accept-queue-overflow",
    about: "a synchronous function blocks the main thread, the accept queue overflows",
    setup: "An HTTP server with a listenBacklog of 16, and 40 connections a second.",
    plan: stalled,
    story: [{ atMs: 1000, text: "GET /reindex calls rebuildSearchIndex() on the main thread" }],
    expect: { symptom: "accept-queue-overflow", cause: "event-loop-blocked", inFunction: "rebuildSearchIndex" },
    again: (finding) => [
      ...withBacklog(stalled, finding),
      {
        title: "work in slices",
        predicted: "with no stall",
        plan: { ...stalled, server: { ...stalled.server, sliced: true } },
      },
    ],
  },
  {
    name: "event-loop-saturated",
    about: "every request costs more than there is time for it",
    setup: "An HTTP server that computes 40 ms for each request, and 60 requests a second.",
    plan: slow,
    story: [{ atMs: 4000, text: "no new connections from here" }],
    expect: { symptom: "accept-queue-overflow", cause: "event-loop-saturated" },
    again: () => [{ title: "4 ms a request", plan: { ...slow, server: { ...slow.server, reportMs: 4 } } }],
  },
  {
    name: "backlog-too-small",
    about: "a healthy loop, and bursts of connections above the limit",
    setup: "An HTTP server with a listenBacklog of 4, and 150 connections at once, twice.",
    plan: rushed,
    story: [1000, 2500].map((atMs) => ({ atMs, text: "150 connections at once" })),
    expect: { symptom: "accept-queue-overflow", cause: "backlog-too-small" },
    again: (finding) => withBacklog(rushed, finding),
  },
  {
    name: "process-stopped",
    about: "the process is stopped (SIGSTOP) for two seconds",
    setup: "An HTTP server with a listenBacklog of 16, and 40 connections a second.",
    plan: frozen,
    story: [
      { atMs: 1000, text: "SIGSTOP to the server" },
      { atMs: 3000, text: "SIGCONT to the server" },
    ],
    expect: { symptom: "accept-queue-overflow", cause: "process-stopped" },
    again: (finding) => withBacklog(frozen, finding),
  },
  {
    name: "cluster-queue",
    about: "a cluster's only worker is blocked, connections wait accepted in the primary",
    setup: "An HTTP server as a cluster with one worker, and 20 connections a second.",
    plan: clustered,
    story: [{ atMs: 1000, text: "GET /reindex calls rebuildSearchIndex() on the worker's main thread" }],
    expect: { symptom: "accept-wait", cause: "cluster-queue" },
    again: () => [{ title: "work in slices", plan: { ...clustered, server: { ...clustered.server, sliced: true } } }],
  },
  {
    name: "fd-exhausted",
    about: "no descriptors are left: connections are accepted and closed at once",
    setup: "An HTTP server under `ulimit -n 64`, and 120 clients that stay connected.",
    plan: starved,
    story: [],
    expect: { symptom: "connections-shed", cause: "fd-exhausted" },
    again: () => [{ title: "ulimit -n 1024", plan: { ...starved, server: { ...starved.server, openFiles: 1024 } } }],
  },
  {
    name: "max-connections",
    about: "server.maxConnections is reached: connections are accepted and closed at once",
    setup: "An HTTP server with maxConnections = 20, and 60 clients that stay connected.",
    plan: capped,
    story: [],
    expect: { symptom: "connections-shed", cause: "max-connections" },
    again: () => [
      { title: "maxConnections 200", plan: { ...capped, server: { ...capped.server, maxConnections: 200 } } },
    ],
  },
];
