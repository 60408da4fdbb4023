// A healthy loop and more connections at once than the limit holds: cut by somaxconn, or asked for too small.
import { count, duration } from "../format.js";
import { type CauseRule, no, pending, type Question, unknown, type Verdict, yes } from "./rule.js";

/** What speaks against a burst into a healthy loop; `undefined` when nothing does. */
const unhealthy = ({ account, about, over, moving, loopSeen, thresholds, outside }: Question): Verdict | undefined => {
  if (about === "wait") return no("a limit does not make connections wait that were let in");
  if (account.drops === 0 && account.fullMs === 0) return no("the queue was never full");
  if (!loopSeen) return unknown("the event loop could not be seen");
  if (!moving && !over) return pending("the loop has not turned since");
  // A healthy loop takes from a full queue in its next turn; one that sleeps beside it is another matter.
  if (!over && account.accepts === 0) return pending("nobody has left the queue yet");
  if (account.longestStallMs >= thresholds.blockedMs) return no("the loop stood still meanwhile");
  if (account.longestStallMs >= 2 * thresholds.noiseMs)
    return unknown(`the loop stood still for ${duration(account.longestStallMs)}: too long to call it healthy`);
  if (account.longestBusyMs >= thresholds.saturatedMs) return no("the loop had no idle time");
  if (account.unseenMs > account.ms / 2) return unknown("it cannot be told whether the loop turned");
  const idleMs = account.idleMs ?? (outside ? account.restMs : 0);
  const busyMs = Math.max(0, account.ms - idleMs);
  const healthy = idleMs >= account.ms / 2 || busyMs <= thresholds.healthyIterationMs * (account.iterations ?? 0);
  if (healthy) return undefined;
  return over ? unknown("the loop made too few iterations to call it healthy") : pending("the loop is busy");
};

/** Whether somaxconn cut the limit: asked-for value known, or the limit is exactly somaxconn. */
const clamp = ({ listenBacklog, somaxconn, limit }: Question): number | undefined => {
  if (listenBacklog !== undefined) return listenBacklog > limit || listenBacklog < 0 ? 0.95 : undefined;
  return somaxconn !== undefined && limit === somaxconn ? 0.6 : undefined;
};

const sureness = ({ outside, account }: Question): number =>
  outside ? 0.75 : account.iterations === undefined ? 0.7 : 1;

export const backlogClamped: CauseRule = {
  cause: "backlog-clamped",
  judge: (question) => {
    const { listenBacklog, somaxconn, limit } = question;
    const confidence = clamp(question);
    if (confidence === undefined)
      return no(listenBacklog === undefined ? "the limit is not somaxconn's" : `listen() asked for ${listenBacklog}`);
    const asked = listenBacklog === undefined ? "an unknown value" : `${listenBacklog}`;
    return (
      unhealthy(question) ??
      yes(confidence * sureness(question), `asked for ${asked}, got ${limit} (somaxconn ${somaxconn ?? "unknown"})`)
    );
  },
};

export const backlogTooSmall: CauseRule = {
  cause: "backlog-too-small",
  judge: (question) =>
    unhealthy(question) ??
    yes(0.93 * sureness(question), `a healthy loop and room for ${count(question.limit + 1, "connection")}`),
};
