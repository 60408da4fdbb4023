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

/** When a port's overflow was first read. */
const followLog = (stream) => {
  const seen = new Map();
  createInterface({ input: stream }).on("line", (line) => {
    const { finding } = JSON.parse(line);
    if (finding?.symptom !== "accept-queue-overflow" || seen.has(finding.subject.port)) return;
    seen.set(finding.subject.port, clockMs());
  });
  return seen;
};

const startOne = async () => {
  const host = await startChild("host.mjs", { preload: registerPath, output: "pipe" });
  return { host, seen: followLog(host.stderr) };
};

/** ms from the beginning of the rush, which overflows at once; `undefined`: nothing was dropped. */
const overflow = async ({ host, seen }, isBlocked, { rush, diag }) => {
  const { port } = await host.ask({ what: "listen", listenBacklog });
  await sleep(300 * Math.random() + 300);
  if (isBlocked) await host.ask({ what: "wait", ms: waitMs });
  if (isBlocked) await sleep(fromMs + (untilMs - fromMs) * Math.random());
  const began = await rush.ask(`${port} ${clients}`);
  await sleep(giveUpMs);
  const { drops } = diag.listeners().rows.find((row) => row.port === port);
  await host.ask({ what: "close", port });
  return drops === 0 ? undefined : (seen.get(port) ?? Number.POSITIVE_INFINITY) - began;
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

const figuresOf = (what, times) => [
  { what: `${what}: p99 of ${times.length}`, value: quantile(times, 0.99), unit: "ms", atMost: 150 },
  { what: `${what}: median`, ...summary(times), unit: "ms" },
];

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
    return {
      notes,
      figures: [...figuresOf("main thread blocked", of("blocked")), ...figuresOf("main thread runs", of("running"))],
    };
  } finally {
    await Promise.all(all.map(({ host }) => host.stop()));
    await parts.rush.stop();
    parts.diag.close();
  }
}
