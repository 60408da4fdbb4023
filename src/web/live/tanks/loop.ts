// The event loop that accepts, reads and writes: uv_metrics_idle_time, and the JavaScript that holds it up.
import { mainLoop } from "../../parts/series.js";
import { orAbsent, perSecond, rateOf, share, tally } from "../../parts/units.js";
import type { Tank } from "./tank.js";

export const eventLoop: Tank = {
  id: "loop",
  title: "Your event loop",
  meaning: [
    "The one thread that runs the JavaScript. In each turn it asks the kernel what is ready, accepts, reads and writes, and runs the callbacks. While one callback runs long, every queue to the left only fills.",
    "The level is the share of the interval in which it did not wait for events.",
  ],
  symptoms: [],
  causes: [
    "event-loop-blocked",
    "event-loop-saturated",
    "not-accepting",
    "cpu-throttled",
    "cpu-starved",
    "process-stopped",
  ],
  counters: [],
  read({ frame, stall }) {
    const loop = mainLoop(frame);
    const busy = loop?.idleShare === undefined ? undefined : 1 - loop.idleShare;
    const process = frame.process;
    const turns = rateOf(loop?.iterations, frame.intervalMs);
    return {
      value: busy === undefined ? "–" : `${share(busy)} busy`,
      level: busy,
      lines: [
        ...(stall === undefined ? [] : [`held up by`, shortened(stall)]),
        ...(turns === undefined ? [] : [turning(turns, stall !== undefined || (busy ?? 0) > 0.5)]),
      ],
      figures: [
        { name: "Busy", value: orAbsent(busy, share), kernel: "uv_metrics_idle_time" },
        { name: "Turns", value: orAbsent(turns, perSecond), kernel: "uv_metrics_info loop_count" },
        { name: "On a CPU", value: orAbsent(process?.mainCpuShare, share), kernel: "schedstat field 1" },
        { name: "Waited for a CPU", value: orAbsent(process?.mainWaitShare, share), kernel: "schedstat field 2" },
        {
          name: "Held back by the CPU quota",
          value: orAbsent(process?.throttledMs, (ms) => `${tally(ms)} ms`),
          kernel: "cpu.stat throttled",
        },
        {
          name: "Open descriptors",
          value: orAbsent(process?.fds, ({ open, limit }) => `${tally(open)} of ${tally(limit)}`),
          kernel: "RLIMIT_NOFILE",
        },
        ...frame.stalls.flatMap(({ frames }) =>
          frames.slice(0, 3).map((line) => ({ name: "Held up by", value: line })),
        ),
      ],
    };
  },
};

/** A loop that asks the kernel for events and gets none does not turn either. */
const turning = (turns: number, isBusy: boolean): string => {
  if (turns > 0) return `${perSecond(turns)} turns`;
  return isBusy ? "does not turn" : "waits for events";
};

const longest = 24;

const shortened = (name: string): string => (name.length > longest ? `${name.slice(0, longest - 1)}…` : name);
