// `start()`: what an application holds of the observer. Nothing here runs periodically, throws into the application
// or keeps it alive.
import { EventEmitter } from "node:events";
import { isMainThread, workerData } from "node:worker_threads";
import type { Finding } from "../explain/finding.js";
import { errorMessage } from "../errors.js";
import type { MetricFamily } from "../export/metrics/reading.js";
import type { Redactor } from "../export/redact.js";
import { registerLoop } from "../kernel/loops.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import { onSubscription, publish, subscribed } from "./shown/channels.js";
import { readConfigFile } from "./options/config-file.js";
import { type AgentEvents, deliverTo } from "./shown/deliver.js";
import { isObserverData, type Wanted } from "./messages.js";
import { startObserverHost } from "./observer-host.js";
import type { StartOptions } from "./options/option-table.js";
import { resolveOptions } from "./options/options.js";
import { quiet } from "./patch.js";
import { onRecordSignal } from "./recorder/record-signal.js";
import { sayOnStderr } from "./shown/stderr.js";
import { type Shared, shareObserver, sharedObserver, strangerAt } from "./shared-observer.js";

export interface Agent {
  /** Called on the main thread, when it runs. An exception of the listener is caught and said on stderr. */
  on<Event extends keyof AgentEvents>(event: Event, listener: (...values: AgentEvents[Event]) => void): this;
  off<Event extends keyof AgentEvents>(event: Event, listener: (...values: AgentEvents[Event]) => void): this;
  /** Active findings, then those that were resolved within the last minute; newest first. */
  findings(): readonly Finding[];
  /** The last look of the last interval (or of the last finding); `undefined` before the first. */
  snapshot(): Snapshot | undefined;
  /**
   * Writes the last minutes as a flight record: to `path` (a file, or a folder that exists), else to SOCKSCOPE_RECORD, else
   * to the working folder. Resolves with the file's path; rejects with the reason why there is none.
   */
  record(path?: string): Promise<string>;
  /** What was measured up to the last interval; empty before the first. For `sockscope/prometheus` and the like. */
  metrics(): readonly MetricFamily[];
  /** Gives this agent up; the last one ends the observer and everything it had. Idempotent; never rejects. */
  stop(): Promise<void>;
}

/** What the observer of this process says is wrong now, and how it shows addresses; without one nothing, and as they are. */
export const observed = (): { readonly findings: readonly Finding[]; readonly redact: Redactor | undefined } => ({
  findings:
    sharedObserver()
      ?.host.shown()
      ?.findings.filter(({ state }) => state === "active") ?? [],
  redact: sharedObserver()?.redact,
});

/**
 * Starts the observer of this process, or joins the one that runs (then only `logger` of the options counts).
 * In an application's Worker it only makes that thread's event loop visible. Never throws.
 */
export const start = (options?: StartOptions): Agent => startFor(options, true);

/** As `start()`, where nobody is given the agent: what only it could tell is not put together. */
export const startUnseen = (): void => void startFor(undefined, false);

const startFor = (options: StartOptions | undefined, seen: boolean): Agent => {
  try {
    if (isObserverData(workerData)) return createAgent(undefined, undefined, seen);
    if (!isMainThread) {
      registerLoop();
      return createAgent(undefined, undefined, seen);
    }
    return join(options, seen);
  } catch (error) {
    complain(`the agent cannot be started: ${errorMessage(error)}`);
    return createAgent(undefined, undefined, seen);
  }
};

const complain = (line: string): void => sayOnStderr(`sockscope: ${line}`);

const join = (given: StartOptions | undefined, seen: boolean): Agent => {
  const { options, problems } = resolveOptions({
    options: given,
    env: process.env,
    configFile: readConfigFile(process.argv[1]),
  });
  const { logger, ...rest } = options;
  const running = sharedObserver();
  if (running) return createAgent(running, logger, seen);
  for (const problem of problems) sayOnStderr(problem);
  if (!rest.enabled) return createAgent(undefined, logger, seen);
  if (process.platform !== "linux") {
    complain(`reads Linux sockets; on ${process.platform} nothing is observed`);
    return createAgent(undefined, logger, seen);
  }
  const stranger = strangerAt();
  if (stranger !== undefined) {
    complain(`another version observes this process (${stranger}), and one does: ${__dirname} starts nothing`);
    return createAgent(undefined, logger, seen);
  }
  const held: Shared["held"] = new Set();
  // One key for both threads: the same address is the same pseudonym wherever it is shown.
  const redactKey = rest.redactKey ?? (rest.redact === "ip" ? crypto.randomUUID() : undefined);
  const host = startObserverHost({ ...rest, redactKey }, (report) => {
    for (const deliver of held) deliver(report);
    publish(report);
    if (report.type === "status" && report.isUnsaid) complain(`${report.status.state}: ${report.status.reason}`);
  });
  const recordNow = (): void => void host.record(undefined).catch((error: Error) => complain(error.message));
  const leaveSignal = rest.record === "off" ? () => undefined : onRecordSignal(recordNow);
  const shared: Shared = {
    host,
    redact: redactorOf(rest.redact, redactKey),
    held,
    leaveSignal,
    wanted: new Map(),
    logsSamples: rest.logLevel === "sample",
  };
  shareObserver(shared);
  return createAgent(shared, logger, seen);
};

/** Only where it is wanted: it loads node:crypto into the application's start. */
const redactorOf = (mode: "ip" | "off", key: string | undefined): Redactor | undefined => {
  if (mode === "off") return undefined;
  const { createRedactor }: typeof import("../export/redact.js") = require("../export/redact.js");
  return createRedactor(mode, key);
};

const createAgent = (observer: Shared | undefined, logger: StartOptions["logger"], seen: boolean): Agent => {
  const events = new EventEmitter();
  const deliver = deliverTo(events, logger, complain);
  let joined = observer;
  const tellWants = (): void => {
    if (!joined) return;
    const findings = logger !== undefined || events.listenerCount("finding") > 0;
    const samples = events.listenerCount("sample") > 0;
    const sampleLines = logger !== undefined && joined.logsSamples;
    joined.wanted.set(events, { findings, samples, sampleLines, boards: seen });
    publishWants(joined);
  };
  const agent: Agent = {
    on(event, listener) {
      events.on(event, listener);
      tellWants();
      return agent;
    },
    off(event, listener) {
      events.off(event, listener);
      tellWants();
      return agent;
    },
    findings: () => joined?.host.shown()?.findings ?? [],
    snapshot: () => joined?.host.shown()?.snapshot,
    record: (path) => (joined ? joined.host.record(path) : rejected("this agent does not observe")),
    metrics: () => joined?.host.metrics() ?? [],
    async stop() {
      const left = joined;
      joined = undefined;
      if (!left) return;
      left.held.delete(deliver);
      left.wanted.delete(events);
      publishWants(left);
      if (left.held.size > 0) return;
      // What they put back may be frozen or replaced by now.
      quiet(() => {
        if (sharedObserver() === left) shareObserver(undefined);
        left.leaveSignal();
      })();
      await left.host.stop();
    },
  };
  observer?.held.add(deliver);
  tellWants();
  return agent;
};

/** Of no harm to an application that does not wait for it. */
const rejected = (reason: string): Promise<never> => {
  const promise = Promise.reject(new Error(`no flight record: ${reason}`));
  promise.catch(() => undefined);
  return promise;
};

const publishWants = ({ host, wanted }: Shared): void => {
  const wishes = [...wanted.values(), subscribed()];
  const count = (what: Wanted): number => wishes.filter((wish) => wish[what]).length;
  const [findings, samples] = [count("findings"), count("samples")];
  host.want({ findings, samples, sampleLines: count("sampleLines"), boards: count("boards") });
};

onSubscription(() => {
  const running = sharedObserver();
  if (running) publishWants(running);
});
