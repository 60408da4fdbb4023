// From the first segment that a full accept queue drops to the finding's line, while the main thread runs and while it does not.
import { createInterface } from "node:readline";
import { openDiag } from "../../dist/kernel/diag.js";
import { registerPath, sleep, startChild } from "../agent/child.mjs";
import { startAsked } from "../measure/asked.mjs";
import { quantile, summary } from "../measure/statistics.mjs";

export const id = "overflow-to-finding";
export const order = 160;
export const work = "overflow of an accept queue to the finding's line in the log";
export const goal = "p99 ≤ 150 ms after the first drop, main thread blocked and not";

const listenBacklog = 2;
const clients = 48;
const waitMs = 800;
/** The queue overflows so long after the main thread has stopped: 200 ms have to pass before that is called a block. */
const [fromMs, untilMs] = [100, 400];
/** A process is quiet again before its next turn: its agent looks at its own pace, not at that of trouble. */
const turnMs = 4000;
const processes = 10;
const giveUpMs = 2500;

const clockMs = () => Number(process.hrtime.bigint()) / 1e6;
/** Of the wall clock's milliseconds since the epoch to those. */
const sinceEpochMs = Date.now() - clockMs();

/** Of each port's first line that tells of an overflow: when it was read, and when the look was that saw it. */
const followLog = (stream) => {
  const lines = new Map();
  createInterface({ input: stream }).on("line", (line) => {
    const { finding } = JSON.parse(line);
    if (finding?.symptom !== "accept-queue-overflow" || lines.has(finding.subject.port)) return;
    lines.set(finding.subject.port, { readAt: clockMs(), seenAt: finding.firstSeen - sinceEpochMs });
  });
  return lines;
};

const startOne = async () => {
  const host = await startChild("host.mjs", { preload: registerPath, output: "pipe" });
  return { host, lines: followLog(host.stderr) };
};

/**
 * ms from the beginning of the rush, which overflows at once: until a look saw it, until the line was read. `undefined`: nothing
 * was dropped.
 */
const overflow = async ({ host, lines }, isBlocked, { rush, diag }) => {
  const { port } = await host.ask({ what: "listen", listenBacklog });
  await sleep(300 * Math.random() + 300);
  if (isBlocked) await host.ask({ what: "wait", ms: waitMs });
  if (isBlocked) await sleep(fromMs + (untilMs - fromMs) * Math.random());
  const began = await rush.ask(`${port} ${clients}`);
  await sleep(giveUpMs);
  const { drops } = diag.listeners().rows.find((row) => row.port === port);
  await host.ask({ what: "close", port });
  const line = lines.get(port);
  if (drops === 0) return undefined;
  return line
    ? { ms: line.readAt - began, seenMs: Math.max(0, line.seenAt - began) }
    : { ms: giveUpMs, seenMs: giveUpMs };
};

const measureTurns = async (one, turns, parts) => {
  const measured = { blocked: [], running: [] };
  for (let turn = 0; turn < turns; turn += 1) {
    const isBlocked = turn % 2 === 0;
    const began = clockMs();
    const result = await overflow(one, isBlocked, parts);
    if (result !== undefined) measured[isBlocked ? "blocked" : "running"].push(result);
    await sleep(Math.max(0, began + turnMs - clockMs()));
  }
  return measured;
};

const rounded = (ms) => `${Math.round(ms)} ms`;

/** Where the time of the slowest tenth went. */
const because = (measured) => {
  const slowest = measured.toSorted((one, other) => other.ms - one.ms).slice(0, Math.ceil(measured.length / 10));
  const [seen, told] = [slowest.map(({ seenMs }) => seenMs), slowest.map(({ ms, seenMs }) => ms - seenMs)];
  return (
    `of the slowest tenth, ${rounded(quantile(seen, 0.5))} (median; at most ${rounded(Math.max(...seen))}) passed until a look saw the drop, ` +
    `and ${rounded(quantile(told, 0.5))} (at most ${rounded(Math.max(...told))}) from there until the cause was certain and its line was read.`
  );
};

const figuresOf = (brief, measured) => {
  const times = measured.map(({ ms }) => ms);
  const lost = times.filter((ms) => ms >= giveUpMs).length;
  const [what, p99] = [`main thread ${brief}`, quantile(times, 0.99)];
  return [
    {
      what: `${what}: p99 of ${times.length}`,
      brief: `p99 ${brief}`,
      value: p99,
      unit: "ms",
      atMost: 150,
      because: because(measured),
    },
    { what: `${what}: median`, ...summary(times), unit: "ms" },
    { what: `${what}: until a look saw it`, ...summary(measured.map(({ seenMs }) => seenMs)), unit: "ms" },
    { what: `${what}: not told within ${giveUpMs / 1000} s`, value: lost, unit: "", atMost: 0 },
  ];
};

export async function run({ quick }) {
  const turns = quick ? 4 : 20;
  const parts = { rush: startAsked("rush"), diag: openDiag() };
  const all = [];
  for (let i = 0; i < processes; i += 1) all.push(await startOne());
  try {
    await sleep(3000);
    const measured = await Promise.all(
      all.map(async (one, i) => {
        await sleep((turnMs / processes) * i);
        return measureTurns(one, turns, parts);
      }),
    );
    const of = (kind) => measured.flatMap((each) => each[kind]);
    const notes = [
      `Blocked: the overflow comes ${fromMs} to ${untilMs} ms after the main thread stopped. Earlier, the finding waits until 200 ms of standing prove a block.`,
    ];
    return { notes, figures: [...figuresOf("blocked", of("blocked")), ...figuresOf("running", of("running"))] };
  } finally {
    await Promise.all(all.map(({ host }) => host.stop()));
    await parts.rush.stop();
    parts.diag.close();
  }
}
