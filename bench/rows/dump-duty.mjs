// What foreign sockets of the same machine cost those who have to dump them: the agent while connections wait for accept, and
// `sockscope diagnose` from outside.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { openDiag } from "sockscope/kernel";
import { registerPath, sleep, startChild } from "../agent/child.mjs";
import { readThreads, usedBetween } from "../agent/threads.mjs";
import { nsPerCall } from "../measure/alternate.mjs";
import { startAsked } from "../measure/asked.mjs";
import { hold } from "../measure/hold.mjs";
import { inProcess } from "../measure/raw.mjs";

export const id = "dump-duty";
export const order = 170;
export const work = "dump duty on a machine with 20,000 and 200,000 foreign sockets";
export const goal = "the interval adapts: ≤ 1 % of a core";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
/** In the accept queue all the time. */
const waiting = 40;
/** The first dumps tell what one costs. */
const settleMs = 6000;

/** Percent of a core that a process's threads use, but for the main one of a server. */
const shareOf = async (pids, ms) => {
  const before = pids.map(readThreads);
  const began = performance.now();
  await sleep(ms);
  const passed = performance.now() - began;
  return pids.map((pid, i) => {
    const { main: own, named, others } = usedBetween(before[i], readThreads(pid), "sockscope");
    return (100 * (named.cpuMs + others.cpuMs + (i === pids.length - 1 ? own.cpuMs : 0))) / passed;
  });
};

const diagnose = (pid, seconds) => {
  const args = [main, "diagnose", "--pid", `${pid}`, "--duration", `${seconds}s`, "--json"];
  return spawn(process.execPath, args, { stdio: "ignore" });
};
/** A watch that goes on, and one that takes its few looks whatever they cost. */
const [longSeconds, shortSeconds] = [600, 5];

/** CPU time of a whole short watch, ms. */
const shortWatch = async (pid) => {
  const before = inProcess().childrenCpuMicros();
  await once(diagnose(pid, shortSeconds), "exit");
  return (inProcess().childrenCpuMicros() - before) / 1000;
};

/** One walk of the namespace's sockets that looks for those of a port, ms of CPU. */
const walkOf = (port) => {
  const diag = openDiag();
  try {
    return nsPerCall(() => diag.waiting([port]), 5) / 1e6;
  } finally {
    diag.close();
  }
};

/** Percent of a core beside so many sockets of others. */
const measure = async (foreign, ms) => {
  const others = foreign === 0 ? undefined : await hold({ connections: foreign / 2 });
  const env = { SOCKSCOPE_LOG: "off" };
  const [quiet, pressed] = [
    await startChild("host.mjs", { preload: registerPath, env }),
    await startChild("host.mjs", { preload: registerPath, env }),
  ];
  const rush = startAsked("rush");
  let outside;
  try {
    // Its main thread waits for nothing, so that its clients wait for it.
    await pressed.ask({ what: "wait", ms: ms + 2 * settleMs });
    await rush.ask(`${pressed.ready.port} ${waiting}`);
    outside = diagnose(pressed.pid, longSeconds);
    await sleep(settleMs);
    const [atRest, inUse, command] = await shareOf([quiet.pid, pressed.pid, outside.pid], ms);
    const short = (100 * (await shortWatch(quiet.pid))) / (1000 * shortSeconds);
    return { quiet: atRest, pressed: inUse, diagnose: command, short, walkMs: walkOf(pressed.ready.port) };
  } finally {
    outside?.kill();
    await Promise.all([quiet.stop(), pressed.stop(), outside && once(outside, "exit")]);
    await rush.stop();
    await others?.stop();
  }
};

/** How many foreign sockets, and for how long: the more there are, the rarer a dump, and one at least falls into the time. */
const turns = Object.entries({ 20000: 10_000, 200000: 30_000 });
const quickTurns = Object.entries({ 20000: 8000, 200000: 15_000 });

const kinds = {
  quiet: "agent, quiet",
  pressed: `agent, ${waiting} connections in the accept queue all the time`,
  diagnose: "`sockscope diagnose --pid`",
};

const briefs = { quiet: "agent quiet", pressed: "agent, queue held", diagnose: "`diagnose`" };

export async function run({ quick }) {
  const alone = await measure(0, quick ? 8000 : 10_000);
  const figures = [];
  for (const [count, ms] of quick ? quickTurns : turns) {
    const foreign = Number(count);
    const beside = await measure(foreign, ms);
    for (const [kind, what] of Object.entries(kinds)) {
      const value = Math.max(0, beside[kind] - alone[kind]);
      figures.push({
        what: `${what}: added by ${foreign.toLocaleString("en")}`,
        brief: briefs[kind],
        value,
        unit: "% of a core",
        atMost: 1,
        because: `a walk of the table takes ${beside.walkMs.toFixed(1)} ms here: this is one in ${(beside.walkMs / (10 * value)).toFixed(1)} s.`,
      });
    }
    figures.push({
      what: `a whole \`sockscope diagnose --duration ${shortSeconds}s\`: added by ${foreign.toLocaleString("en")}`,
      value: Math.max(0, beside.short - alone.short),
      unit: "% of a core",
    });
  }
  return {
    figures,
    notes: ["A watch of some seconds takes four looks whatever they cost: it ends soon."],
    peers: Object.entries(kinds).map(([kind, what]) => ({
      what: `${what}, alone`,
      value: alone[kind],
      unit: "% of a core",
    })),
  };
}
