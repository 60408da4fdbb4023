// Which sockets should be looked at between two intervals, and of which Node's side is wanted: few, the worst first.
import type { SocketWatch } from "./socket-watch.js";
import type { Verdict } from "./rule.js";

export interface Noticed {
  watch: SocketWatch;
  /** What the rules said at the last look, also what is too young to be told. */
  verdicts: readonly Verdict[];
  isServer: boolean;
}

export interface SocketsWanted {
  /** Cookies of sockets to be followed closely. */
  readonly sockets: readonly bigint[];
  /** Cookies of sockets of which Node should be asked. */
  readonly ask: readonly bigint[];
}

export const nothingWanted: SocketsWanted = { sockets: [], ask: [] };

const followedAtMost = 32;
const askedAtMost = 20;
/** So many at most of those in trouble: some are left to find out who is. */
const urgentAtMost = 12;
/** Node's word is good for three seconds: it is asked again before. */
const urgentEveryMs = 900;
const elseEveryMs = 1900;
/** Bytes unread for this long are on their way to being a finding, which Node's side makes a better one. */
const unreadMs = 500;

const worst = ({ verdicts }: Noticed): number => verdicts.reduce((most, { weight }) => Math.max(most, weight), 0);

/** What Node holds or does bears on it. */
const isUrgent = ({ watch, verdicts }: Noticed, at: number): boolean =>
  verdicts.length > 0 || watch.swelling !== undefined || at - (watch.unreadAt ?? at) >= unreadMs;

/** The kernel's buffer has been full: Node may hold more and more behind it. */
const wasFull = ({ watch }: Noticed): boolean => watch.older.bufferFull > 1;

const silentMs = ({ watch }: Noticed, at: number): number => at - (watch.heard?.at ?? Number.NEGATIVE_INFINITY);

const cookieOf = ({ watch }: Noticed): bigint => watch.last.cookie;

/** `before`: those followed until now, which go on while they are in trouble: a window needs looks at the same socket. */
export const wantedOf = (noticed: readonly Noticed[], before: ReadonlySet<bigint>, at: number): SocketsWanted => {
  const byWorst = noticed.toSorted((a, b) => worst(b) - worst(a));
  const troubled = byWorst.filter(({ verdicts, watch }) => verdicts.length > 0 && watch.last.transport !== "udp");
  const [old, fresh] = [true, false].map((was) => troubled.filter((one) => before.has(cookieOf(one)) === was));
  const urgent = byWorst.filter((one) => isUrgent(one, at));
  const others = noticed
    .filter((one) => !isUrgent(one, at) && wasFull(one) && silentMs(one, at) >= elseEveryMs)
    .toSorted((a, b) => silentMs(b, at) - silentMs(a, at));
  const due = urgent.slice(0, urgentAtMost).filter((one) => silentMs(one, at) >= urgentEveryMs);
  return {
    sockets: [...old!, ...fresh!].slice(0, followedAtMost).map(cookieOf),
    ask: [...due, ...others].slice(0, askedAtMost).map(cookieOf),
  };
};
