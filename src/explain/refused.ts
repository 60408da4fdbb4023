// Of the segments that a listener dropped, those by which a client was turned away for the first time or again on
// the SYN's schedule: a third segment moves the listener's counter twice, and a client that a SYN cookie let
// "connect" sends its data again and again (tcp_v4_rcv, cookie_v4_check).
import type { ListenerStep } from "./listener-step.js";
import { moved, type Netns } from "./netns.js";

export interface Refusals {
  /** In this step. */
  readonly clients: number;
  /** Of them, whose handshake was done but for the third segment: the listener's counter moved twice. */
  readonly halfOpen: number;
  /** Cookies that were sent and not answered yet: each vouches for one client at most. */
  readonly cookies: number;
  /** ListenDrops beyond the drops that were seen, as in drops.ts. */
  readonly ahead: number;
}

export const noRefusals: Refusals = { clients: 0, halfOpen: 0, cookies: 0, ahead: 0 };

/** Folds one step in. Without the namespace's counters every drop counts. */
export const foldRefusals = ({ cookies, ahead }: Refusals, step: ListenerStep, netns: Netns): Refusals => {
  const {
    ListenDrops,
    SyncookiesSent: sent = 0,
    SyncookiesRecv: answered = 0,
    PassiveOpens: opened = 0,
  } = moved(netns);
  if (ListenDrops === undefined)
    return { clients: step.drops, halfOpen: 0, cookies, ahead: step.drops === 0 ? 0 : ahead };
  const counted = ListenDrops + ahead;
  const countedTwice = Math.max(0, step.drops - counted);
  const admitted = Math.max(0, step.accepts + step.length - step.wasLength);
  const turnedAway = Math.max(0, answered - Math.max(0, admitted - opened));
  const outstanding = cookies + sent;
  const repeated = Math.max(0, turnedAway - outstanding);
  return {
    clients: Math.max(0, step.drops - countedTwice - repeated),
    halfOpen: countedTwice,
    cookies: Math.max(0, outstanding - answered),
    ahead: Math.max(0, (step.drops === 0 ? ListenDrops : counted) - step.drops),
  };
};
