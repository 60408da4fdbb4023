// Which finding a disturbance belongs to: the same cause again is the same finding, repeated SYNs are an echo of the
// finding they come from, and only a cause of its own makes a new one.
import type { Case } from "./case.js";
import type { Judgement } from "./causes/index.js";
import type { AcceptCause } from "./finding.js";

export type Choice =
  | { readonly kind: "attach"; readonly to: Case }
  | { readonly kind: "open"; readonly cause: AcceptCause }
  | { readonly kind: "wait" };

/** Causes that repeated SYNs alone can produce: a healthy loop and more at once than fit. */
const isEcho = (cause: AcceptCause): boolean => cause === "unknown" || cause.startsWith("backlog-");

/** `cases`: the findings of this listener that are not resolved, latest last. */
export const chooseCase = (cases: readonly Case[], { cause }: Judgement, patient: boolean): Choice => {
  const latest = cases.at(-1);
  // Within another finding's quiet time an undecided disturbance is most likely more of the same: no haste.
  if (cause === undefined) return patient || latest ? { kind: "wait" } : { kind: "open", cause: "unknown" };
  const same = cases.find((one) => one.cause === cause);
  if (same) return { kind: "attach", to: same };
  const unknown = cases.find((one) => one.cause === "unknown");
  if (unknown) return { kind: "attach", to: unknown };
  const refused = cases.findLast((one) => one.firstDropAt !== undefined);
  if (refused && isEcho(cause)) return { kind: "attach", to: refused };
  return { kind: "open", cause };
};

/** Whether a case takes over a cause that is now better known. */
export const mayRelabel = (one: Case, cause: AcceptCause, cases: readonly Case[]): boolean =>
  one.cause !== cause &&
  cause !== "unknown" &&
  (one.cause === "unknown" || one.disturbances <= 1) &&
  cases.every((other) => other.cause !== cause);
