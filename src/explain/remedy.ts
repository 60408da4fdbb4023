// What to change, most effective first, with the number to use.
import type { AcceptCause } from "./finding.js";
import { duration, rate } from "./format.js";
import { acceptsPerSecond, arrivalsPerSecond, judgedOver, type Story } from "./story.js";

/** Sizes people set: powers of two up to what a backlog can be. */
const roundUp = (n: number): number => Math.min(65_535, 2 ** Math.ceil(Math.log2(Math.max(16, n))));

/** The limit that would have held what was waiting and what was turned away, with a quarter to spare. */
export const backlogNeeded = ({ held, pressed, refused }: Story): number =>
  roundUp((Math.max(held.peak, pressed.peak) + refused.clients) * 1.25);

/** The stall this limit can absorb at the arrival rate seen, ms. */
export const absorbedStallMs = (story: Story): number | undefined => {
  const arrivals = arrivalsPerSecond(story);
  return arrivals === undefined || arrivals <= 0 ? undefined : ((story.listener.limit + 1) / arrivals) * 1000;
};

/** Processes (or loops) needed at the service time seen, each at four fifths of what one can do. */
export const processesNeeded = (story: Story): number | undefined => {
  const arrivals = arrivalsPerSecond(story);
  const accepts = acceptsPerSecond(story);
  return arrivals === undefined || !accepts ? undefined : Math.max(2, Math.ceil(arrivals / accepts / 0.8));
};

const raise = (story: Story): string => {
  const needed = backlogNeeded(story);
  const { somaxconn } = story.sysctl;
  const cut = somaxconn !== undefined && needed > somaxconn ? ` and net.core.somaxconn (${somaxconn}) to the same` : "";
  return `Raise the listen backlog to ${needed}${cut}: server.listen({ port, backlog: ${needed} }).`;
};

const longer = (story: Story): readonly string[] => {
  if (story.refused.drops === 0) return [];
  const howLong = story.cause === "event-loop-saturated" ? "" : ", up to the length of the stall";
  return [`${raise(story)} It only makes clients wait instead of retry${howLong}.`];
};

const absorb = (story: Story): readonly string[] => {
  const absorbed = absorbedStallMs(story);
  const arrivals = arrivalsPerSecond(story);
  if (absorbed === undefined || arrivals === undefined) return [];
  const { limit } = story.listener;
  return [
    `Keep stalls under ${duration(absorbed)}: that is what a limit of ${limit} absorbs at ${rate(arrivals)} connections/s.`,
  ];
};

const spread = (story: Story): string => {
  const processes = processesNeeded(story);
  const accepts = acceptsPerSecond(story);
  const figure = accepts ? ` One loop took ${rate(accepts)} connections/s here.` : "";
  return processes === undefined
    ? "Run more processes (node:cluster, reusePort) or make each iteration shorter."
    : `Run ${processes} processes (node:cluster, or reusePort), or make each iteration shorter.${figure}`;
};

const blocked = (story: Story): readonly string[] => {
  const frame = story.stall?.frames[0];
  const what = frame ? `the work in ${frame}` : "the synchronous work";
  const stall = duration(judgedOver(story).longestStallMs);
  return [
    `Move ${what} off the event loop (a Worker, or in slices): it held it for ${stall}.`,
    ...absorb(story),
    ...longer(story),
  ];
};

const byCause: Readonly<Partial<Record<AcceptCause, (story: Story) => readonly string[]>>> = {
  "process-stopped": (story) => [
    "Find what stopped the process (SIGSTOP, debugger, frozen cgroup, paused VM).",
    ...absorb(story),
    ...longer(story),
  ],
  "cpu-throttled": (story) => [
    "Raise or remove the CPU limit of the cgroup (cpu.max, limits.cpu): it ran out.",
    ...absorb(story),
    ...longer(story),
  ],
  "cpu-starved": (story) => [
    "Give the process more CPU: fewer busy neighbours, a higher weight, or a larger machine.",
    ...absorb(story),
    ...longer(story),
  ],
  "event-loop-blocked": blocked,
  "not-accepting": () => [
    "Find why the listener is not watched: a closed or paused server that still holds the socket, or a descriptor inherited and never accepted on.",
  ],
  "event-loop-saturated": (story) => [
    spread(story),
    "Let clients keep connections open: fewer connections, fewer accepts.",
    ...longer(story),
  ],
  "backlog-clamped": (story) => [
    `Raise net.core.somaxconn to ${Math.max(backlogNeeded(story), story.listener.listenBacklog ?? 0)} in this network namespace, then restart or listen() again: it cuts the limit only at listen().`,
    ...(story.listener.listenBacklog !== undefined && story.listener.listenBacklog >= backlogNeeded(story)
      ? []
      : [raise(story)]),
  ],
  "backlog-too-small": (story) => [raise(story)],
  unknown: (story) => (story.refused.drops > 0 ? [raise(story)] : []),
};

/** At most four sentences. */
export const remedyOf = (story: Story): readonly string[] => (byCause[story.cause]?.(story) ?? []).slice(0, 4);
