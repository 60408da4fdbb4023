// Where own sockets in SYN-SENT want to go: getpeername(2) tells it only of established ones, sock_diag(7) tells it at once.
// The kernel walks the namespace's table for that: asked while there is such a socket, as often as it costs little.
import type { Diag } from "../../kernel/diag.js";
import { createBudget } from "../pace.js";

/** A socket of which only the descriptor's side is known. */
export interface Caller {
  readonly cookie: bigint;
  remoteAddress?: string | undefined;
  remotePort?: number | undefined;
}

const share = 0.01;

/** Fills in the remote side of those that are still connecting. */
export const createDestinations = (
  diag: Pick<Diag, "each"> | undefined,
): ((callers: readonly Caller[], at: number) => void) => {
  const budget = createBudget(share);
  return (callers, at) => {
    const unknown = new Map(callers.flatMap((one) => (one.remoteAddress === undefined ? [[one.cookie, one]] : [])));
    if (!diag || unknown.size === 0 || !budget.isDue(at, 0)) return;
    budget.spend(at, () =>
      diag.each({ states: ["SYN-SENT"], attributes: [] }, ({ cookie, remoteAddress, remotePort }) => {
        const caller = unknown.get(cookie);
        if (!caller) return;
        caller.remoteAddress = remoteAddress;
        caller.remotePort = remotePort;
      }),
    );
  };
};
