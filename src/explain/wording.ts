// The one plain sentence of an accept-path finding: what happened, how much of it, and why.
import type { AcceptCause, Symptom } from "./finding.js";
import { count, duration, placeOf, rate } from "./format.js";
import { acceptsPerSecond, judgedOver, type Story, wasOnCpu } from "./story.js";

const maxSummary = 300;

/** Cut at a word, with a mark. */
export const shorten = (text: string): string =>
  text.length <= maxSummary ? text : `${text.slice(0, maxSummary - 2).replace(/\s+\S*$/, "")} …`;

const what: Readonly<Partial<Record<Symptom, (story: Story) => string>>> = {
  "accept-queue-overflow": (story) => {
    const { listener, refused, pressed } = story;
    const where = placeOf(listener);
    if (listener.transport === "unix")
      return `${where} stood full (limit ${listener.limit}) for ${duration(pressed.fullMs)} and took no more clients`;
    const segments = count(refused.corrected ?? refused.drops, "connection attempt");
    const clients = refused.clients > 0 ? `, about ${count(refused.clients, "client")} delayed` : "";
    return `${where} dropped ${segments} because its accept queue (limit ${listener.limit}) was full${clients}`;
  },
  "abandoned-in-queue": ({ listener, abandoned }) =>
    `${count(abandoned, "client")} gave up while waiting in the accept queue of ${placeOf(listener)}`,
  "accept-wait": ({ listener, waits }) =>
    `${count(waits?.connections ?? 0, "connection")} waited to be accepted at ${placeOf(listener)}, 95 % of them up to ${duration(waits?.p95Ms ?? 0)}`,
  "accept-queue-pressure": ({ listener, pressed, longestPressedMs, fullInMs }) => {
    const forecast = fullInMs === undefined ? "" : `; at this rate it is full in ${duration(fullInMs)}`;
    return `the accept queue of ${placeOf(listener)} was at least 3/4 full (peak ${pressed.peak} of ${listener.limit + 1}) for ${duration(longestPressedMs)}, nothing dropped yet${forecast}`;
  },
};

const blocked = (story: Story): string => {
  const account = judgedOver(story);
  const frame = story.stall?.frames[0];
  const onCpu = wasOnCpu(account);
  const how = onCpu === undefined ? "" : onCpu ? " on the CPU" : " off the CPU";
  const where = frame ? (story.stall?.exact ? ` in ${frame}` : `, called from ${frame}`) : "";
  return `the event loop stood still for ${duration(account.longestStallMs)}${how}${where}`;
};

const why: Readonly<Record<AcceptCause, (story: Story) => string>> = {
  "process-stopped": (story) => `the process was stopped for ${duration(judgedOver(story).stoppedMs)}`,
  "cpu-throttled": ({ because }) => `the CPU quota ran out: ${because}`,
  "cpu-starved": ({ because }) => `the CPU was busy elsewhere: ${because}`,
  "fd-exhausted": () => "no file descriptor was left",
  "event-loop-blocked": blocked,
  "not-accepting": ({ because }) => `nobody accepts: ${because}`,
  "event-loop-saturated": (story) => {
    const accepts = acceptsPerSecond(story);
    const figure = accepts ? `, accepting ${rate(accepts)} connections/s` : "";
    return `the event loop is saturated: ${story.because}${figure}`;
  },
  "cluster-queue": () => "the cluster's workers do not take them",
  "backlog-clamped": ({ because }) => `a burst met a limit that somaxconn cut: ${because}`,
  "backlog-too-small": ({ listener }) =>
    `a burst came at once and the limit of ${listener.limit} is too small for it; the loop was healthy`,
  unknown: ({ missing }) => (missing.length > 0 ? `cause unknown: ${missing.join("; ")}` : "cause unknown"),
};

/** Why, as a clause. */
export const reasonOf = (story: Story): string => why[story.cause](story);

/** At most 300 characters. */
export const summaryOf = (story: Story): string => {
  const fact = what[story.symptom]?.(story) ?? placeOf(story.listener);
  return shorten(`${fact.charAt(0).toUpperCase()}${fact.slice(1)}: ${why[story.cause](story)}.`);
};
