// One run of a demo: server and clients up, the queue watched from outside through sock_diag, findings collected.
import { setTimeout as wait } from "node:timers/promises";
import type { Finding } from "../../explain/finding.js";
import type { QueueSample } from "../view/queue-chart.js";
import type { ClientTally, LoadPlan, ServerPlan } from "./plan.js";
import type { DemoClients, DemoServer } from "./processes.js";
import { startClients, startServer } from "./processes.js";
import type { QueueWatch } from "./queue-watch.js";
import { watchQueue } from "./queue-watch.js";

export interface RunPlan {
  readonly server: ServerPlan;
  readonly load: LoadPlan;
  /** SIGSTOP to the server, and SIGCONT later. */
  readonly stop?: { readonly atMs: number; readonly forMs: number } | undefined;
}

export interface RunResult {
  readonly port: number;
  readonly pid: number;
  /** The last version of each finding, in the order in which they began. */
  readonly findings: readonly Finding[];
  readonly samples: readonly QueueSample[];
  readonly limit: number | undefined;
  readonly tally: ClientTally;
}

export interface RunEvents {
  /** The server listens, the clients begin. */
  begin?(port: number, pid: number, limit: number | undefined): void;
  sample?(sample: QueueSample, tally: ClientTally): void;
  finding?(finding: Finding, atMs: number): void;
  complaint?(line: string): void;
}

const tickMs = 50;
/** How long stragglers and the last words of the observer are waited for. */
const patienceMs = 2500;

export interface RunContext {
  readonly interrupted: AbortSignal;
  readonly atExit: (restore: () => void) => void;
}

/** Runs the plan to its end, or until `enough` says so after the load has ended. */
export const runOnce = async (
  plan: RunPlan,
  context: RunContext,
  events: RunEvents,
  enough: (findings: readonly Finding[], tally: ClientTally) => boolean,
): Promise<RunResult> => {
  const findings = new Map<string, Finding>();
  let beganAt = performance.now();
  const atMs = (): number => performance.now() - beganAt;
  const server = await startServer(plan.server, {
    finding: (finding) => {
      findings.set(finding.id, finding);
      events.finding?.(finding, atMs());
    },
    complaint: (line) => events.complaint?.(line),
  });
  context.atExit(server.kill);
  const queue = watchQueue(server.pid, server.port);
  events.begin?.(server.port, server.pid, queue.limit);
  const clients = startClients(server.port, plan.load);
  context.atExit(clients.kill);
  beganAt = performance.now();
  const samples: QueueSample[] = [];
  try {
    await loop(plan, context, { server, clients, queue, atMs }, (sample, tally, loaded) => {
      samples.push(sample);
      events.sample?.(sample, tally);
      return loaded && enough([...findings.values()], tally);
    });
    const tally = clients.tally();
    return { port: server.port, pid: server.pid, findings: [...findings.values()], samples, limit: queue.limit, tally };
  } finally {
    await Promise.all([clients.stop(), server.stop()]);
    queue.close();
  }
};

interface Parts {
  readonly server: DemoServer;
  readonly clients: DemoClients;
  readonly queue: QueueWatch;
  readonly atMs: () => number;
}

type OnTick = (sample: QueueSample, tally: ClientTally, loaded: boolean) => boolean;

const loop = async (plan: RunPlan, context: RunContext, parts: Parts, onTick: OnTick): Promise<void> => {
  const { server, clients, queue, atMs } = parts;
  const signals = plan.stop
    ? [
        { atMs: plan.stop.atMs, signal: "SIGSTOP" as const },
        { atMs: plan.stop.atMs + plan.stop.forMs, signal: "SIGCONT" as const },
      ]
    : [];
  const { durationMs } = plan.load;
  while (!context.interrupted.aborted) {
    const now = atMs();
    while (signals[0] && signals[0].atMs <= now) server.signal(signals.shift()!.signal);
    const done = onTick({ atMs: now, ...queue.read() }, clients.tally(), now >= durationMs);
    if (done || now >= durationMs + patienceMs) return;
    await wait(tickMs);
  }
};
