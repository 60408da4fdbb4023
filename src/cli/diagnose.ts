// `sockscope diagnose`: watches listeners and connections from outside, without an agent in the target, and explains what it
// sees; what an open endpoint of the target knows is joined to it.
import { setTimeout as wait } from "node:timers/promises";
import type { Finding } from "../explain/finding.js";
import { jsonOf } from "../export/json.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import type { Command, Io } from "./command.js";
import { flag, text } from "./command.js";
import { requireReadings } from "./here.js";
import { openLive } from "./live.js";
import { faultOf, joined } from "./outside/endpoint-findings.js";
import { explainersByProcess } from "./outside/explainers.js";
import { type InsideWatch, watchInside } from "./outside/inside-watch.js";
import { createListenerLog, type WatchedListener } from "./outside/listener-log.js";
import { type Outside, type OutsideTarget, openOutside } from "./outside/outside.js";
import { targetOf } from "./outside/target-of.js";
import { openProgress } from "./progress.js";
import { redactorHere } from "./redaction.js";
import { parseDurationMs } from "./values.js";
import { harmless } from "./view/harmless.js";
import { type Diagnosis, diagnosisLines, newsLines, watchLines } from "./view/diagnosis.js";

const tickMs = 50;

export const diagnose: Command = {
  name: "diagnose",
  summary: "watch listeners and connections from outside, no agent needed in the target, and explain what happens",
  usage: "[--pid N | --port N] [--duration 5s] [--json]",
  about: [
    "Without --pid or --port: all listeners and connections of this network namespace.",
    "What Node itself holds (buffers, paused streams) is not visible from outside; findings say where that leaves a doubt.",
    "Where the target has SOCKSCOPE_HTTP open, its agent is asked too, and knows the code; a token is taken from SOCKSCOPE_HTTP_TOKEN here, and shown to another user's process only with --pid.",
    "Exit status 1 when there was a finding at warning or above.",
  ],
  options: {
    pid: {
      type: "string",
      value: "N",
      about: "the sockets of this process, also in another network namespace (root)",
    },
    port: { type: "string", value: "N", about: "the listeners on this TCP port, and their connections" },
    duration: { type: "string", value: "TIME", about: "how long to watch: 500ms, 5s, 2m; 5s when left out" },
    json: { type: "boolean", about: "print one JSON object at the end: {findings, listeners, missing, joined}" },
  },
  run: async (io, args) => {
    const durationMs = parseDurationMs("--duration", text(args, "duration") ?? "5s");
    const target = targetOf(args);
    requireReadings("addon", "sock_diag");
    const outside = openOutside(target, durationMs);
    io.atExit(() => outside.close());
    return watch(io, outside, { target, durationMs, json: flag(args, "json") });
  },
};

interface Plan {
  readonly target: OutsideTarget;
  readonly durationMs: number;
  readonly json: boolean;
}

/** How many connections there were at the last look, by process. */
const connectionCounts = (): { see(snapshot: Snapshot): void; total(): number } => {
  const counts = new Map<number | undefined, number>();
  return {
    see: ({ process, connections }) => void (connections && counts.set(process?.pid, connections.total)),
    total: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
  };
};

/** What was found outside and inside, and what of it is news. */
const findingLog = (
  inside: InsideWatch,
): {
  see(finding: Finding): void;
  all(): readonly Finding[];
  tell(screen: Pick<Screen, "tell"> | undefined): void;
} => {
  const outside = new Map<string, Finding>();
  const told = new Map<string, Finding>();
  const redact = redactorHere();
  const all = (): readonly Finding[] => joined([...outside.values()], inside.findings()).map(redact.finding);
  /** As it was told, or as it was known from outside before the inside told of it. */
  const before = (finding: Finding): Finding | undefined =>
    told.get(finding.id) ??
    [...told.values()].find((other) => faultOf(other) === faultOf(finding) && other.state === "active");
  return {
    see: (finding) => void outside.set(finding.id, finding),
    all,
    tell: (screen) => {
      for (const finding of all()) {
        if (told.get(finding.id) === finding) continue;
        screen?.tell(before(finding), finding);
        told.set(finding.id, finding);
      }
    },
  };
};

const watch = async (io: Io, outside: Outside, plan: Plan): Promise<number> => {
  const until = performance.now() + plan.durationMs;
  const inside = watchInside(plan.target.pid, io.interrupted);
  const seen = findingLog(inside);
  const log = createListenerLog();
  const connections = connectionCounts();
  const explainers = explainersByProcess();
  const progress = openProgress(io);
  const screen = plan.json ? undefined : openScreen(io, plan);
  while (!io.interrupted.aborted) {
    const snapshots = outside.read();
    for (const snapshot of snapshots) {
      log.see(snapshot);
      connections.see(snapshot);
      for (const finding of explainers.observe(snapshot)) seen.see(finding);
    }
    inside.ask(snapshots.map(({ process }) => process?.pid));
    seen.tell(screen);
    const leftMs = until - performance.now();
    if (leftMs <= 0 || (plan.target.pid !== undefined && snapshots.length === 0)) break;
    screen?.draw(log.rows(), connections.total(), leftMs);
    // A screen says it itself.
    if (plan.json || !io.terminal) progress.tell(`watching ${whatOf(plan.target)}, ${Math.ceil(leftMs / 1000)} s left`);
    await wait(Math.min(tickMs, leftMs));
  }
  for (const finding of explainers.active()) seen.see(finding);
  await inside.end();
  progress.end();
  const diagnosis = {
    findings: seen.all(),
    listeners: log.rows(),
    missing: outside.missing(),
    joined: inside.asked(),
  };
  if (screen) screen.end(diagnosis, connections.total());
  else io.print(jsonOf(diagnosis));
  return diagnosis.findings.some(({ severity }) => severity !== "info") ? 1 : 0;
};

interface Screen {
  tell(before: Finding | undefined, now: Finding): void;
  draw(listeners: readonly WatchedListener[], connections: number, leftMs: number): void;
  end(diagnosis: Diagnosis, connections: number): void;
}

/** What is said goes above; in a terminal the listeners stand below it, as they are now. */
const openScreen = (io: Io, { target, durationMs }: Plan): Screen => {
  const live = openLive(io);
  const view = { width: Math.min(120, io.width()), paint: io.paint };
  io.tell(`watching ${whatOf(target)} for ${durationMs / 1000} s; Ctrl-C ends it sooner`);
  return {
    tell: (before, now) => {
      const lines = newsLines(harmless(before), harmless(now), view);
      if (lines.length > 0) live.log(lines);
    },
    draw: (listeners, connections, leftMs) => {
      if (io.terminal)
        live.draw(watchLines({ listeners: harmless(listeners), connections, leftMs }, io.height() - 4, view));
    },
    end: (diagnosis, connections) => {
      live.end(false);
      io.print(diagnosisLines(harmless(diagnosis), connections, view).join("\n"));
    },
  };
};

const whatOf = ({ pid, port }: OutsideTarget): string =>
  pid !== undefined ? `the sockets of pid ${pid}` : port !== undefined ? `port ${port}` : "all sockets";
