// All rules on one socket at one look, and since when each of their verdicts holds without a pause.
import type { Cause, Symptom } from "../finding.js";
import { type SocketRule, type SocketView, type Verdict, windowOf } from "./rule.js";
import type { SocketWatch } from "./socket-watch.js";

export interface Followed {
  watch: SocketWatch;
  /** `symptom/cause` → when it began to hold, as of the last look. */
  held: ReadonlyMap<string, number>;
}

/** What a rule is given beside the socket itself. */
export type AroundSocket = Pick<
  SocketView,
  "look" | "listeners" | "peer" | "loop" | "moved" | "memory" | "outside" | "isAsked" | "watchedMs" | "thresholds"
>;

export const verdictName = ({ symptom, cause }: { readonly symptom: Symptom; readonly cause: Cause }): string =>
  `${symptom}/${cause}`;

/** Every verdict at the last look folded in; those that are young too. */
export const judge = (followed: Followed, around: AroundSocket, rules: readonly SocketRule[]): readonly Verdict[] => {
  const { watch, held } = followed;
  // Written out, not spread: this runs for every socket at every look.
  const view: SocketView = {
    look: around.look,
    listeners: around.listeners,
    peer: around.peer,
    loop: around.loop,
    moved: around.moved,
    memory: around.memory,
    outside: around.outside,
    isAsked: around.isAsked,
    watchedMs: around.watchedMs,
    thresholds: around.thresholds,
    reading: watch.last,
    watch,
    at: watch.lastAt,
    stretch: watch.older,
    window: windowOf(watch),
    heldMs: (symptom, cause) => watch.lastAt - (held.get(verdictName({ symptom, cause })) ?? watch.lastAt),
  };
  const verdicts = rules.flatMap((rule) => rule(view) ?? []);
  if (verdicts.length === 0 && held.size === 0) return verdicts;
  followed.held = new Map(
    verdicts.map((verdict) => [verdictName(verdict), held.get(verdictName(verdict)) ?? watch.lastAt]),
  );
  return verdicts;
};
