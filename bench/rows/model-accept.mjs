// How fast the model's accept path is, and that its memory does not grow with the length of a run.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

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
const heap = "--max-old-space-size=48";

const play = async (way, seconds) => {
  const arrivals = [{ from: 0, until: seconds, rate }];
  const scenario = { kind: "accept", listener: { backlog: 511 }, arrivals, until: seconds + 1, ...way };
  const { stdout } = await promisify(execFile)(process.execPath, [heap, program, JSON.stringify(scenario)]);
  return JSON.parse(stdout);
};

export async function run({ quick }) {
  const seconds = quick ? 20 : 60;
  const figures = [];
  const grown = [];
  for (const [what, way] of Object.entries(ways)) {
    const short = await play(way, seconds / 5);
    const { events, ms, peakMb } = await play(way, seconds);
    figures.push({ what, value: (1000 * events) / ms, unit: "events/s", atLeast: 500_000 });
    grown.push(peakMb / short.peakMb);
  }
  const what = "peak memory of the process when a run is five times as long, the worst of them";
  figures.push({ what, value: Math.max(...grown), unit: "×", atMost: 1.25 });
  return {
    figures,
    notes: [
      `An event is a segment of a handshake, a request, a segment that is dropped, or an accept; ${(rate * seconds).toLocaleString("en")} clients a run.`,
    ],
  };
}
