// One accept scenario, put together and ready to run: used by `simulate` and by the model's snapshots.
import { schedule } from "../arrivals.js";
import { createEngine, type Engine, priority, toNanos } from "../engine.js";
import { limitOf, type ModelSysctls } from "../sysctl.js";
import { createTimerWheel } from "../timer-wheel.js";
import { runAcceptSchedule } from "./accept-schedule.js";
import { runBlockingServer } from "./blocking-server.js";
import { type Client, type ClientEvents, createClients } from "./client.js";
import { type EventLoop, runEventLoop } from "./event-loop.js";
import { type Generation, generationOf } from "./generation.js";
import { createGroup, type Group } from "./group.js";
import { createLink } from "./link.js";
import type { Listener } from "./listener.js";
import { createLocalPorts, type LocalPorts } from "./local-ports.js";
import type { AcceptCall, AcceptScenario, ServerSpec } from "./scenario.js";

/** An event loop, and which of the group's listeners it watches. */
export interface WatchingLoop extends EventLoop {
  readonly member: number;
}

export interface AcceptWorld {
  readonly engine: Engine;
  readonly group: Group;
  readonly limit: number;
  readonly sysctl: ModelSysctls;
  readonly loops: readonly WatchingLoop[];
  readonly localPorts: LocalPorts;
}

export interface WorldEvents extends ClientEvents {
  readonly onStart: (client: Client) => void;
}

/** Explicit settings win over `base`. */
const sysctlOf = ({ sysctl = {} }: AcceptScenario, { sysctlDefaults }: Generation): ModelSysctls => {
  const { base: _, ...given } = sysctl;
  return { ...sysctlDefaults, ...given } as ModelSysctls;
};

const isSchedule = (server: ServerSpec): server is readonly AcceptCall[] => Array.isArray(server);

const runServer = (engine: Engine, listener: Listener, server: ServerSpec): readonly EventLoop[] => {
  if (isSchedule(server)) runAcceptSchedule(engine, listener, server);
  else if ("acceptsPerIteration" in server)
    return Array.from({ length: server.workers ?? 1 }, () => runEventLoop(engine, listener, server));
  else runBlockingServer(engine, listener, server);
  return [];
};

/** What runs on which member: one server on each, or the given ones, shared out or all on the only listener. */
const serversOf = ({ accepts }: AcceptScenario, members: number): readonly (readonly [ServerSpec, number])[] => {
  if (!accepts) return [];
  if ("servers" in accepts) return accepts.servers.map((server, index) => [server, index % members]);
  return Array.from({ length: members }, (_, member) => [accepts, member]);
};

/** Timeouts that a number of seconds comes to (secs_to_retrans). */
const timeoutsIn = (seconds: number): number => {
  let timeouts = seconds > 0 ? 1 : 0;
  for (let timeout = 1, passed = 1; seconds > passed && timeouts < 255; timeouts += 1) {
    timeout = Math.min(2 * timeout, 120);
    passed += timeout;
  }
  return timeouts;
};

export function createAcceptWorld(scenario: AcceptScenario, events: WorldEvents): AcceptWorld {
  const { backlog, closeAt, reuseport = 1, hashed = [], deferAccept = 0 } = scenario.listener;
  const engine = createEngine(scenario.seed ?? 1);
  const generation = generationOf(scenario.kernel);
  const sysctl = sysctlOf(scenario, generation);
  const wheel = createTimerWheel(engine, scenario.tick);
  const link = createLink(engine, {
    rtt: scenario.rtt ?? 0,
    trains: scenario.trains,
    blackholeAt: scenario.blackholeAt ?? Number.POSITIVE_INFINITY,
  });
  const limit = limitOf(backlog, sysctl.somaxconn);
  const synQueueHolds = generation.synQueueHolds(limit);
  const deferTimeouts = timeoutsIn(deferAccept);
  const group = createGroup({
    engine,
    wheel,
    link,
    sysctl,
    limit,
    synQueueHolds,
    deferTimeouts,
    members: reuseport,
    hashed,
  });
  const { timeout, patience, speakFirst = false, spokenAt = [], ports } = scenario.clients ?? {};
  const options = { timeout: timeout ?? undefined, patience: patience ?? undefined, speakFirst, spokenAt };
  const localPorts = createLocalPorts(engine, ports);
  const connect = createClients({ engine, wheel, link, nextListener: group.next, sysctl, options, events, localPorts });
  for (const { spoofed = false, ...pattern } of scenario.arrivals)
    schedule(engine, pattern, priority.client, () => events.onStart(connect(spoofed)));
  const loops = serversOf(scenario, reuseport).flatMap(([server, member]) =>
    runServer(engine, group.listeners[member]!, server).map((loop) => ({ ...loop, member })),
  );
  if (closeAt !== undefined)
    engine.at(toNanos(closeAt), priority.server, () => {
      for (const listener of group.listeners) listener.close();
    });
  return { engine, group, limit, sysctl, loops, localPorts };
}
