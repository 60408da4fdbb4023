// How fast the model's accept path is, and that its memory does not grow with the length of a run.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { placesOf, sharesText } from "../measure/profile.mjs";

export const id = "model-accept";
export const order = 180;
export const work = "model of the accept path";
export const goal = "≥ 500,000 events a second, memory independent of run length";

const program = fileURLToPath(new URL("../agent/simulated.mjs", import.meta.url));
const rate = 10_000;
const eventLoop = { acceptsPerIteration: 1, serviceTime: 0.00002 };
const ways = {
  "event loop, loopback": { accepts: eventLoop },
  "event loop, 20 ms away": { accepts: eventLoop, rtt: 0.02 },
  "clients that speak first": { accepts: eventLoop, rtt: 0.02, clients: { speakFirst: true } },
  "four blocking workers": { accepts: { workers: 4, serviceTime: 0.0003 } },
  "a group of four (SO_REUSEPORT)": { accepts: eventLoop, listener: { backlog: 511, reuseport: 4 } },
  "half of them refused": { accepts: { workers: 1, serviceTime: 0.0002 }, clients: { timeout: 2.5 } },
};

/** A small heap, MB: what is collected late is not taken for what is kept. */
const heap = ["--max-old-space-size=48", "--max-semi-space-size=4"];

const play = async (way, seconds, options = []) => {
  const arrivals = [{ from: 0, until: seconds, rate }];
  const scenario = { kind: "accept", listener: { backlog: 511 }, arrivals, until: seconds + 1, ...way };
  const args = [...heap, ...options, program, JSON.stringify(scenario)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
};

const profileOf = async (way, seconds) => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-bench-"));
  try {
    await play(way, seconds, ["--cpu-prof", "--cpu-prof-dir", folder]);
    const [file] = readdirSync(folder);
    return `by places on top of the stack: ${sharesText(placesOf(JSON.parse(readFileSync(join(folder, file), "utf8"))))}.`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export async function run({ quick }) {
  const seconds = quick ? 20 : 60;
  const figures = [];
  const grown = [];
  for (const [what, way] of Object.entries(ways)) {
    const short = await play(way, seconds / 5);
    const { events, ms, peakMb } = await play(way, seconds);
    const figure = { what, brief: "speed", value: (1000 * events) / ms, unit: "events/s", atLeast: 500_000 };
    figures.push(figure.value < figure.atLeast ? { ...figure, because: await profileOf(way, seconds / 5) } : figure);
    grown.push(peakMb / short.peakMb);
  }
  const what = "peak memory of the process when a run is five times as long, the worst of them";
  figures.push({ what, brief: "memory five times later", value: Math.max(...grown), unit: "×", atMost: 1.25 });
  return {
    figures,
    notes: [
      `An event is a segment of a handshake, a request, a segment that is dropped, or an accept; ${(rate * seconds).toLocaleString("en")} clients a run.`,
    ],
  };
}
