// Tells a run as it unfolds: a line an event, and in a terminal the chart below them.
import type { Finding } from "../../explain/finding.js";
import type { Io } from "../command.js";
import type { Live } from "../live.js";
import { wrap } from "../view/columns.js";
import { verdict } from "../../explain/finding-words.js";
import { briefLines } from "../view/finding.js";
import { createMilestones } from "../view/milestones.js";
import type { QueueSample } from "../view/queue-chart.js";
import { queueChartLines } from "../view/queue-chart.js";
import type { Demo } from "./demos.js";
import type { ClientTally } from "./plan.js";
import type { RunEvents, RunPlan } from "./run.js";

const stamp = (atMs: number): string => `${(atMs / 1000).toFixed(1).padStart(5)} s  `;
const indent = " ".repeat(stamp(0).length);

const clientsLine = (tally: ClientTally): string =>
  `clients: ${tally.opened} connections, ${tally.answered} answered, ${tally.waiting} waiting` +
  (tally.cut > 0 ? `, ${tally.cut} closed unanswered` : "");

/** Draws a run's chart; `lines` is called whenever they changed. */
export const chartOf = (
  plan: RunPlan,
  title: string,
  rows: number,
  io: Io,
  lines: (next: readonly string[]) => void,
): RunEvents => {
  const samples: QueueSample[] = [];
  const reports = new Map<string, number>();
  let { listenBacklog: limit } = plan.server;
  let where = title;
  return {
    begin: (port, _pid, seen) => {
      limit = seen ?? limit;
      where = `${title} 127.0.0.1:${port}`;
    },
    sample: (sample, tally) => {
      samples.push(sample);
      const view = { width: io.width(), paint: io.paint };
      const spanMs = plan.load.durationMs + 500;
      lines([
        ...queueChartLines({ title: where, limit, spanMs, samples, rows, reports: [...reports.values()] }, view),
        `  ${clientsLine(tally)}`,
      ]);
    },
    finding: (finding, atMs) => {
      if (finding.severity !== "info" && !reports.has(finding.id)) reports.set(finding.id, atMs);
    },
  };
};

/** The story of the first run, line by line. */
export const tell = (demo: Demo, io: Io, live: Live): RunEvents => {
  const chart = chartOf(demo.plan, "accept queue of", 4, io, (lines) => live.draw(["", ...lines]));
  const ahead = [...demo.story];
  let milestones = createMilestones(demo.plan.server.listenBacklog);
  let lastMs: number | undefined;
  let cut = false;
  const told = new Map<string, string>();
  const say = (atMs: number, text: string, block: readonly string[] = []): void =>
    live.log([...wrap(text, io.width(), stamp(atMs), indent), ...block.map((line) => `${indent}${line}`)]);
  return {
    begin: (port, pid, seen) => {
      if (seen !== undefined) milestones = createMilestones(seen);
      chart.begin?.(port, pid, seen);
      say(0, `the server (pid ${pid}) listens on 127.0.0.1:${port}, the clients begin`);
    },
    sample: (sample, tally) => {
      while (ahead[0] && ahead[0].atMs <= sample.atMs) say(sample.atMs, ahead.shift()!.text);
      for (const line of milestones(sample)) say(sample.atMs, line);
      if (tally.cut > 0 && !cut) say(sample.atMs, "the first connections are closed without an answer");
      cut ||= tally.cut > 0;
      lastMs = sample.atMs;
      chart.sample?.(sample, tally);
    },
    finding: (finding, atMs) => {
      const news = `${finding.severity} ${verdict(finding)} ${finding.state} ${finding.stack?.[0] ?? ""}`;
      if (told.get(finding.id) === news) return;
      told.set(finding.id, news);
      chart.finding?.(finding, atMs);
      say(atMs, "sockscope says:", brief(finding, io));
    },
    complaint: (line) => {
      if (lastMs !== undefined) say(lastMs, `the server's stderr: ${line}`);
    },
  };
};

const brief = (finding: Finding, io: Io): readonly string[] =>
  briefLines(finding, { width: io.width() - indent.length, paint: io.paint });
