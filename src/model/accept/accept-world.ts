// One accept scenario, put together and ready to run: used by `simulate` and by the model's snapshots.
import { schedule } from "../arrivals.js";
import { runAcceptSchedule } from "./accept-schedule.js";
import { runBlockingServer } from "./blocking-server.js";
import { type Client, type ClientEvents, createClients } from "./client.js";
import { createEngine, type Engine, priority, toNanos } from "../engine.js";
import { type EventLoop, runEventLoop } from "./event-loop.js";
import { createLink } from "./link.js";
import { createListener, type Listener } from "./listener.js";
import type { AcceptCall, AcceptScenario } from "./scenario.js";
import { limitOf, type ModelSysctls, sysctlDefaults } from "../sysctl.js";
import { createTimerWheel } from "../timer-wheel.js";

export interface AcceptWorld {
  readonly engine: Engine;
  readonly listener: Listener;
  readonly sysctl: ModelSysctls;
  readonly loop?: EventLoop | undefined;
}

export interface WorldEvents extends ClientEvents {
  readonly onStart: (client: Client) => void;
}

/** Explicit settings win over `base`. */
const sysctlOf = ({ sysctl = {} }: AcceptScenario): ModelSysctls => {
  const { base: _, ...given } = sysctl;
  return { ...sysctlDefaults, ...given } as ModelSysctls;
};

type Accepts = NonNullable<AcceptScenario["accepts"]>;
const isSchedule = (accepts: Accepts): accepts is readonly AcceptCall[] => Array.isArray(accepts);

const runServer = (engine: Engine, listener: Listener, accepts: Accepts): EventLoop | undefined => {
  if (isSchedule(accepts)) runAcceptSchedule(engine, listener, accepts);
  else if ("acceptsPerIteration" in accepts) return runEventLoop(engine, listener, accepts);
  else runBlockingServer(engine, listener, accepts);
  return undefined;
};

export function createAcceptWorld(scenario: AcceptScenario, events: WorldEvents): AcceptWorld {
  const engine = createEngine(scenario.seed ?? 1);
  const sysctl = sysctlOf(scenario);
  const wheel = createTimerWheel(engine);
  const link = createLink(engine, scenario.rtt ?? 0);
  const limit = limitOf(scenario.listener.backlog, sysctl.somaxconn);
  const listener = createListener({ engine, wheel, link, sysctl, limit });
  const { timeout, patience, speakFirst = false } = scenario.clients ?? {};
  const options = { timeout: timeout ?? undefined, patience: patience ?? undefined, speakFirst };
  const connect = createClients({ engine, wheel, link, listener, sysctl, options, events });
  for (const { spoofed = false, ...pattern } of scenario.arrivals)
    schedule(engine, pattern, priority.client, () => events.onStart(connect(spoofed)));
  const loop = scenario.accepts && runServer(engine, listener, scenario.accepts);
  const { closeAt } = scenario.listener;
  if (closeAt !== undefined) engine.at(toNanos(closeAt), priority.server, listener.close);
  return { engine, listener, sysctl, loop };
}
