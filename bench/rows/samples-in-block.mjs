// Looks that are due while the main thread stands still for a second, and what a wake-up costs beside that of an empty Worker.
import { emptyWorkerPath, ownThread, registerPath, sleep, startChild } from "../agent/child.mjs";
import { readThreads, usedBetween } from "../agent/threads.mjs";

export const id = "samples-in-block";
export const order = 110;
export const work = "samples due while the main thread is blocked for a second";
export const goal = "≥ 99 % taken, CPU per wake ≤ 1.5 × a bare wake-up of a Worker";

const blockMs = 1000;
const pauseMs = 600;

/** How many looks were begun in the block, and how many were due: one is missed where half as much again as its pause passes. */
const countLooks = (noted, { from, until }) => {
  const looks = Array.from({ length: noted[0] }, (_, i) => ({ at: noted[1 + 2 * i], pauseMs: noted[2 + 2 * i] }));
  const gaps = looks.slice(1).map(({ at, pauseMs: wanted }, i) => ({ at, pauses: (at - looks[i].at) / wanted }));
  const inBlock = gaps.filter(({ at }) => at >= from && at < until);
  const due = inBlock.reduce((sum, { pauses }) => sum + Math.max(1, Math.round(pauses)), 0);
  return { taken: inBlock.length, due };
};

/** The part of the looks due in blocks that were taken. */
const lookDuringBlocks = async (sampleMs, blocks) => {
  const { preload, env } = ownThread("noted-looks.cjs");
  const host = await startChild("host.mjs", {
    preload,
    env: { ...env, SOCKSCOPE_LOG: "off", SOCKSCOPE_SAMPLE_MS: sampleMs },
  });
  try {
    await sleep(4000);
    let [taken, due] = [0, 0];
    for (let i = 0; i < blocks; i += 1) {
      await host.ask({ what: "block", ms: blockMs });
      await sleep(blockMs + pauseMs);
      const counted = countLooks(await host.ask({ what: "noted" }), await host.ask({ what: "blocked" }));
      taken += counted.taken;
      due += counted.due;
    }
    return taken / due;
  } finally {
    await host.stop();
  }
};

/** A reporting interval in which no report falls due. */
const neverMs = 3_600_000;
const observed = (env) => ({ preload: registerPath, env: { SOCKSCOPE_LOG: "off", ...env } });

/**
 * CPU time of a wake-up, ms, of the agent's thread while all is quiet: where it only looks, and with its reports;
 * and of a Worker whose timer does nothing. All at once.
 */
const compareWakes = async (ms) => {
  const [agent, reporting, empty] = [
    await startChild("host.mjs", observed({ SOCKSCOPE_INTERVAL_MS: neverMs })),
    await startChild("host.mjs", observed({})),
    await startChild("host.mjs", { preload: emptyWorkerPath, env: { BENCH_TIMER_MS: 100 } }),
  ];
  const threads = [
    [agent, "sockscope"],
    [reporting, "sockscope"],
    [empty, "empty"],
  ];
  try {
    await sleep(6000);
    const before = threads.map(([{ pid }]) => readThreads(pid));
    await sleep(ms);
    const perWake = threads.map(([{ pid }, name], i) => {
      const { named } = usedBetween(before[i], readThreads(pid), name);
      return named.cpuMs / named.sleeps;
    });
    return { agentMs: perWake[0], reportingMs: perWake[1], emptyMs: perWake[2] };
  } finally {
    await Promise.all([agent.stop(), reporting.stop(), empty.stop()]);
  }
};

export async function run({ quick }) {
  const figures = [];
  for (const sampleMs of [100, 20, 10]) {
    const share = await lookDuringBlocks(sampleMs, quick ? 3 : 6);
    figures.push({
      what: `looks taken of those due, SOCKSCOPE_SAMPLE_MS=${sampleMs}`,
      brief: "taken",
      value: 100 * share,
      unit: "%",
      atLeast: 99,
    });
  }
  const { agentMs, reportingMs, emptyMs } = await compareWakes(quick ? 5000 : 10_000);
  figures.push(
    {
      what: "CPU of a look, of the empty Worker's wake-up",
      brief: "a look",
      value: agentMs / emptyMs,
      unit: "×",
      atMost: 1.5,
    },
    { what: "… with its reports, shared among its looks", value: reportingMs / emptyMs, unit: "×" },
  );
  return {
    figures,
    peers: [
      { what: "wake-up of an empty Worker", value: emptyMs, unit: "ms" },
      { what: "look of the agent", value: agentMs, unit: "ms" },
    ],
    notes: ["Whatever runs on the main thread's own loop takes none of them."],
  };
}
