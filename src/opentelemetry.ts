// `sockscope/opentelemetry`: the metrics through @opentelemetry/api, an optional peer that is loaded where it is wanted.
// Instruments made before a MeterProvider is registered stay silent for ever (opentelemetry-js issue 3622): so they are
// made when there is one, and again when another takes its place.
import type { MeterProvider, MetricsAPI } from "@opentelemetry/api";
import type { Agent } from "./agent/agent.js";
import { sayOnStderr } from "./agent/shown/stderr.js";
import { createInstruments } from "./export/metrics/instruments.js";
import { version } from "./export/version.js";

type Source = Pick<Agent, "metrics">;
type Api = typeof import("@opentelemetry/api");

/** Whose metrics a provider's instruments show: what they have recorded is recorded once, whoever registers again. */
const sources = new WeakMap<MeterProvider, { agent: Source }>();
/** The agent that the global provider shows, whichever that is. */
let followed: Source | undefined;
let isWatched = false;

/**
 * Shows the agent's metrics through the provider; without one, through the global one, now or as soon as it is registered.
 * They are read when a reader collects, and end with the agent. Registering again changes nothing. Never throws: what is
 * missing is said on stderr.
 */
export const register = (agent: Source, meterProvider?: MeterProvider): void => {
  if (meterProvider) {
    guarded(() => show(agent, meterProvider));
    return;
  }
  const api = load();
  if (!api) return;
  followed = agent;
  guarded(() => follow(api));
  if (isWatched) return;
  isWatched = true;
  watchProviders(api.metrics, () => guarded(() => follow(api)));
};

const show = (agent: Source, provider: MeterProvider): void => {
  // From now on somebody wants them.
  agent.metrics();
  const known = sources.get(provider);
  if (known) {
    known.agent = agent;
    return;
  }
  const source = { agent };
  sources.set(provider, source);
  createInstruments(provider.getMeter("sockscope", version()), () => source.agent.metrics());
};

const follow = ({ metrics, createNoopMeter }: Api): void => {
  const provider = metrics.getMeterProvider();
  const isNone = provider.getMeter("sockscope") === createNoopMeter();
  if (followed && !isNone) show(followed, provider);
};

/** Once a provider is registered its method has returned: nothing has to look for it periodically. */
const watchProviders = (metrics: MetricsAPI, changed: () => void): void => {
  const setProvider = metrics.setGlobalMeterProvider.bind(metrics);
  metrics.setGlobalMeterProvider = (provider) => {
    const isTaken = setProvider(provider);
    changed();
    return isTaken;
  };
};

const load = (): Api | undefined => {
  try {
    const api: Api = require("@opentelemetry/api");
    return api;
  } catch (error) {
    complain(`the package @opentelemetry/api cannot be loaded (npm install @opentelemetry/api): ${String(error)}`);
    return undefined;
  }
};

const guarded = (run: () => void): void => {
  try {
    run();
  } catch (error) {
    complain(String(error));
  }
};

const complain = (line: string): void => sayOnStderr(`sockscope/opentelemetry: ${line}`);
