// What is worth a line while a queue is watched: half full, full, the first drop, empty again. Each is said once.
import type { QueueSample } from "./queue-chart.js";

interface Milestone {
  readonly reached: (now: QueueSample, fit: number, peak: number) => boolean;
  readonly text: (now: QueueSample, fit: number) => string;
}

const table: readonly Milestone[] = [
  {
    reached: ({ length }, fit, peak) => length >= Math.ceil(fit / 2) && peak < fit,
    text: ({ length }, fit) => `the accept queue fills: ${length} of ${fit}`,
  },
  {
    reached: ({ length }, fit) => length >= fit,
    text: ({ length }, fit) => `the accept queue is full: ${length} of ${fit}`,
  },
  {
    reached: ({ drops }) => drops > 0,
    text: ({ drops }) => `the kernel drops the first ${drops === 1 ? "segment" : `${drops} segments`}`,
  },
  {
    reached: ({ length }, fit, peak) => length === 0 && peak >= Math.ceil(fit / 2),
    text: ({ drops }) => `the accept queue is empty again${drops > 0 ? `; ${drops} segments were dropped` : ""}`,
  },
];

/** A function from each sample to the lines it is worth; `limit + 1` connections fit. */
export const createMilestones = (limit: number): ((now: QueueSample) => readonly string[]) => {
  const fit = limit + 1;
  const ahead = new Set(table);
  let peak = 0;
  return (now) => {
    peak = Math.max(peak, now.length);
    const reached = [...ahead].filter((milestone) => milestone.reached(now, fit, peak));
    for (const milestone of reached) ahead.delete(milestone);
    return reached.map((milestone) => milestone.text(now, fit));
  };
};
