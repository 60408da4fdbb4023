// Runs an accept scenario and says what came of it.
import { toNanos, toSeconds } from "../engine.js";
import { createReservoir, type Reservoir } from "../reservoir.js";
import { type AcceptWorld, createAcceptWorld } from "./accept-world.js";
import type { Client } from "./client.js";
import type { Listener } from "./listener.js";
import type {
  AcceptCall,
  AcceptResult,
  AcceptScenario,
  ConnectRecord,
  MemberResult,
  Outcome,
  Quantiles,
} from "./scenario.js";
import { createTimeline } from "./timeline.js";

const mostConnects = 10_000;
/** A run without `until` ends so long after the last thing that the scenario names. */
const afterwards = 10;

const isDeferred = (client: Client, { listener }: AcceptScenario): boolean =>
  listener.deferAccept !== undefined && client.request !== undefined;

const outcomeOf = (client: Client, scenario: AcceptScenario): Outcome => {
  const { state, acceptedAt, connection } = client;
  if (acceptedAt !== undefined) return "accepted";
  if (state === "reset" || state === "timed-out" || state === "no-port") return state;
  if (connection) return "queued";
  if (state === "syn-sent") return "pending";
  return isDeferred(client, scenario) ? "deferred" : "ghost";
};

const secondsOrNull = (nanos: number | undefined): number | null => (nanos === undefined ? null : toSeconds(nanos));

const recordOf = (client: Client, scenario: AcceptScenario): ConnectRecord => ({
  at: toSeconds(client.startedAt),
  synAttempts: client.synAttempts,
  connectedAt: secondsOrNull(client.connectedAt),
  acceptedAt: secondsOrNull(client.acceptedAt),
  outcome: outcomeOf(client, scenario),
});

const callsOf = (accepts: AcceptScenario["accepts"]): readonly AcceptCall[] => {
  if (!accepts) return [];
  if ("servers" in accepts) return accepts.servers.flatMap(callsOf);
  return Array.isArray(accepts) ? accepts : [];
};

const lastMoment = ({ arrivals, accepts }: AcceptScenario): number => {
  const calls = callsOf(accepts);
  return Math.max(0, ...[...arrivals, ...calls].map((entry) => ("at" in entry ? entry.at : entry.until)));
};

interface Watched {
  readonly kept: Client[];
  /** Connected, as far as the client knows, and not accepted: only how many, as ghosts stay for ever. */
  hopeful: number;
  readonly waits: Reservoir;
  readonly clientWaits: Reservoir;
  arrivals: number;
  retried: number;
  resets: number;
  timedOut: number;
}

const watch = (watched: Watched): Parameters<typeof createAcceptWorld>[1] => ({
  onStart: (client) => {
    watched.arrivals += 1;
    if (watched.kept.length < mostConnects) watched.kept.push(client);
  },
  onRetry: () => {
    watched.retried += 1;
  },
  onConnected: () => {
    watched.hopeful += 1;
  },
  onEnd: (client) => {
    if (client.connectedAt !== undefined) watched.hopeful -= 1;
    if (client.state === "reset") watched.resets += 1;
    if (client.state === "timed-out") watched.timedOut += 1;
    if (client.state !== "accepted") return;
    watched.waits.add(toSeconds(client.acceptedAt! - client.connection!.queuedAt));
    watched.clientWaits.add(toSeconds(client.acceptedAt! - client.startedAt));
  },
});

const quantilesOf = (waits: Reservoir): Quantiles => ({
  p50: waits.quantile(0.5),
  p95: waits.quantile(0.95),
  max: waits.quantile(1),
});

const memberOf = ({ stats, acceptQueue }: Listener): MemberResult => ({
  admitted: stats.admitted,
  accepted: stats.accepted,
  listenerDrops: stats.drops,
  peakAcceptQueue: acceptQueue.peak(),
});

const resultOf = ({ group, limit }: AcceptWorld, watched: Watched, scenario: AcceptScenario): AcceptResult => {
  const { counters, listeners } = group;
  const { kept, hopeful, waits, clientWaits, timedOut, resets } = watched;
  const queued = listeners.flatMap(({ acceptQueue }) => acceptQueue.residents());
  const halfOpen = scenario.listener.deferAccept === undefined ? [] : listeners.flatMap(({ requests }) => requests());
  const heard = [...queued, ...halfOpen].filter(({ client }) => client.state === "established").length;
  const ghosts = hopeful - heard;
  return {
    kind: "accept",
    limit,
    arrivals: watched.arrivals,
    retried: watched.retried,
    admitted: group.admitted(),
    overflows: counters.ListenOverflows,
    drops: counters.ListenDrops,
    listenerDrops: group.drops(),
    resets,
    ghosts,
    peakAcceptQueue: group.peak(),
    accepted: group.accepted(),
    counters: Object.fromEntries(Object.entries(counters).filter(([, value]) => value > 0)),
    wait: quantilesOf(waits),
    cost: {
      peakQueuedBytes: group.memory.peak(),
      clientWait: quantilesOf(clientWaits),
      turnedAway: resets + timedOut + ghosts,
    },
    ...(listeners.length > 1 && { members: listeners.map(memberOf) }),
    connects: kept.map((client) => recordOf(client, scenario)),
    connectsOmitted: watched.arrivals - kept.length,
    timeline: [],
  };
};

/** Runs a scenario that is known to be well formed. */
export function runAccept(scenario: AcceptScenario): AcceptResult {
  const watched: Watched = {
    kept: [],
    hopeful: 0,
    waits: createReservoir(),
    clientWaits: createReservoir(),
    arrivals: 0,
    retried: 0,
    resets: 0,
    timedOut: 0,
  };
  const world = createAcceptWorld(scenario, watch(watched));
  const timeline = createTimeline(world);
  world.engine.runUntil(toNanos(scenario.until ?? lastMoment(scenario) + afterwards), timeline.note);
  timeline.note();
  return { ...resultOf(world, watched, scenario), timeline: timeline.entries() };
}
