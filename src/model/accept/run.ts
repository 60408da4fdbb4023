// Runs an accept scenario and says what came of it.
import { type AcceptWorld, createAcceptWorld } from "./accept-world.js";
import type { Client } from "./client.js";
import { toNanos, toSeconds } from "../engine.js";
import { createReservoir, type Reservoir } from "../reservoir.js";
import type { AcceptResult, AcceptScenario, ConnectRecord, Outcome } from "./scenario.js";
import { createTimeline } from "./timeline.js";

const mostConnects = 10_000;
/** A run without `until` ends so long after the last thing that the scenario names. */
const afterwards = 10;

const outcomeOf = ({ state, acceptedAt, connection }: Client): Outcome => {
  if (acceptedAt !== undefined) return "accepted";
  if (state === "reset" || state === "timed-out") return state;
  if (connection) return "queued";
  return state === "syn-sent" ? "pending" : "ghost";
};

const secondsOrNull = (nanos: number | undefined): number | null => (nanos === undefined ? null : toSeconds(nanos));

const recordOf = (client: Client): ConnectRecord => ({
  at: toSeconds(client.startedAt),
  synAttempts: client.synAttempts,
  connectedAt: secondsOrNull(client.connectedAt),
  acceptedAt: secondsOrNull(client.acceptedAt),
  outcome: outcomeOf(client),
});

const lastMoment = ({ arrivals, accepts }: AcceptScenario): number => {
  const calls = Array.isArray(accepts) ? accepts : [];
  return Math.max(0, ...[...arrivals, ...calls].map((entry) => ("at" in entry ? entry.at : entry.until)));
};

interface Watched {
  readonly kept: Client[];
  /** Connected, as far as the client knows, and not accepted. */
  readonly hopeful: Set<Client>;
  readonly waits: Reservoir;
  arrivals: number;
  retried: number;
  resets: number;
}

const watch = (watched: Watched): Parameters<typeof createAcceptWorld>[1] => ({
  onStart: (client) => {
    watched.arrivals += 1;
    if (watched.kept.length < mostConnects) watched.kept.push(client);
  },
  onRetry: () => {
    watched.retried += 1;
  },
  onConnected: (client) => watched.hopeful.add(client),
  onEnd: (client) => {
    watched.hopeful.delete(client);
    if (client.state === "reset") watched.resets += 1;
    if (client.state === "accepted") watched.waits.add(toSeconds(client.acceptedAt! - client.connection!.queuedAt));
  },
});

const resultOf = ({ listener }: AcceptWorld, watched: Watched): Omit<AcceptResult, "timeline"> => {
  const { stats } = listener;
  const { kept, hopeful, waits } = watched;
  return {
    kind: "accept",
    limit: listener.limit,
    arrivals: watched.arrivals,
    retried: watched.retried,
    admitted: stats.admitted,
    overflows: stats.counters.ListenOverflows,
    drops: stats.counters.ListenDrops,
    listenerDrops: stats.drops,
    resets: watched.resets,
    ghosts: [...hopeful].filter(({ connection }) => !connection).length,
    peakAcceptQueue: listener.acceptQueue.peak(),
    accepted: stats.accepted,
    counters: Object.fromEntries(Object.entries(stats.counters).filter(([, value]) => value > 0)),
    wait: { p50: waits.quantile(0.5), p95: waits.quantile(0.95), max: waits.quantile(1) },
    connects: kept.map(recordOf),
    connectsOmitted: watched.arrivals - kept.length,
  };
};

/** Runs a scenario that is known to be well formed. */
export function runAccept(scenario: AcceptScenario): AcceptResult {
  const watched: Watched = {
    kept: [],
    hopeful: new Set(),
    waits: createReservoir(),
    arrivals: 0,
    retried: 0,
    resets: 0,
  };
  const world = createAcceptWorld(scenario, watch(watched));
  const timeline = createTimeline(world);
  world.engine.runUntil(toNanos(scenario.until ?? lastMoment(scenario) + afterwards), timeline.note);
  timeline.note();
  return { ...resultOf(world, watched), timeline: timeline.entries() };
}
