// Puts an observation together from what can be had here; runs in the observer thread, or, where a Worker is refused,
// slowly in the application's own.
import { hostname } from "node:os";
import { performance } from "node:perf_hooks";
import { createLogWriter } from "../export/log.js";
import { createRedactor } from "../export/redact.js";
import { type Diag, openDiag } from "../kernel/diag.js";
import { currentTid } from "../kernel/loops.js";
import { type Support, support } from "../kernel/support.js";
import { writeNow } from "../kernel/write-now.js";
import type { Missing } from "../snapshot/snapshot.js";
import { version } from "../export/version.js";
import { metricsText } from "../export/metrics/text.js";
import { createAgentMetrics } from "./shown/agent-metrics.js";
import { createLooker } from "./look.js";
import { type ObserverData, type Report, type Request, type Status, wants as words } from "./messages.js";
import { createOurSockets } from "./shown/our-sockets.js";
import { createRecording } from "./recorder/recording.js";
import type { ServingParts } from "./shown/serving.js";
import { createShownFindings } from "./shown/shown-findings.js";
import { createStackProbe } from "./stacks/stack.js";
import { createStallStacks } from "./stacks/stall-stacks.js";
import { createViewers } from "./shown/viewers.js";
import { startWatch } from "./watch.js";

const now = (): number => performance.now();

export interface Observation {
  handle(request: Exclude<Request, { type: "stop" }>): void;
  stop(): void;
}

/** Without these an overflow, or its cause, cannot be told: worth a line. The rest is only said in `support()`. */
const essential = ["addon", "TCP_INFO", "SO_MEMINFO", "SO_COOKIE", "sock_diag", "loops"];

/** `slow`: in the application's thread, once an interval, listeners and counters only; `reason` says why. */
export const observe = (
  data: ObserverData,
  report: (report: Report) => void,
  slow?: { readonly reason: string },
): Observation => {
  const { options, host } = data;
  const log = createLogWriter({
    destination: options.log,
    level: options.logLevel,
    pid: process.pid,
    hostname: hostname(),
    name: "sockscope",
    version: version(),
    writeNow,
  });
  const able = support();
  const missing = missingOf(able, slow, options.http !== "off");
  const tell = (message: Report): void => {
    const isSaid = message.type !== "status" || log.status({ ...message.status, support: able });
    report(isSaid ? message : { ...message, isUnsaid: true });
  };
  const diag: Diag | undefined = openDiag();
  const tid = slow ? undefined : currentTid();
  const { slots, waits, servers } = data;
  const { intervalMs, detail } = options;
  const isSlow = slow !== undefined;
  const ours = createOurSockets();
  const seeing = { slots, waits, servers, intervalMs, detail, tid, diag, ours, missing };
  const looker = createLooker({ ...seeing, slow: isSlow, now, wake: () => watch.wake() });
  const probe = createStackProbe({ enabled: options.stacks && !isSlow, ...host });
  const stacks = createStallStacks(probe, looker.loops, () => watch.wake());
  const redact = createRedactor(options.redact, options.redactKey);
  const findings = createShownFindings();
  const tellStatus = (status: Status): void => tell({ type: "status", status });
  const viewers = createViewers(redact, (reason) => tellStatus({ state: "degraded", reason }));
  const { board, wants } = data;
  const wanted = new Int32Array(wants);
  const isHeld = (): boolean => Atomics.load(wanted, words.boards) > 0;
  const isServed = options.http !== "off";
  const metrics = createAgentMetrics({ memory: data.metrics, isHeld, isServed, lostLines: log.lost });
  // In the application's own thread nothing waits for a disk.
  const recording = slow ? undefined : createRecording(options, { viewers, tell, isHeld });
  const shown = { redact, viewers, metrics, findings, board, isHeld, wants };
  const watch = startWatch({ options, looker, stacks, log, ...shown, slow: isSlow, report: tell, now });

  // After the first look: whoever reads the line may count on being watched.
  if (missing.length > 0) tellStatus({ state: "degraded", reason: reasonOf(missing) });
  else if (options.logLevel === "sample") tellStatus({ state: "running" });
  const told = { metrics: () => metricsText(metrics.collect()), record: recording?.lines };
  const serving = isSlow
    ? undefined
    : startServing({ options, redact, viewers, findings, ours, ...told, tell: tellStatus, now });

  return {
    handle(request) {
      if (request.type === "answers") return watch.answered(request.answers, request.tookMs);
      if (request.type === "connects") return looker.connectsHeard(request.heard);
      if (request.type === "record") return recording?.asked(request);
      if (request.type === "listening") looker.listening(request.server);
      else if (request.type === "closed") looker.closed(request.fd);
      if (!slow) watch.wake();
    },
    stop() {
      serving?.close();
      watch.stop();
      recording?.close();
      looker.close();
      diag?.close();
      log.close();
    },
  };
};

/** Only loaded where it is wanted: a server takes some megabytes. */
const startServing = (parts: ServingParts): { close(): void } | undefined => {
  if (parts.options.http === "off") return undefined;
  const { serve }: typeof import("./shown/serving.js") = require("./shown/serving.js");
  return serve(parts);
};

const missingOf = (
  { readings }: Support,
  slow: { readonly reason: string } | undefined,
  wantsEndpoint: boolean,
): Missing[] => [
  ...(slow ? [{ source: "observer thread", reason: slow.reason }] : []),
  ...(slow && wantsEndpoint ? [{ source: "SOCKSCOPE_HTTP", reason: "nothing is served without that thread" }] : []),
  ...essential.flatMap((source) => {
    const reading = readings[source];
    return reading && !reading.available ? [{ source, reason: reading.reason ?? "not available" }] : [];
  }),
];

const reasonOf = (missing: readonly Missing[]): string =>
  missing.map(({ source, reason }) => `${source}: ${reason}`).join("; ");
